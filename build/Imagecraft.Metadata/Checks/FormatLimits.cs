// What formats of root file systems have no place for. Unaware of how they are made.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

/// <summary>ext4, erofs, squashfs and the layers of containers hold all that a rule can say.</summary>
public static class FormatLimits
{
    const string InitramfsFormat = "rootfs.cpio";

    /// <summary>What a format of an image cannot hold of a rule.</summary>
    public static IEnumerable<Diagnostic> NotHeld(FileAttributes rule, string format, string image)
    {
        if (format.StartsWith(InitramfsFormat, StringComparison.Ordinal) && rule.IsExtended)
            yield return new(Codes.Contradiction, Severity.Error, $"`{rule.Path}` gets {(rule.Capabilities.IsEmpty ? "extended attributes" : "capabilities")}, for which `{format}` of image `{image}` has no place", rule.Path.Span, "The kernel's cpio holds modes and owners only: remove the rule, or the format");
    }
}
