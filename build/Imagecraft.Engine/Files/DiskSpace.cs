// Turns the kernel's "no space left" into numbers. Unaware of what was written.

namespace Imagecraft.Engine.Files;

internal static class DiskSpace
{
    /// <summary>Whether the exception says that the disk, a quota or a file size limit is reached.</summary>
    /// <remarks>.NET turns EFBIG into an exception on an argument `value`, which its file calls do not have otherwise.</remarks>
    internal static bool IsExhausted(Exception problem) => problem switch
    {
        IOException => (problem.HResult & 0xffff) is Posix.ENOSPC or Posix.EDQUOT or Posix.EFBIG or 0x70,
        ArgumentOutOfRangeException { ParamName: "value", Source: "System.Private.CoreLib" } => problem.StackTrace?.Contains("System.IO.", StringComparison.Ordinal) == true,
        _ => false,
    };

    /// <summary>The exception to throw instead.</summary>
    internal static DiskFullException Full(string path, long needed, Exception problem)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        // It may be the folder itself that could not be made.
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
            folder = parent;
        var free = new DriveInfo(folder).AvailableFreeSpace;
        return new DiskFullException($"No space left for `{path}`: {Bytes(needed)} needed, {Bytes(free)} free; free some space, or shrink the cache with `cache gc`", problem);
    }

    internal static string Bytes(long count) => count switch
    {
        >= 1L << 30 => $"{count / (double)(1L << 30):0.0} GiB",
        >= 1L << 20 => $"{count / (double)(1L << 20):0.0} MiB",
        >= 1L << 10 => $"{count / (double)(1L << 10):0.0} KiB",
        _ => $"{count} bytes",
    };
}
