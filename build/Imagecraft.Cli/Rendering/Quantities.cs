// Lengths of time and sizes as people read them. Unaware of builds.

using System.Globalization;

namespace Imagecraft.Cli.Rendering;

/// <summary>Words for durations and sizes.</summary>
public static class Quantities
{
    /// <summary><c>41.2 s</c>, <c>3 m 12 s</c>, <c>1 h 02 m</c>.</summary>
    public static string Duration(TimeSpan time) => time.TotalSeconds switch
    {
        < 59.95 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        < 3599.5 => string.Create(CultureInfo.InvariantCulture, $"{(int)Math.Round(time.TotalSeconds) / 60} m {(int)Math.Round(time.TotalSeconds) % 60:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)Math.Round(time.TotalMinutes) / 60} h {(int)Math.Round(time.TotalMinutes) % 60:00} m"),
    };

    /// <summary><c>512 B</c>, <c>8.3 MiB</c>, <c>1.2 GiB</c>.</summary>
    public static string Size(long bytes)
    {
        double value = bytes;
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var unit = 0;
        while (value >= 1024 && unit < units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return unit == 0 ? $"{bytes} B" : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {units[unit]}");
    }
}
