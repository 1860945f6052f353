// A disk of a machine as a file and as arguments of QEMU. Unaware of its content.

using Imagecraft.Qemu.Machines;

namespace Imagecraft.TestKit;

/// <summary>A disk with its image file.</summary>
/// <param name="Name">Its serial number.</param>
/// <param name="Image">Host path.</param>
/// <param name="Format"><c>raw</c> or <c>qcow2</c>.</param>
/// <param name="ReadOnly">The machine cannot write to it.</param>
internal sealed record AttachedDisk(string Name, string Image, string Format, bool ReadOnly)
{
    /// <summary>QEMU's arguments.</summary>
    /// <param name="slot">On the bus.</param>
    /// <param name="recorded">Where its writes are recorded; null: they are not.</param>
    public string[] Arguments(int slot, RecordedDisk? recorded)
    {
        string file = recorded?.Options() ?? $"file={QemuText.Escape(Image)},format={Format}";
        return ["-drive", $"{file},if=none,id=ic-{Name}{(ReadOnly ? ",readonly=on" : "")}", "-device", $"virtio-blk-pci,drive=ic-{Name},serial={Name},addr={slot:x}"];
    }

    /// <summary>The same disk on a new file in a folder, which gets what is written from now on; this one's must not change any more.</summary>
    public AttachedDisk OnOverlay(string folder)
    {
        string overlay = Path.Combine(folder, $"{Name}.qcow2");
        QcowOverlay.Create(overlay, Image, Format, QcowOverlay.SizeOf(Image, Format));
        return this with { Image = overlay, Format = "qcow2" };
    }
}

internal static class QemuText
{
    /// <summary>A path within a list of options.</summary>
    public static string Escape(string path) => path.Replace(",", ",,", StringComparison.Ordinal);
}
