// One datum as a file with labels has it. Unaware of how such files are written.

using System.Collections.Immutable;

namespace Imagecraft.BuiltIns.Datasets.Files;

/// <summary>A datum.</summary>
/// <param name="Name">Of its file, seen from the folder of its labels; of a text a name made of its line.</param>
/// <param name="Where">File and line or entry, for messages.</param>
internal sealed record LabelledItem(string Name, string Where)
{
    /// <summary>Its class; empty: not known.</summary>
    public string Label { get; init; } = "";

    /// <summary>What is written or spoken in it; null: it has no such label.</summary>
    public string? Words { get; init; }

    /// <summary>The file that says the class of each of its pixels, seen from the folder of the labels; null: it has no such label.</summary>
    public string? Map { get; init; }

    /// <summary>The text itself; null: the datum is a file.</summary>
    public string? Text { get; init; }

    /// <summary>What its image shows; null: it has no boxes.</summary>
    public ItemBoxes? Boxes { get; init; }
}

/// <summary>What an image shows.</summary>
/// <param name="Width">Pixels of the image that was annotated; null: not said.</param>
/// <param name="Height">Likewise.</param>
/// <param name="Boxes">In pixels.</param>
internal sealed record ItemBoxes(int? Width, int? Height, ImmutableArray<ItemBox> Boxes);

/// <summary>A thing in an image.</summary>
internal sealed record ItemBox(string Class, double X, double Y, double Width, double Height);
