// Configuring a kconfig program: fragments without comments, the final .config, and the check that every requested symbol survived.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Systems;

/// <summary>A fragment with the words that say why it is there.</summary>
internal sealed record Fragment(Sited<string> Path, string Reason);

internal static class KconfigActions
{
    /// <summary>Where the final configuration lies for the build.</summary>
    public const string ConfigPath = "/imagecraft/config";

    /// <summary>Plans three actions: a changed comment stops after the first, a changed symbol without effect after the last.</summary>
    /// <param name="job">The recipe.</param>
    /// <param name="config">A make target or a file of the recipe's folder (as a workspace path).</param>
    /// <param name="fragments">In order; later ones win.</param>
    /// <param name="make">Arguments of every make call.</param>
    /// <param name="buildFolder">Where the objects go.</param>
    public static OutputRef Plan(BuildJob job, Sited<string> config, ImmutableArray<Fragment> fragments, ImmutableArray<string> make, string buildFolder)
    {
        var fragmentInputs = fragments.Select((f, i) => job.Context.Local(f.Path.Value, string.Create(CultureInfo.InvariantCulture, $"/{i:D3}/{f.Path.Value}"), f.Reason)).ToImmutableArray();
        var merged = job.Context.Add(new ActionNode
        {
            Id = job.Id("fragments"),
            Work = new ActionWork.BuiltIn("merge-fragments", ImmutableSortedDictionary<string, string>.Empty),
            Inputs = fragmentInputs,
            Outputs = [new("fragment", "fragment", OutputKind.File), new("contract", "contract", OutputKind.File)],
            Description = $"Merge the configuration fragments of {job.Recipe.Name}",
        }, "fragment");
        var isTarget = !config.Value.Contains('/', StringComparison.Ordinal);
        var configured = job.Context.Add(new ActionNode
        {
            Id = job.Id("configure"),
            Work = new ActionWork.Process
            {
                Arguments = new Steps()
                    .Then("cd", job.SourceFolder)
                    .ThenShell(job.Recipe.Build.Before?.Value)
                    .Then(["env", "-u", "CFLAGS", "-u", "CXXFLAGS", "/bin/bash", "/imagecraft/kconfig-configure", isTarget ? config.Value : "/imagecraft/base", "/imagecraft/fragment", job.SourceFolder, buildFolder, .. make])
                    .ToArguments(),
                Environment = job.Variables.Values,
            },
            Inputs =
            [
                .. job.Tools(),
                Steps.Runner,
                new("/imagecraft/kconfig-configure", new InputSource.Inline(EmbeddedText.Read("kconfig-configure"), Executable: true), "the script that configures"),
                merged.At("/imagecraft/fragment", "the merged configuration fragments"),
                .. isTarget ? [] : ImmutableArray.Create(job.Context.Local(config.Value, "/imagecraft/base", "the base configuration")),
                .. job.Dependencies(),
                job.Source.At("/src", $"the sources of {job.Recipe.Name}"),
            ],
            Outputs = [new("config", "/out/config", OutputKind.File)],
            Resources = new(Jobserver: true),
            Description = $"Configure {job.Recipe.Name} {job.Recipe.Version}",
        });
        return job.Context.Add(new ActionNode
        {
            Id = job.Id("config-check"),
            Work = new ActionWork.BuiltIn("check-config", CheckParameters(job)),
            Inputs =
            [
                configured.At("/config", "the final configuration"),
                new OutputRef(merged.Action, "contract").At("/contract", "the symbols that fragments request"),
                job.Source.At("/src", "the Kconfig files that explain a dropped symbol"),
                .. job.Tools().Select((tools, i) => tools with { MountPath = string.Create(CultureInfo.InvariantCulture, $"/tools/{i:D3}") }),
            ],
            Outputs = [new("config", "config", OutputKind.File)],
            Description = $"Check the configuration of {job.Recipe.Name}",
        });
    }

    private static ImmutableSortedDictionary<string, string> CheckParameters(BuildJob job)
    {
        var parameters = ImmutableSortedDictionary<string, string>.Empty
            .Add("architecture", job.Target.Architecture.KernelArch)
            .Add("cross", $"{job.Target.Architecture.Triplet}-")
            .Add("subfolder", job.Recipe.Build.Subfolder);
        return job.Recipe.Build is BuildSpec.Kernel ? parameters.Add("kernel", "yes") : parameters;
    }
}
