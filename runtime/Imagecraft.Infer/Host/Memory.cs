// The peak memory of this process. Unaware of what used it.

namespace Imagecraft.Infer.Host;

static class Memory
{
    /// <summary>Peak resident bytes as the kernel counts them (<c>VmHWM</c> of proc(5)); 0 where <c>/proc</c> is not mounted.</summary>
    public static long PeakBytes()
    {
        const string Status = "/proc/self/status", Key = "VmHWM:";
        if (!File.Exists(Status))
            return 0;
        var line = File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
        return line is not null && long.TryParse(line[Key.Length..].Replace("kB", "", StringComparison.Ordinal), out var kilobytes) ? kilobytes * 1024 : 0;
    }
}
