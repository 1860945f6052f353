// Configuring a kconfig program: fragments without comments, the final .config, and the check that every requested symbol survived.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;
using Imagecraft.Requests.Configuration;

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
        var merged = job.Context.Call(
            job.Id("fragments"),
            new MergeFragmentsRequest([.. fragments.Select(f => f.Path.Value)]),
            $"which fragments {job.Recipe.Name} has",
            $"Merge the configuration fragments of {job.Recipe.Name}",
            [.. fragments.Select((f, i) => job.Context.Local(f.Path.Value, MergeFragmentsRequest.FragmentInputs.At(i).Path, f.Reason))]);
        // Programs decide on nothing that can be configured.
        var source = job.Source.But("**/*.c", "**/*.h", "**/*.S", "**/*.dts", "**/*.dtsi", "Documentation/**");
        var isTarget = !config.Value.Contains('/', StringComparison.Ordinal);
        var configured = job.Context.Add(new ActionNode
        {
            Id = job.Id("configure"),
            Work = job.Continuing("configure", new()
            {
                Arguments = new Steps()
                    .Then("cd", job.SourceFolder)
                    .ThenText("before", job.Before)
                    .Then(["env", "-u", "CFLAGS", "-u", "CXXFLAGS", "/bin/bash", "/imagecraft/kconfig-configure", isTarget ? config.Value : "/imagecraft/base", "/imagecraft/fragment", job.SourceFolder, buildFolder, .. make])
                    .ToArguments(),
                Environment = job.Variables.Values,
            }),
            Inputs =
            [
                .. job.Tools(),
                .. job.Toolchain.Inputs,
                Steps.Runner,
                new("/imagecraft/kconfig-configure", new InputSource.Inline(EmbeddedText.Read("kconfig-configure"), Executable: true), "the script that configures"),
                merged.At("/imagecraft/fragment", "the merged configuration fragments"),
                .. isTarget ? [] : ImmutableArray.Create(job.Context.Local(config.Value, "/imagecraft/base", "the base configuration")),
                .. job.Dependencies(),
                source.At("/src", $"the sources of {job.Recipe.Name}"),
            ],
            Outputs = [new("config", "/out/config", OutputKind.File)],
            Resources = new(Jobserver: true),
            Description = $"Configure {job.Recipe.Name} {job.Recipe.Version}",
        });
        return job.Context.Call(
            job.Id("config-check"),
            new CheckConfigRequest
            {
                Architecture = job.Target.Architecture.KernelArch,
                Subfolder = job.Recipe.Build.Subfolder,
                Cross = job.Target.Cross,
                IsKernel = job.Recipe.Build is BuildSpec.Kernel,
            },
            $"how {job.Recipe.Name} is configured",
            $"Check the configuration of {job.Recipe.Name}",
            [
                configured.At(CheckConfigRequest.ConfigInput, "the final configuration"),
                merged.Beside(MergeFragmentsRequest.ContractOutput).At(CheckConfigRequest.ContractInput, "the symbols that fragments request"),
                source.At(CheckConfigRequest.SourceInput, "the Kconfig files that explain a dropped symbol"),
                .. job.Tools().Select((tools, i) => tools with { MountPath = CheckConfigRequest.ToolInputs.At(i).Path }),
            ]);
    }

    /// <summary>Puts the final configuration into the build folder. Whoever works on the sources has it there already, as a rule, and then nothing is touched.</summary>
    /// <param name="job">The build.</param>
    /// <param name="steps">What comes before.</param>
    /// <param name="stale">What another configuration made useless.</param>
    public static Steps TakeConfig(BuildJob job, Steps steps, ImmutableArray<string> stale)
    {
        if (job.IsEdited)
            return steps.ThenShell($"cmp -s {ConfigPath} /build/.config || {{ rm -rf {string.Join(' ', stale)}; cp {ConfigPath} /build/.config; touch /build/.config; }}");
        if (!stale.IsEmpty)
            steps.Then(["rm", "-rf", .. stale]);
        return steps.Then("cp", ConfigPath, "/build/.config").Then("touch", "/build/.config");
    }
}
