// The Linux kernel for a board: configuration from everyone's fragments, image, modules, development tree.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning.Systems;

internal static class KernelSystem
{
    /// <summary>Where modules of other recipes find the development tree.</summary>
    public const string DevelopmentTree = "/usr/src/linux-dev";

    private const string BootFolder = "/out/boot";

    public static RecipePlan Plan(BuildJob job, BuildSpec.Kernel build)
    {
        var architecture = job.Target.Architecture;
        var make = Make(architecture);
        var config = KconfigActions.Plan(job, build.Config, Fragments(job, build), make, "/build");
        ImmutableArray<string> all = ["make", "-C", job.SourceFolder, "O=/build", .. make, $"CC={(build.CompilerCache ? "ccache " : "")}{job.Variables.Values["CC"]}", "KCFLAGS=-ffile-prefix-map=/src/=", "KBUILD_BUILD_USER=imagecraft", "KBUILD_BUILD_HOST=imagecraft", "KBUILD_BUILD_VERSION=1", "KBUILD_BUILD_TIMESTAMP=Thu Jan  1 00:00:00 UTC 2026"];
        var install = job.Build(new Steps()
            .Then("cd", job.SourceFolder)
            .ThenShell(build.Before?.Value)
            // A build that continues must not export programs that its configuration no longer makes.
            .Then("rm", "-rf", "/build/scripts")
            .Then("cp", KconfigActions.ConfigPath, "/build/.config")
            .Then("touch", "/build/.config")
            .Then([.. all, architecture.KernelImage, "modules"])
            .Then("mkdir", "-p", BootFolder, BuildJob.Destination)
            .Then([.. all, $"INSTALL_MOD_PATH={BuildJob.Destination}/usr", "INSTALL_MOD_STRIP=1", "DEPMOD=true", "modules_install"])
            .ThenShell($"rm -f {BuildJob.Destination}/usr/lib/modules/*/build {BuildJob.Destination}/usr/lib/modules/*/source")
            .Then("cp", $"/build/arch/{architecture.KernelArch}/boot/{architecture.KernelImage}", $"{BootFolder}/image")
            .Then("cd", "/build")
            .Then("env", $"srctree={job.SourceFolder}", $"SRCARCH={architecture.KernelArch}", "CC=gcc", "HOSTCC=gcc", "MAKE=make", "sh", $"{job.SourceFolder}/scripts/package/install-extmod-build", $"/out/dev{DevelopmentTree}")
            .Then("cp", "/build/.config", $"/out/dev{DevelopmentTree}/.config"),
            [.. job.Inputs(), config.At(KconfigActions.ConfigPath, "the final configuration")],
            [new("image", $"{BootFolder}/image", OutputKind.File), new("dev", "/out/dev", OutputKind.Tree)],
            strip: false,
            build.CompilerCache ? new Ccache(job.ToolRootIdentity) : null,
            follows: [KconfigActions.ConfigPath]);
        return new(install, ImmutableSortedDictionary<string, OutputRef>.Empty, ImmutableSortedDictionary<string, OutputRef>.Empty
            .Add("config", config)
            .Add("image", new(install.Action, "image"))
            .Add("dev", new(install.Action, "dev")));
    }

    /// <summary>The arguments that every make call in the kernel's build gets.</summary>
    public static ImmutableArray<string> Make(Architecture architecture) => [$"ARCH={architecture.KernelArch}", $"CROSS_COMPILE={architecture.Triplet}-"];

    private static ImmutableArray<Fragment> Fragments(BuildJob job, BuildSpec.Kernel build)
    {
        var board = job.Board.Board;
        var accelerators = board.Accelerators
            .Where(a => job.Context.Workspace.Accelerators.ContainsKey(a))
            .Select(a => job.Context.Workspace.Accelerators[a])
            .Where(a => Versions.Satisfies(job.Recipe.Version, a.SinceKernel?.Value));
        return
        [
            .. build.Fragments.Select(f => new Fragment(f, $"fragment of {job.Recipe.Name}")),
            .. job.Target.Architecture.KernelFragments.Select(f => new Fragment(f, $"fragment of the architecture {job.Target.Architecture.Name}")),
            .. board.KernelFragments.Select(f => new Fragment(f, $"fragment of the board {board.Name}")),
            .. accelerators.SelectMany(a => a.KernelFragments.Select(f => new Fragment(f, $"fragment of the accelerator {a.Name}"))),
            .. job.Board.Image.KernelFragments.Select(f => new Fragment(f, $"fragment of the image {job.Board.Image.Name}")),
        ];
    }
}
