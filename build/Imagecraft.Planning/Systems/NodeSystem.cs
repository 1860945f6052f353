// Programs for Node.js: the packages of package-lock.json lie where npm would lay them, and nothing of them is run.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Systems;

internal static class NodeSystem
{
    private const string Packages = "/imagecraft/packages";
    private const string Unpacker = "/imagecraft/install-node";

    public static OutputRef Plan(BuildJob job, BuildSpec.Node build)
    {
        ImmutableArray<LockedModule> modules = build.Modules?.Modules ?? [];
        var list = string.Concat(modules.Select((m, i) => $"{i}.tgz {m.Place}\n"));
        return job.Build(
            new Steps().Then("cd", job.SourceFolder).ThenText("before", job.Before)
                .Then("/bin/bash", Unpacker, "modules", Packages, job.SourceFolder)
                .ThenText("steps", build.Steps?.Value)
                .Then(["/bin/bash", Unpacker, "install", job.SourceFolder, BuildJob.Destination, job.Recipe.Name, .. build.Programs.SelectMany(p => new[] { p.Key, p.Value.Value })]),
            [
                .. job.Inputs(),
                job.ToolRoots.Plan(BuildSpec.Node.LanguageTools, job.Recipe.Name.Span).At("/", "Node.js, for steps"),
                new(Unpacker, new InputSource.Inline(EmbeddedText.Read("install-node"), Executable: true), "the script that lays packages down"),
                new($"{Packages}/list", new InputSource.Inline(list), "the packages of package-lock.json"),
                .. modules.Select((m, i) => Downloads.AddPinned(job.Context, m.Integrity, $"{m.Name.Replace('/', '-').TrimStart('@')}-{m.Version}.tgz", $"npm:{m.Name}@{m.Version}").At($"{Packages}/{i}.tgz", $"package {m.Name}")),
            ]);
    }
}
