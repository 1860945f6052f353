// A board's device trees and overlays, compiled by the kernel's own compiler against the kernel's files. Unaware of kernels' configurations.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Systems;

internal static class DeviceTreeActions
{
    /// <summary>What names of device trees and overlays among <see cref="RecipePlan.Extra"/> begin with.</summary>
    public const string Prefix = "device-tree:";

    private const string Folder = "/out/device-trees";
    private const string Compiled = "/build/overlays";
    private const string SourceFolder = "/imagecraft/device-trees/";
    private const string CheckScript = "/imagecraft/check-device-trees";
    private const string CompileScript = "/imagecraft/compile-device-tree";
    private const string OverlayScript = "/imagecraft/overlay-device-tree";

    /// <summary>Plans all of them as one action of their own: another device tree compiles no kernel.</summary>
    /// <param name="job">The kernel.</param>
    /// <param name="config">Its final configuration.</param>
    /// <param name="make">The whole call of make for the kernel.</param>
    /// <returns>Each by name, behind <see cref="Prefix"/>.</returns>
    public static IEnumerable<KeyValuePair<string, OutputRef>> Plan(BuildJob job, OutputRef config, ImmutableArray<string> make)
    {
        var (trees, overlays) = (job.Board.Board.DeviceTrees, job.Board.Board.Overlays);
        if (trees.IsEmpty && overlays.IsEmpty)
            return [];
        ImmutableArray<string> names = [.. trees.Select(t => t.Name), .. overlays.Select(o => o.Name)];
        var own = OwnFiles(trees, overlays);
        var action = job.Context.Add(new ActionNode
        {
            Id = job.Id("device-trees"),
            Work = new ActionWork.Process { Arguments = Commands(job, make).ToArguments(), Environment = job.Variables.Values, WorkingDirectory = "/build" },
            Inputs =
            [
                .. job.Inputs(),
                KernelChance.Script,
                config.At(KconfigActions.ConfigPath, "the final configuration"),
                Script(CheckScript, "the script that looks for device trees in the kernel's sources"),
                .. own.Select(o => job.Context.Local(o, SourceFolder + o, $"device tree source of the board {job.Board.Board.Name}")),
                .. own.IsEmpty ? [] : ImmutableArray.Create(Script(CompileScript, "the script that compiles device trees of one's own")),
                .. HasOverlays(trees, overlays) ? ImmutableArray.Create(Script(OverlayScript, "the script that lays overlays over device trees")) : [],
            ],
            Outputs = [.. names.Select(name => new OutputSpec(name, $"{Folder}/{name}", OutputKind.File))],
            Resources = new(Jobserver: true),
            Description = $"Compile the device trees of {job.Board.Board.Name}",
        });
        return names.Select(name => KeyValuePair.Create(Prefix + name, action with { Output = name }));
    }

    private static Steps Commands(BuildJob job, ImmutableArray<string> make)
    {
        var (trees, overlays, architecture) = (job.Board.Board.DeviceTrees, job.Board.Board.Overlays, job.Target.Architecture.KernelArch.Value);
        ImmutableArray<string> kernels = [.. trees.Where(t => !t.IsOwn).Select(t => t.Source.Value).Concat(overlays.Where(o => !o.IsOwn).Select(o => o.Source.Value)).Distinct()];
        var steps = new Steps().Then("cd", job.SourceFolder).ThenText("before", job.Before);
        if (!kernels.IsEmpty)
            steps.Then(["/bin/bash", CheckScript, job.SourceFolder, architecture, .. kernels]);
        steps
            .Then("cp", KconfigActions.ConfigPath, "/build/.config")
            // Overlays name labels, which a device tree keeps only when asked.
            .Then([.. HasOverlays(trees, overlays) ? ImmutableArray.Create("env", "DTC_FLAGS=-@") : [], .. make, "scripts_dtc", .. kernels])
            .Then("mkdir", "-p", Folder, Compiled);
        // Overlays of single trees and of the boot loader are the same files to the compiler.
        foreach (var source in trees.SelectMany(t => t.Overlays).Concat(overlays.Where(o => o.IsOwn).Select(o => o.Source)).Select(o => o.Value).Distinct())
            Compile(source, PathOf(source));
        foreach (var tree in trees)
        {
            var plain = tree.IsOwn ? $"{Compiled}/{tree.Source.Value.Replace('/', '+')}.dtb" : KernelFile(tree.Source);
            if (tree.IsOwn)
                Compile(tree.Source, plain);
            if (tree.Overlays.IsEmpty)
                steps.Then("cp", plain, $"{Folder}/{tree.Name}");
            else
                steps.Then(["/bin/bash", OverlayScript, plain, $"{Folder}/{tree.Name}", .. tree.Overlays.Select(o => PathOf(o))]);
        }

        foreach (var overlay in overlays)
            steps.Then("cp", overlay.IsOwn ? PathOf(overlay.Source) : KernelFile(overlay.Source), $"{Folder}/{overlay.Name}");
        // As the boot loader will, one over the other in their order.
        foreach (var tree in trees.Where(tree => overlays.Any(o => o.Fits(tree))))
            steps.Then(["/bin/bash", OverlayScript, $"{Folder}/{tree.Name}", $"{Compiled}/fits", .. overlays.Where(o => o.Fits(tree)).Select(o => $"{Folder}/{o.Name}")]);
        return steps;

        void Compile(string source, string result) => steps.Then("/bin/bash", CompileScript, job.SourceFolder, architecture, source, result);

        string KernelFile(string source) => $"/build/arch/{architecture}/boot/dts/{source}";
    }

    private static string PathOf(string overlay) => $"{Compiled}/{overlay.Replace('/', '+')}.dtbo";

    private static bool HasOverlays(ImmutableArray<DeviceTreeSpec> trees, ImmutableArray<OverlaySpec> overlays) => !overlays.IsEmpty || trees.Any(t => !t.Overlays.IsEmpty);

    private static ImmutableArray<string> OwnFiles(ImmutableArray<DeviceTreeSpec> trees, ImmutableArray<OverlaySpec> overlays) =>
    [
        .. trees.SelectMany(t => t.Overlays.Concat(t.Includes).Concat(t.IsOwn ? [t.Source] : []))
            .Concat(overlays.SelectMany(o => o.Includes.Concat(o.IsOwn ? [o.Source] : [])))
            .Select(file => file.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    private static InputEdge Script(string path, string reason) => new(path, new InputSource.Inline(EmbeddedText.Read(path[(path.LastIndexOf('/') + 1)..]), Executable: true), reason);
}
