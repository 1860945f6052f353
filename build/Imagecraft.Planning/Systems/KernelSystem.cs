// The Linux kernel for a board: configuration from everyone's fragments, image, modules, development tree.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Checks;
using Imagecraft.Planning.Recipes;
using Imagecraft.Requests.Configuration;
using Imagecraft.Requests.Drivers;

namespace Imagecraft.Planning.Systems;

internal static class KernelSystem
{
    /// <summary>Where modules of other recipes find the development tree.</summary>
    public const string DevelopmentTree = "/usr/src/linux-dev";

    /// <summary>The output that says which symbols were asked for, and by which fragments.</summary>
    public const string Requested = "requested";

    private const string BootFolder = "/out/boot";
    private const string DevelopmentScript = "/imagecraft/kernel-development-tree";

    public static RecipePlan Plan(BuildJob job, BuildSpec.Kernel build)
    {
        var architecture = job.Target.Architecture;
        var image = job.Board.Board.KernelImageOf(architecture);
        var make = Make(architecture);
        var config = KconfigActions.Plan(job, build.Config, Fragments(job, build), make, "/build");
        ImmutableArray<string> all = ["make", "-C", job.SourceFolder, "O=/build", .. make, $"CC={(build.CompilerCache ? "ccache " : "")}{job.Variables.Values["CC"]}", $"KCFLAGS=-ffile-prefix-map=/src/= {KernelChance.CompilerFlag(job.Recipe)}", .. KernelChance.Layouts(job.Recipe), .. KernelChance.Compressors, "KBUILD_BUILD_USER=imagecraft", "KBUILD_BUILD_HOST=imagecraft", "KBUILD_BUILD_VERSION=1", "KBUILD_BUILD_TIMESTAMP=Thu Jan  1 00:00:00 UTC 2026"];
        var trees = DeviceTreeActions.Plan(job, config, all).ToImmutableSortedDictionary(StringComparer.Ordinal);
        // What lacks a driver that the board needs is told before hours of compiling.
        var lint = DriverCheck.Plan(job, config, name => trees.GetValueOrDefault(DeviceTreeActions.Prefix + name));
        var judged = lint?.Beside(CheckDriversRequest.ConfigOutput) ?? config;
        // A build that continues must not export programs that its configuration no longer makes.
        var install = job.Build(KconfigActions.TakeConfig(job, new Steps().Then("cd", job.SourceFolder).ThenText("before", job.Before), stale: ["/build/scripts"])
            .Then([.. all, image, "modules"])
            .Then("mkdir", "-p", BootFolder, BuildJob.Destination)
            .Then([.. all, $"INSTALL_MOD_PATH={BuildJob.Destination}/usr", "INSTALL_MOD_STRIP=1", "DEPMOD=true", "modules_install"])
            .ThenShell($"rm -f {BuildJob.Destination}/usr/lib/modules/*/build {BuildJob.Destination}/usr/lib/modules/*/source")
            .Then("cp", $"/build/arch/{architecture.KernelArch}/boot/{image}", $"{BootFolder}/image")
            .Then("cd", "/build")
            .Then(MakesDevelopmentTree(job.Recipe)
                ? ["env", $"srctree={job.SourceFolder}", $"SRCARCH={architecture.KernelArch}", "CC=gcc", "HOSTCC=gcc", "MAKE=make", "sh", $"{job.SourceFolder}/scripts/package/install-extmod-build", $"/out/dev{DevelopmentTree}"]
                : ["/bin/bash", DevelopmentScript, job.SourceFolder, "/build", architecture.KernelArch, $"/out/dev{DevelopmentTree}"])
            .Then("cp", "/build/.config", $"/out/dev{DevelopmentTree}/.config")
            .Then("cp", "/build/Module.symvers", $"{BootFolder}/symbols"),
            [.. job.Inputs(), KernelChance.Script, .. MakesDevelopmentTree(job.Recipe) ? [] : ImmutableArray.Create(DevelopmentTreeMaker), judged.At(KconfigActions.ConfigPath, "the final configuration")],
            [new("image", $"{BootFolder}/image", OutputKind.File), new("symbols", $"{BootFolder}/symbols", OutputKind.File), new("dev", "/out/dev", OutputKind.Tree)],
            build.CompilerCache ? new Ccache(job.ToolsIdentity) : null,
            follows: [KconfigActions.ConfigPath]);
        var extra = lint is null ? trees : trees.Add(DriverCheck.Report, lint.Beside(CheckDriversRequest.ReportOutput)).Add(DriverCheck.Drivers, lint.Beside(CheckDriversRequest.DriversOutput));
        return new(install, ImmutableSortedDictionary<string, OutputRef>.Empty, extra
            .Add("config", judged)
            .Add(Requested, new(job.Id("fragments"), MergeFragmentsRequest.ContractOutput.Name))
            .Add("image", new(install.Action, "image"))
            .Add("symbols", new(install.Action, "symbols"))
            .Add("dev", new(install.Action, "dev")));
    }

    private static InputEdge DevelopmentTreeMaker { get; } = new(DevelopmentScript, new InputSource.Inline(EmbeddedText.Read("kernel-development-tree"), Executable: true), "the script that makes the development tree");

    // Vendors' trees stay with long-term series; a version that says nothing is taken for old, and the script looks.
    private static bool MakesDevelopmentTree(Recipe kernel) => Versions.Compare(kernel.Version, "6.12") >= 0;

    /// <summary>The arguments that every make call in the kernel's build gets.</summary>
    public static ImmutableArray<string> Make(Architecture architecture) => [$"ARCH={architecture.KernelArch}", $"CROSS_COMPILE={architecture.Triplet}-"];

    private static ImmutableArray<Fragment> Fragments(BuildJob job, BuildSpec.Kernel build)
    {
        var board = job.Board.Board;
        var accelerators = board.Accelerators
            .Where(a => job.Context.Workspace.Accelerators.ContainsKey(a))
            .Select(a => job.Context.Workspace.Accelerators[a])
            .Where(a => CheckPlanner.HasDriver(job.Recipe, a));
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
