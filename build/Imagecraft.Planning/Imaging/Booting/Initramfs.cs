// Whether a board starts from a file system in memory, which finds the root by programs of its own. Unaware of partitions' contents.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Imaging.Formats;

namespace Imagecraft.Planning.Imaging.Booting;

internal static class Initramfs
{
    /// <summary>Ends hints: a boot loader may bring one that nothing here tells of.</summary>
    public const string Hint = "; with an initramfs of your own, say so by `rdinit=/init`";

    /// <summary>QEMU, a file of a partition or the command line has one; or the image comes as one and nothing names another root.</summary>
    public static bool IsUsed(Board board, Image image, ImmutableArray<KernelLine> lines)
    {
        var files = board.Partitions.SelectMany(p => p.Files).ToArray();
        return lines.Any(line => line.Value("rdinit") is not null)
            || (board.Qemu?.Arguments ?? []).Any(argument => argument.Value is "-initrd" or "--initrd")
            || files.Any(file => file.Artifact is { } artifact && IsOne(artifact))
            || board.FitImages.Any(fit => fit.Ramdisk is { } ramdisk && IsOne(ramdisk))
            || files.Any(file => file.Text is { } text && (text.Value.Contains("initrd", StringComparison.Ordinal) || text.Value.Contains("initramfs", StringComparison.Ordinal)))
            || (board.Formats.Concat(image.Formats).Any(format => IsOne(format)) && lines.All(line => line.Value("root") is null));
    }

    private static bool IsOne(string artifact) => artifact.StartsWith(CpioFormat.Artifact, StringComparison.Ordinal);
}
