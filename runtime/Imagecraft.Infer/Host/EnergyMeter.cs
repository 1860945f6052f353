// Energy counters of the machine: powercap zones and hwmon sensors. Unaware of what uses the energy.
// Source: Linux documentation, power/powercap/powercap.rst and hwmon/sysfs-interface.rst; both count microjoules.

using System.Globalization;

namespace Imagecraft.Infer.Host;

/// <summary>What one counter counted between start and stop.</summary>
/// <param name="Counter">Its name, e.g. <c>intel-rapl:0 package-0</c>.</param>
sealed record Energy(string Counter, double Joules);

/// <summary>All counters that this machine has and that this user may read; often none.</summary>
sealed class EnergyMeter
{
    readonly List<Counter> counters;

    EnergyMeter(List<Counter> counters) => this.counters = counters;

    /// <summary>Finds the counters; each is read once, so that one that cannot be read is left out.</summary>
    public static EnergyMeter Open()
    {
        var found = new List<Counter>();
        foreach (var zone in Folders("/sys/class/powercap"))
            found.Add(new($"{Path.GetFileName(zone)} {Text(Path.Combine(zone, "name"))}", Path.Combine(zone, "energy_uj"), Number(Path.Combine(zone, "max_energy_range_uj"))));
        foreach (var chip in Folders("/sys/class/hwmon"))
            foreach (var sensor in Directory.EnumerateFiles(chip, "energy*_input").Order(StringComparer.Ordinal))
            {
                var prefix = sensor[..^"_input".Length];
                found.Add(new($"{Path.GetFileName(chip)} {Text(Path.Combine(chip, "name"))} {Text(prefix + "_label") ?? Path.GetFileName(prefix)}", sensor, null));
            }
        return new([.. found.Where(counter => Number(counter.File) is not null)]);
    }

    /// <summary>Remembers what the counters show.</summary>
    public void Start()
    {
        foreach (var counter in counters)
            counter.Begin = Number(counter.File);
    }

    /// <summary>What they counted since; a counter that went back is taken to have passed its range once, or is left out where its range is unknown.</summary>
    public IReadOnlyList<Energy> Stop()
    {
        var ends = counters.ConvertAll(counter => Number(counter.File));
        var energies = new List<Energy>();
        foreach (var (counter, end) in counters.Zip(ends))
        {
            var counted = end - counter.Begin;
            if (counted < 0)
                counted += counter.Range;
            if (counted >= 0)
                energies.Add(new(counter.Name, counted.Value / 1e6));
        }
        return energies;
    }

    static string[] Folders(string root) => Directory.Exists(root) ? [.. Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal)] : [];

    static long? Number(string file) => long.TryParse(Text(file), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    static string? Text(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    sealed record Counter(string Name, string File, long? Range)
    {
        public long? Begin { get; set; }
    }
}
