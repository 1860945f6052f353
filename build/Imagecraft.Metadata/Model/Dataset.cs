// What a dataset's file says. Unaware of networks and metrics.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>Data with labels that networks are calibrated and judged with.</summary>
public sealed record Dataset
{
    /// <summary>Unique name.</summary>
    public required Sited<string> Name { get; init; }

    /// <summary>SPDX license expression.</summary>
    public required Sited<string> License { get; init; }

    /// <summary>One line.</summary>
    public string? Summary { get; init; }

    /// <summary>Where it comes from, in words and address.</summary>
    public string? Origin { get; init; }

    /// <summary>How it is made.</summary>
    public required DatasetContent Content { get; init; }

    /// <summary>Folder of the dataset's file, relative to the workspace root; <c>file:</c> names are relative to it.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Names of its splits.</summary>
    public IEnumerable<string> Splits => Content switch
    {
        DatasetContent.Idx idx => idx.Splits.Keys,
        DatasetContent.Audio audio => audio.Splits.Keys,
        DatasetContent.Text text => text.Splits.Keys,
        DatasetContent.Files files => files.Splits.Keys,
        _ => throw new InvalidOperationException($"No splits of {Content.GetType().Name}"),
    };

    /// <summary>What the items of a split are labelled with; null when there is no such split.</summary>
    public LabelKind? LabelsOf(string split) => Content switch
    {
        DatasetContent.Idx or DatasetContent.Audio => LabelKind.Class,
        DatasetContent.Text text when text.Splits.TryGetValue(split, out var drawn) => drawn.Page is not null ? LabelKind.Boxes : drawn.HaveWords ? LabelKind.Words : LabelKind.Class,
        DatasetContent.Files files when files.Splits.TryGetValue(split, out var part) => (part.Labels ?? files.Spec.Labels).Labels,
        _ => null,
    };
}

/// <summary>How a dataset is made.</summary>
public abstract record DatasetContent
{
    private DatasetContent()
    {
    }

    /// <summary>IDX files of a feed package.</summary>
    public sealed record Idx(Sited<string> Feed, Sited<string> Package, ImmutableSortedDictionary<string, IdxSplit> Splits) : DatasetContent;

    /// <summary>Spoken sentences under noise.</summary>
    public sealed record Audio(ImmutableSortedDictionary<string, AudioSplit> Splits) : DatasetContent;

    /// <summary>Images, sounds, arrays or texts that lie in files.</summary>
    public sealed record Files(FilesSpec Spec) : DatasetContent
    {
        /// <summary>Its splits.</summary>
        public ImmutableSortedDictionary<string, FileSplitSpec> Splits => Spec.Splits;
    }

    /// <summary>Lines of text drawn in fonts of the tool root, upright and upside down, or put together to pages.</summary>
    public sealed record Text(Sited<string> ToolRoot, ImmutableSortedDictionary<string, TextSplit> Splits) : DatasetContent;
}

/// <summary>Paths of a pair of IDX files within their package.</summary>
public sealed record IdxSplit(Sited<string> Images, Sited<string> Labels);

/// <summary>Every text in every voice, under noises and signal-to-noise ratios that take turns; then each noise alone.</summary>
/// <param name="Voices">espeak-ng's names.</param>
/// <param name="Texts">Sentences.</param>
/// <param name="Noises">At least one.</param>
/// <param name="SignalToNoise">Ratios in decibel; at least one.</param>
/// <param name="PauseSeconds">Noise before and after each sentence.</param>
/// <param name="NoiseSeconds">Length of each noise alone; 0: none.</param>
public sealed record AudioSplit(ImmutableArray<Sited<string>> Voices, ImmutableArray<Sited<string>> Texts, ImmutableArray<NoiseSpec> Noises, ImmutableArray<int> SignalToNoise, double PauseSeconds, double NoiseSeconds);

/// <summary>A generated noise.</summary>
public sealed record NoiseSpec(Sited<string> Kind, int Seed);

/// <summary>Every text in every font and size.</summary>
/// <param name="Fonts">Font files within the tool root.</param>
/// <param name="Sizes">Points at 72 dots per inch.</param>
/// <param name="Texts">Lines.</param>
/// <param name="Seed">Of colours, noise and places.</param>
/// <param name="Page">The lines are put together to pages, whose labels are the boxes of the lines; null: each is an image of its own, once upright (label 0) and once upside down (label 1).</param>
public sealed record TextSplit(ImmutableArray<Sited<string>> Fonts, ImmutableArray<int> Sizes, ImmutableArray<Sited<string>> Texts, int Seed, PageSpec? Page)
{
    /// <summary>Each line is an image of its own, upright, and labelled with its words.</summary>
    public bool HaveWords { get; init; }
}

/// <summary>Size of pages in pixels, and lines on each.</summary>
public sealed record PageSpec(int Width, int Height, int Lines);
