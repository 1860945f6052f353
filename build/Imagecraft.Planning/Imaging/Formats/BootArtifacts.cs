// What U-Boot's mkimage makes for a board: FIT images of kernel and device trees, and scripts. Unaware of disks.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Engine.Actions;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning.Imaging.Formats;

/// <summary>Plans them by name.</summary>
/// <param name="job">The image.</param>
/// <param name="artifact">Finds an artifact by name; null after a problem that was noted.</param>
internal sealed class BootArtifacts(FormatJob job, Func<Sited<string>, OutputRef?> artifact)
{
    /// <summary>The tool root with mkimage.</summary>
    public const string ToolRoot = "boot-images";

    /// <summary>Names of all that the board has.</summary>
    public static IEnumerable<Sited<string>> NamesOf(Board board) => board.FitImages.Select(f => f.Name).Concat(board.BootScripts.Select(s => s.Name));

    /// <summary>The one of that name; null when the board has none.</summary>
    public OutputRef? Find(string name)
    {
        if (job.Target.Board.FitImages.FirstOrDefault(f => f.Name.Value == name) is { } image)
            return Fit(image);
        return job.Target.Board.BootScripts.FirstOrDefault(s => s.Name.Value == name) is { } script ? Script(script) : null;
    }

    // mkimage's words (U-Boot, boot/image.c, uimage_arch) differ from the kernel's for PCs alone.
    private string Architecture => job.Target.Target.Architecture.KernelArch.Value is "x86" ? "x86_64" : job.Target.Target.Architecture.KernelArch.Value;

    private OutputRef Script(BootScriptSpec script) => job.Script(
        $"script-{script.Name}", script.Name, ToolRoot, "make-boot-script", [script.Name, Architecture],
        [
            new("/commands", new InputSource.Inline(VfatFormat.Filled(script.Text, job)), $"text of {script.Name}"),
            .. job.CommandLine() is { } line ? ImmutableArray.Create(line.At("/command-line", "the text may hold it")) : [],
        ]);

    private OutputRef Fit(FitImageSpec image)
    {
        var inputs = ImmutableArray.CreateBuilder<InputEdge>();
        // One line a content: its kind and its name, which is also that of the file, between tabs.
        var list = new List<string>();
        Add("kernel", image.Name with { Value = job.Target.Board.KernelImageOf(job.Target.Target.Architecture) });
        foreach (var tree in image.DeviceTrees)
            Add("tree", tree);
        foreach (var overlay in image.Overlays)
            Add("overlay", overlay);
        if (image.Ramdisk is { } ramdisk)
            Add("ramdisk", ramdisk);
        inputs.Add(new("/files.list", new InputSource.Inline(string.Concat(list.Select(line => line + "\n"))), $"what {image.Name} holds"));
        return job.Script($"fit-{image.Name}", image.Name, ToolRoot, "make-fit", [image.Name, Architecture, image.IsPacked ? "gzip" : "none", Cells(image.Load), Cells(image.DeviceTreeLoad)], inputs);

        static string Cells(Sited<ulong>? address) => address is { } place ? string.Create(CultureInfo.InvariantCulture, $"0x{place.Value >> 32:x} 0x{place.Value & uint.MaxValue:x}") : "";

        void Add(string kind, Sited<string> name)
        {
            if (artifact(name) is not { } content)
                return;
            inputs.Add(content.At($"/files/{name}", $"{name} is in {image.Name}"));
            list.Add($"{kind}\t{name}");
        }
    }
}
