// A kconfig program (busybox, U-Boot): configure as actions of their own, then make and make install.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Systems;

internal static class KconfigSystem
{
    public static OutputRef Plan(BuildJob job, BuildSpec.Kconfig build)
    {
        var variables = job.Variables;
        ImmutableArray<string> common = [$"ARCH={job.Target.Architecture.KernelArch}", $"CROSS_COMPILE={job.Target.Cross}", .. variables.Expand(build.MakeArguments)];
        var config = KconfigActions.Plan(job, build.Config with { Value = variables.Expand(build.Config) }, Fragments(job, build), common, "/build");
        ImmutableArray<string> make = ["make", "-C", job.SourceFolder, "O=/build", .. common, $"CC={variables.Values["CC"]}"];
        return job.Build(KconfigActions.TakeConfig(job, new Steps().Then("cd", job.SourceFolder).ThenText("before", job.Before), stale: [])
            .Then([.. make])
            .Then([.. make, .. build.InstallArguments.IsEmpty ? ["install"] : variables.Expand(build.InstallArguments)]),
            [.. job.Inputs(), config.At(KconfigActions.ConfigPath, "the final configuration")]);
    }

    private static ImmutableArray<Fragment> Fragments(BuildJob job, BuildSpec.Kconfig build)
    {
        var board = job.Board.Board;
        return
        [
            .. build.Fragments.Select(f => new Fragment(f, $"fragment of {job.Recipe.Name}")),
            .. build.PerBoard && board.BuildFragments.TryGetValue(job.Recipe.Name, out var own) ? own.Select(f => new Fragment(f, $"fragment of the board {board.Name}")) : [],
        ];
    }
}
