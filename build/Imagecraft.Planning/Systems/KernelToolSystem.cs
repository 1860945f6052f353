// A program of the kernel's own tree (perf), built from the kernel recipe's sources for an architecture, not for a board.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Systems;

internal static class KernelToolSystem
{
    public static OutputRef? Plan(BuildJob job, BuildSpec.KernelTool build)
    {
        if (!job.Context.Workspace.Recipes.TryGetValue(build.KernelRecipe, out var kernel))
        {
            job.Context.Error("IC0341", $"No recipe is named `{build.KernelRecipe}`", build.KernelRecipe.Span, "Name the kernel recipe whose sources have the tool");
            return null;
        }

        var variables = job.Variables;
        ImmutableArray<string> make = ["make", "-C", job.SourceFolder, "O=/build", $"ARCH={job.Target.Architecture.KernelArch}", $"CROSS_COMPILE={job.Target.Cross}", .. variables.Expand(build.MakeArguments)];
        // Its makefiles choose their own flags and compilers; only the cross prefix is theirs to be told.
        return job.Build(new Steps()
            .Then("cd", "/build")
            .ThenText("before", job.Before)
            .Then(["env", .. MakeOverrides.SelectMany(name => new[] { "-u", name }), .. make])
            .Then(["env", .. MakeOverrides.SelectMany(name => new[] { "-u", name }), .. make, $"DESTDIR={BuildJob.Destination}", .. build.InstallArguments.IsEmpty ? ["install"] : variables.Expand(build.InstallArguments)]),
            [.. job.Inputs().Where(i => i.MountPath != "/src"), job.Sources.Plan(kernel).At("/src", $"the sources of {kernel.Name}")]);
    }

    private static readonly ImmutableArray<string> MakeOverrides = ["CC", "CXX", "AR", "LD", "NM", "CFLAGS", "CXXFLAGS", "DESTDIR"];
}
