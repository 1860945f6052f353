// Holds names of kernel images against what kbuild can make. Unaware of what boots them.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

/// <summary>A name that the kernel's makefiles do not know stops a build after all else is compiled.</summary>
static class KernelImageCheck
{
    static readonly string[] Packed = ["Image.bz2", "Image.gz", "Image.lz4", "Image.lzma", "Image.lzo", "Image.xz", "Image.zst"];

    // Source: arch/*/boot/Makefile and arch/*/Makefile of Linux 6.12 and 6.18.
    static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["arm"] = ["Image", "bootpImage", "uImage", "xipImage", "zImage"],
        ["arm64"] = ["Image", .. Packed, "image.fit", "vmlinuz.efi"],
        ["riscv"] = ["Image", .. Packed, "loader", "loader.bin", "vmlinuz.efi", "xipImage"],
        ["x86"] = ["bzImage"],
    };

    /// <summary>Notes a name that the architecture does not have; architectures of one's own may have any.</summary>
    public static void Check(Board board, Architecture architecture, Reading reading)
    {
        var image = board.KernelImage ?? architecture.KernelImage;
        if (Known.TryGetValue(architecture.KernelArch, out var names) && !names.Contains(image.Value))
            reading.Error(Codes.UnknownName, $"The kernel makes no image `{image.Value}` for `{architecture.Name}`", image.Span, Nearest.Hint(image.Value, names, "image"));
    }
}
