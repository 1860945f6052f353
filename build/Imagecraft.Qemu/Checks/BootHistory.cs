// The figures of earlier boots, and what is worse than in the last one. Unaware of machines; its file is text.

using System.Collections.Immutable;
using System.Globalization;

namespace Imagecraft.Qemu.Checks;

/// <summary>Figures of boots of one image on one board, oldest first. As text: a line each with boot time in milliseconds (or <c>-</c>) and free memory in bytes (or <c>-</c>).</summary>
public sealed record BootHistory(ImmutableArray<BootFigures> Boots)
{
    private const int Kept = 50;

    // Emulated boots scatter by tens of percent on a host with other work; below these a change means nothing.
    private const double SlowerFactor = 1.5;
    private const double LessMemoryFactor = 0.95;

    private static readonly TimeSpan SlowerAtLeast = TimeSpan.FromSeconds(1);

    private const long LessMemoryAtLeast = 4 << 20;

    /// <summary>No boots.</summary>
    public static BootHistory Empty { get; } = new([]);

    /// <summary>Reads <see cref="ToString"/>'s text. Lines that are none are left out: history is no input of anything.</summary>
    public static BootHistory Parse(string text) => new([.. text.Split('\n').Select(Line).OfType<BootFigures>()]);

    /// <summary>The history with one boot more; the oldest are forgotten.</summary>
    public BootHistory With(BootFigures boot) => new([.. Boots.Add(boot).TakeLast(Kept)]);

    /// <summary>What <paramref name="boot"/> is clearly worse in than the last one, one sentence each.</summary>
    public IEnumerable<string> Regressions(BootFigures boot)
    {
        if (Boots.IsEmpty)
            yield break;
        BootFigures last = Boots[^1];
        if (boot.BootTime is { } time && last.BootTime is { } lastTime && time > lastTime * SlowerFactor && time - lastTime > SlowerAtLeast)
            yield return string.Create(CultureInfo.InvariantCulture, $"Boot time grew from {lastTime.TotalSeconds:0.0} s to {time.TotalSeconds:0.0} s");
        if (boot.FreeMemory is { } now && last.FreeMemory is { } before && now < before * LessMemoryFactor && before - now > LessMemoryAtLeast)
            yield return string.Create(CultureInfo.InvariantCulture, $"Free memory fell from {before / 1048576.0:0.0} MiB to {now / 1048576.0:0.0} MiB");
    }

    /// <inheritdoc/>
    public override string ToString() => string.Concat(Boots.Select(boot => string.Create(CultureInfo.InvariantCulture,
        $"{boot.BootTime?.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) ?? "-"} {boot.FreeMemory?.ToString(CultureInfo.InvariantCulture) ?? "-"}\n")));

    private static BootFigures? Line(string line)
    {
        string[] words = line.Split(' ');
        int milliseconds = 0;
        if (words.Length != 2 || !(words[0] == "-" || int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out milliseconds)))
            return null;
        bool known = long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long memory);
        return known || words[1] == "-" ? new(words[0] == "-" ? null : TimeSpan.FromMilliseconds(milliseconds), known ? memory : null) : null;
    }
}
