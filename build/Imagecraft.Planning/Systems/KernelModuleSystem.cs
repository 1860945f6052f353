// An out-of-tree module, built against the development tree of the board's kernel and against the modules that it depends on.

using System.Collections.Immutable;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Systems;

internal static class KernelModuleSystem
{
    // The key of what other modules are built against.
    private const string Shared = "shared";

    /// <summary>Where a module leaves its exported symbols and headers for others, in a folder of its name.</summary>
    private const string SharedFolder = "/usr/src/linux-modules";

    public static RecipePlan? Plan(BuildJob job, BuildSpec.KernelModule build)
    {
        var board = job.Board.Board;
        if (job.Other(board.Kernel, board.Kernel.Span) is not { } kernel || !kernel.Extra.TryGetValue("dev", out var dev))
        {
            job.Context.Error("IC0340", $"The kernel `{board.Kernel}` of the board `{board.Name}` has no development tree", board.Kernel.Span, "Name a recipe of system `kernel`");
            return null;
        }

        var others = job.DependencyPlans().Where(d => d.Recipe.Build is BuildSpec.KernelModule && d.Plan.Extra.ContainsKey(Shared)).ToImmutableArray();
        var shared = others.Select(o => $"{SharedFolder}/{o.Recipe.Name}").ToImmutableArray();
        ImmutableArray<string> make =
        [
            "make", "-C", KernelSystem.DevelopmentTree, $"M={job.SourceFolder}", .. KernelSystem.Make(job.Target.Architecture), $"KCFLAGS={KernelChance.CompilerFlag(job.Context.Workspace.Recipes[board.Kernel])}", .. KernelChance.Compressors,
            .. shared.IsEmpty ? ImmutableArray<string>.Empty : [$"KBUILD_EXTRA_SYMBOLS={string.Join(' ', shared.Select(s => $"{s}/Module.symvers"))}", $"KCPPFLAGS={string.Join(' ', shared.Select(s => $"-I{s} -I{s}/include"))}"],
            .. job.Variables.Expand(build.MakeArguments),
        ];
        var mine = $"/out/shared{SharedFolder}/{job.Recipe.Name}";
        var install = job.Build(new Steps()
            .Then("cd", job.SourceFolder)
            .ThenText("before", job.Before)
            .Then([.. make, "modules"])
            .Then([.. make, $"INSTALL_MOD_PATH={BuildJob.Destination}/usr", "INSTALL_MOD_STRIP=1", "INSTALL_MOD_DIR=extra", "DEPMOD=true", "modules_install"])
            .Then("mkdir", "-p", mine)
            .Then("cp", "Module.symvers", mine)
            .Then("find", ".", "-name", "*.h", "-exec", "cp", "--parents", "-t", mine, "{}", "+"),
            [
                .. job.Inputs(),
                dev.At("/", $"the development tree of {board.Kernel}"),
                .. others.Select(o => o.Plan.Extra[Shared].At("/", $"symbols and headers of {o.Recipe.Name}")),
            ],
            [new(Shared, "/out/shared", OutputKind.Tree)]);
        return new(install, ImmutableSortedDictionary<string, OutputRef>.Empty, ImmutableSortedDictionary<string, OutputRef>.Empty.Add(Shared, new(install.Action, Shared)));
    }
}
