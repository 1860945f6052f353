// Words on a disk without room. Unaware of what was written.

using System.Globalization;

namespace Imagecraft.Feeds;

internal static class DiskRoom
{
    // ENOSPC, EDQUOT and EFBIG of Linux, as .NET hands them on; and .NET's own word for a full disk.
    private static readonly int[] Errors = [28, 122, 27, 0x70];

    /// <summary>Whether the disk, a quota or a limit of the file's size is reached.</summary>
    /// <remarks>.NET turns EFBIG into an exception on an argument `value`, which its file calls do not have otherwise.</remarks>
    public static bool IsExhausted(Exception problem) => problem switch
    {
        IOException => Errors.Contains(problem.HResult & 0xffff),
        ArgumentOutOfRangeException { ParamName: "value", Source: "System.Private.CoreLib" } => problem.StackTrace?.Contains("System.IO.", StringComparison.Ordinal) == true,
        _ => false,
    };

    /// <summary>The failure.</summary>
    /// <param name="path">What was written.</param>
    /// <param name="needed">Bytes that were still to come; null when nobody knows.</param>
    /// <param name="problem">What was seen.</param>
    public static FeedException Full(string path, long? needed, Exception problem)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var free = Directory.Exists(folder) ? $", {Bytes(new DriveInfo(folder).AvailableFreeSpace)} free" : "";
        return new(FeedCause.DiskFull, $"No space left for `{path}`: {(needed is { } bytes ? Bytes(bytes) : "an unknown size")} needed{free}; make room, e.g. with `./build.sh cache gc`, or set IMAGECRAFT_CACHE to a folder on a larger disk", problem);
    }

    private static string Bytes(long count) => count < 1 << 20 ? $"{count} bytes" : string.Create(CultureInfo.InvariantCulture, $"{count / (double)(1 << 20):0.0} MiB");
}
