// What a stage was found to have, and how findings are gathered. Unaware of formats.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Boards.DeviceTrees;

namespace Imagecraft.Boards.BootChains;

/// <summary>A stage as it lies on the disk.</summary>
/// <param name="Size">Bytes from its first to its last.</param>
/// <param name="Images">What is in it.</param>
/// <param name="Tree">The device tree of its default configuration; null when it has none.</param>
internal sealed record FoundStage(long Size, ImmutableArray<FoundImage> Images, DeviceTree? Tree = null)
{
    /// <summary>What else its headers say, for people.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}

/// <summary>An image of a stage.</summary>
/// <param name="Name">By which the board may describe it.</param>
/// <param name="Data">Its bytes.</param>
/// <param name="Load">Where it is loaded to; null when the stage does not say.</param>
/// <param name="Entry">Its first instruction; null when the stage does not say.</param>
/// <param name="Code">Whose code it is, as the stage says; null when it is none or the stage does not say.</param>
internal sealed record FoundImage(string Name, ReadOnlyMemory<byte> Data, ulong? Load = null, ulong? Entry = null, InstructionSet? Code = null)
{
    /// <summary>The bytes from its entry on; empty when that lies outside.</summary>
    public ReadOnlySpan<byte> FromEntry => ((Entry ?? Load ?? 0) - (Load ?? 0)) is var skip && skip < (ulong)Data.Length ? Data.Span[(int)skip..] : [];
}

/// <summary>Gathers what a stage is told to be wrong with.</summary>
internal sealed class StageFindings(string stage)
{
    private readonly List<string> problems = [];

    public IReadOnlyList<string> Problems => problems;

    /// <summary>Notes what is wrong with the stage; the text follows its name.</summary>
    public void Stage(FormattableString what) => problems.Add($"`{stage}` {what.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Notes what is wrong with an image in it; the text follows its name.</summary>
    public void Image(string image, FormattableString what) => problems.Add($"`{image}` in `{stage}` {what.ToString(CultureInfo.InvariantCulture)}");
}
