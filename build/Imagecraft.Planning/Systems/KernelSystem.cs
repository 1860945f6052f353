// The Linux kernel for a board: configuration from everyone's fragments, image, modules, development tree.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Checks;
using Imagecraft.Planning.Recipes;
using Imagecraft.Requests.Drivers;

namespace Imagecraft.Planning.Systems;

internal static class KernelSystem
{
    /// <summary>Where modules of other recipes find the development tree.</summary>
    public const string DevelopmentTree = "/usr/src/linux-dev";

    /// <summary>What names of device trees among <see cref="RecipePlan.Extra"/> begin with.</summary>
    public const string DeviceTreePrefix = "device-tree:";

    private const string BootFolder = "/out/boot";
    private const string DeviceTreeFolder = "/out/device-trees";
    private const string OverlayFolder = "/imagecraft/overlays/";
    private const string OverlayScript = "/imagecraft/overlay-device-tree";

    public static RecipePlan Plan(BuildJob job, BuildSpec.Kernel build)
    {
        var architecture = job.Target.Architecture;
        var make = Make(architecture);
        var config = KconfigActions.Plan(job, build.Config, Fragments(job, build), make, "/build");
        ImmutableArray<string> all = ["make", "-C", job.SourceFolder, "O=/build", .. make, $"CC={(build.CompilerCache ? "ccache " : "")}{job.Variables.Values["CC"]}", $"KCFLAGS=-ffile-prefix-map=/src/= {KernelChance.CompilerFlag(job.Recipe)}", .. KernelChance.Layouts(job.Recipe), .. KernelChance.Compressors, "KBUILD_BUILD_USER=imagecraft", "KBUILD_BUILD_HOST=imagecraft", "KBUILD_BUILD_VERSION=1", "KBUILD_BUILD_TIMESTAMP=Thu Jan  1 00:00:00 UTC 2026"];
        var trees = DeviceTrees(job, config, all).ToImmutableSortedDictionary(StringComparer.Ordinal);
        // What lacks a driver that the board needs is told before hours of compiling.
        var lint = DriverCheck.Plan(job, config, name => trees.GetValueOrDefault(DeviceTreePrefix + name));
        var judged = lint?.Beside(CheckDriversRequest.ConfigOutput) ?? config;
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
            .Then("cp", "/build/.config", $"/out/dev{DevelopmentTree}/.config")
            .Then("cp", "/build/Module.symvers", $"{BootFolder}/symbols"),
            [.. job.Inputs(), KernelChance.Script, judged.At(KconfigActions.ConfigPath, "the final configuration")],
            [new("image", $"{BootFolder}/image", OutputKind.File), new("symbols", $"{BootFolder}/symbols", OutputKind.File), new("dev", "/out/dev", OutputKind.Tree)],
            strip: false,
            build.CompilerCache ? new Ccache(job.ToolsIdentity) : null,
            follows: [KconfigActions.ConfigPath]);
        var extra = lint is null ? trees : trees.Add(DriverCheck.Report, lint.Beside(CheckDriversRequest.ReportOutput)).Add(DriverCheck.Drivers, lint.Beside(CheckDriversRequest.DriversOutput));
        return new(install, ImmutableSortedDictionary<string, OutputRef>.Empty, extra
            .Add("config", judged)
            .Add("image", new(install.Action, "image"))
            .Add("symbols", new(install.Action, "symbols"))
            .Add("dev", new(install.Action, "dev")));
    }

    // An action of their own: another device tree compiles no kernel.
    private static IEnumerable<KeyValuePair<string, OutputRef>> DeviceTrees(BuildJob job, OutputRef config, ImmutableArray<string> make)
    {
        var trees = job.Board.Board.DeviceTrees;
        if (trees.IsEmpty)
            return [];
        var overlays = trees.SelectMany(t => t.Overlays).DistinctBy(o => o.Value).ToImmutableArray();
        var steps = new Steps()
            .Then("cd", job.SourceFolder)
            .ThenShell(((BuildSpec.Kernel)job.Recipe.Build).Before?.Value)
            .Then("cp", KconfigActions.ConfigPath, "/build/.config")
            // Overlays name labels, which a device tree keeps only when asked.
            .Then([.. overlays.IsEmpty ? ImmutableArray<string>.Empty : ["env", "DTC_FLAGS=-@"], .. make, .. trees.Select(t => t.Source.Value).Distinct()])
            .Then("mkdir", "-p", DeviceTreeFolder);
        foreach (var tree in trees)
        {
            var (compiled, result) = ($"/build/arch/{job.Target.Architecture.KernelArch}/boot/dts/{tree.Source}", $"{DeviceTreeFolder}/{tree.Name}");
            if (tree.Overlays.IsEmpty)
                steps.Then("cp", compiled, result);
            else
                steps.Then(["/bin/bash", OverlayScript, compiled, result, job.SourceFolder, job.Target.Architecture.KernelArch, .. tree.Overlays.Select(o => OverlayFolder + o.Value)]);
        }

        var action = job.Context.Add(new ActionNode
        {
            Id = job.Id("device-trees"),
            Work = new ActionWork.Process { Arguments = steps.ToArguments(), Environment = job.Variables.Values, WorkingDirectory = "/build" },
            Inputs =
            [
                .. job.Inputs(),
                KernelChance.Script,
                config.At(KconfigActions.ConfigPath, "the final configuration"),
                .. overlays.Select(o => job.Context.Local(o.Value, OverlayFolder + o.Value, $"device tree overlay of the board {job.Board.Board.Name}")),
                .. overlays.IsEmpty ? ImmutableArray<InputEdge>.Empty : [new(OverlayScript, new InputSource.Inline(EmbeddedText.Read("overlay-device-tree"), Executable: true), "the script that lays overlays over device trees")],
            ],
            Outputs = [.. trees.Select(t => new OutputSpec(t.Name, $"{DeviceTreeFolder}/{t.Name}", OutputKind.File))],
            Resources = new(Jobserver: true),
            Description = $"Compile the device trees of {job.Board.Board.Name}",
        });
        return trees.Select(t => KeyValuePair.Create(DeviceTreePrefix + t.Name, action with { Output = t.Name }));
    }

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
