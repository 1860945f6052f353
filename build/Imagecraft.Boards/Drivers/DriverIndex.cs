// What a kernel's sources say of drivers, as a text of lines: who drives what, and which symbols compile it. Unaware of configurations and device trees.

using System.Text;

namespace Imagecraft.Boards.Drivers;

/// <summary>What a line of the index says.</summary>
public enum DriverFact
{
    /// <summary>A source file has a device in its table: its <c>compatible</c>, or <c>scmi-protocol@NUMBER</c>.</summary>
    Drives,

    /// <summary>A file of <c>drivers/mfd</c> makes a part of its chip that another driver finds by this name.</summary>
    Makes,

    /// <summary>A source file drives such a part.</summary>
    DrivesPart,

    /// <summary>A makefile of a folder assigns objects or folders.</summary>
    Compiles,
}

/// <summary>A line.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Place">Source file, or the folder of a makefile, from the root of the sources.</param>
/// <param name="Text">Name, or the whole assignment: <c>obj-$(CONFIG_MMC) += mmc/</c>.</param>
public sealed record DriverLine(DriverFact Kind, string Place, string Text);

/// <summary>The index of one source tree.</summary>
public sealed class DriverIndex
{
    private const string Letters = "DMPC";

    private readonly List<DriverLine> all;

    /// <summary>An index of these facts; drivers of parts that no chip makes are left out.</summary>
    public DriverIndex(IEnumerable<DriverLine> lines)
    {
        all = [.. lines];
        var made = all.Where(l => l.Kind == DriverFact.Makes).Select(l => l.Text).ToHashSet(StringComparer.Ordinal);
        all.RemoveAll(l => l.Kind == DriverFact.DrivesPart && !made.Contains(l.Text));
    }

    /// <summary>All facts.</summary>
    public IReadOnlyList<DriverLine> Lines => all;

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">A line is none.</exception>
    public static DriverIndex Read(string text) => new(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        line.Split('\t', 3) is [{ Length: 1 } letter, var place, var words] && Letters.IndexOf(letter[0], StringComparison.Ordinal) is >= 0 and var kind
            ? new DriverLine((DriverFact)kind, place, words)
            : throw new FormatException($"`{line}` is no line of an index of drivers")));

    /// <summary>A line a fact, with tabs between kind, place and text.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        foreach (var line in all)
            text.Append(Letters[(int)line.Kind]).Append('\t').Append(line.Place).Append('\t').Append(line.Text).Append('\n');
        return text.ToString();
    }
}
