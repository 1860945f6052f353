// Binds this thread, and all that it starts later, to some CPUs. Unaware of why.

using System.Globalization;
using System.Runtime.InteropServices;

namespace Imagecraft.Infer.Host;

/// <summary>CPU affinity by sched_setaffinity(2).</summary>
static partial class CpuSet
{
    /// <summary>glibc's CPU_SETSIZE.</summary>
    const int MostCpus = 1024;

    /// <summary>Reads a list such as <c>0,2-3</c>, as taskset(1) writes it.</summary>
    public static int[] Parse(string list)
    {
        var cpus = new SortedSet<int>();
        foreach (var part in list.Split(','))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !Number(ends[0], out var first) || !Number(ends[^1], out var last) || last < first)
                throw new InferException($"`--cpus {list}` is no list of CPUs such as 0,2-3, with numbers below {MostCpus}");
            for (var cpu = first; cpu <= last; cpu++)
                cpus.Add(cpu);
        }
        return [.. cpus];
    }

    /// <summary>Must run before the threads of a network are started. An error names the CPUs that cannot be had.</summary>
    public static void Pin(int[] cpus)
    {
        var (wanted, got) = (new byte[MostCpus / 8], new byte[MostCpus / 8]);
        foreach (var cpu in cpus)
            wanted[cpu / 8] |= (byte)(1 << (cpu % 8));
        // The kernel leaves out CPUs that do not exist, and fails only when none remains.
        if (SetAffinity(0, (nuint)wanted.Length, wanted) == 0)
            _ = GetAffinity(0, (nuint)got.Length, got);
        var missing = cpus.Where(cpu => (got[cpu / 8] & (1 << (cpu % 8))) == 0).ToArray();
        if (missing.Length > 0)
            throw new InferException($"The CPUs [{string.Join(", ", missing)}] of `--cpus` do not exist or are forbidden to this process, this machine has [{Online()}]");
    }

    static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < MostCpus;

    static string Online() => File.Exists("/sys/devices/system/cpu/online") ? File.ReadAllText("/sys/devices/system/cpu/online").Trim() : "unknown";

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint size, [In] byte[] mask);

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nuint size, [Out] byte[] mask);
}
