// Remembers up to when everything is known to be on the disk, and in which boot of the machine. Unaware of what was written.

using System.Globalization;
using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Store;

/// <summary>The file `synced` of a store: the boot in which it was written, and a time (nanoseconds since 1970) before which all writes are on the disk.</summary>
internal readonly record struct SyncRecord(string Boot, long Until)
{
    /// <summary>The kernel's identity of this boot, which changes with every start of the machine.</summary>
    internal static string ThisBoot { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>Now, less a second: the kernel stamps files with a coarse clock that may lag some milliseconds.</summary>
    internal static long SafelyPast => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100 - 1_000_000_000;

    /// <summary>The record of a store; none, or a torn one, says that nothing is known to be on the disk.</summary>
    internal static SyncRecord Read(string root)
    {
        if (Posix.TryRead(Path.Combine(root, "synced"), out _) is not { } bytes)
            return new SyncRecord("", 0);
        var lines = System.Text.Encoding.UTF8.GetString(bytes).Split('\n');
        return lines is [{ Length: 36 } boot, var until, ""] && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            ? new SyncRecord(boot, time)
            : new SyncRecord("", 0);
    }

    internal void Write(string root, string temporary)
    {
        AtomicFile.Write(Path.Combine(root, "synced"), System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Boot}\n{Until}\n")), temporary);
    }
}
