// The list of drivers that an image must have, as a text of lines. Unaware of images.

using System.Collections.Immutable;

namespace Imagecraft.Boards.Drivers;

/// <summary>Writes and reads the list: a driver a line, with tabs between its module, <c>y</c> or <c>m</c>, and whom it is for.</summary>
public static class DriverList
{
    /// <summary>The text of a list.</summary>
    public static string Write(ImmutableArray<NeededDriver> drivers) => string.Concat(drivers.Select(d => $"{d.Module}\t{(d.IsBuiltIn ? 'y' : 'm')}\t{d.For}\n"));

    /// <summary>The list of a text.</summary>
    /// <exception cref="FormatException">A line is none.</exception>
    public static ImmutableArray<NeededDriver> Read(string text) =>
    [
        .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
            line.Split('\t', 3) is [var module, ("y" or "m") and var value, var who] ? new NeededDriver(module, value == "y", who) : throw new FormatException($"`{line}` is no line of a list of drivers")),
    ];
}
