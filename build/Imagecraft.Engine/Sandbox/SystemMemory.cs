// What the kernel says of the machine's memory. Unaware of actions.

using System.Globalization;

namespace Imagecraft.Engine.Sandbox;

static class SystemMemory
{
    static long? total;

    /// <summary>Memory that can be had without swapping, in bytes (<c>MemAvailable</c>).</summary>
    public static long AvailableBytes() => Field("/proc/meminfo", "MemAvailable:") is { } kilobytes ? kilobytes << 10 : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>All memory of the machine, in bytes.</summary>
    public static long TotalBytes() => total ??= Field("/proc/meminfo", "MemTotal:") is { } kilobytes ? kilobytes << 10 : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>The largest resident size this process ever had, in bytes.</summary>
    public static long OwnPeakBytes() => (Field("/proc/self/status", "VmHWM:") ?? 0) << 10;

    static long? Field(string file, string name)
    {
        foreach (var line in File.ReadLines(file))
        {
            var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && words[0] == name)
                return long.Parse(words[1], CultureInfo.InvariantCulture);
        }

        return null;
    }
}
