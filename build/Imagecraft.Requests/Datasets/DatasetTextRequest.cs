// What `dataset-text` is told. Unaware of how pages look.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Requests.Datasets;

/// <summary>Drawn lines of text become labelled images or pages.</summary>
/// <param name="Splits">Which lines go where.</param>
public sealed record DatasetTextRequest(ImmutableArray<TextLines> Splits) : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "dataset-text";

    /// <summary>The tree of PGM files, black on white.</summary>
    public static InputSlot LinesInput { get; } = new("/lines");

    /// <summary>A folder a split.</summary>
    public static OutputSlot TreeOutput => OutputSlot.Tree;

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [TreeOutput.Spec];
}

/// <summary>Drawn lines of a split, in order.</summary>
/// <param name="Name">Its folder.</param>
/// <param name="Files">Drawn lines.</param>
/// <param name="Seed">Of colours, noise and places.</param>
/// <param name="Page">How pages are put together; null: lines, upright and upside down.</param>
public sealed record TextLines(string Name, ImmutableArray<string> Files, long Seed, TextPage? Page)
{
    /// <summary>What stands in each of <see cref="Files"/>, where that is the label; null: labels tell of places and directions.</summary>
    public ImmutableArray<string>? Words { get; init; }
}

/// <summary>Pixels and lines of a page.</summary>
public sealed record TextPage(int Width, int Height, int Lines);
