// What `dataset-files` is told. Unaware of image and sound formats.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;

namespace Imagecraft.Requests.Datasets;

/// <summary>Files of a source become a dataset; each split is an output of its own, so that a changed file concerns the readers of its split alone.</summary>
public sealed record DatasetFilesRequest : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "dataset-files";

    /// <summary>The source's tree.</summary>
    public static InputSlot SourceInput { get; } = new("/source");

    /// <summary>The tree with the folder of a split.</summary>
    public static OutputSlot SplitOutput(string split) => new(split, OutputKind.Tree);

    /// <summary>The dataset, for messages.</summary>
    public required string Name { get; init; }

    /// <summary>Folder within the source that names are relative to; empty: its root.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Only files of this kind are taken; null: all.</summary>
    public DataFileKind? Kind { get; init; }

    /// <summary>Where labels come from.</summary>
    public required FileLabels Labels { get; init; }

    /// <summary>Names of the classes by index; empty: as the labels give them.</summary>
    public ImmutableArray<string> Classes { get; init; } = [];

    /// <summary>Parts by name.</summary>
    public required ImmutableSortedDictionary<string, FileSplit> Splits { get; init; }

    /// <summary>Another seed draws other splits.</summary>
    public int Seed { get; init; }

    /// <summary>Samples per second that every sound must have.</summary>
    public int Rate { get; init; } = 16000;

    /// <summary>Sounds of other rates and several channels are taken too.</summary>
    public bool Convert { get; init; }

    /// <summary>The same file in two splits is only told.</summary>
    public bool AllowsDuplicates { get; init; }

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [.. Splits.Keys.Select(split => SplitOutput(split).Spec)];
}

/// <summary>Where labels come from.</summary>
/// <param name="Kind">How they are written.</param>
/// <param name="Path">The file with labels within the source; empty when there is none.</param>
/// <param name="File">Column or key of the file's name.</param>
/// <param name="Label">Column or key of the label.</param>
/// <param name="Text">Column or key of the text, which then is the datum; null: files.</param>
public sealed record FileLabels(FileLabelsKind Kind, string Path, string File, string Label, string? Text)
{
    /// <summary>What the label of a row is.</summary>
    public FileLabelMeaning Meaning { get; init; }
}

/// <summary>What files of data are, by their endings.</summary>
public enum DataFileKind
{
    /// <summary>PNG, JPEG and the like.</summary>
    Images,

    /// <summary>WAV and FLAC.</summary>
    Sounds,

    /// <summary>NumPy's.</summary>
    Arrays,

    /// <summary>Plain text.</summary>
    Texts,
}

/// <summary>What the label of a row is.</summary>
public enum FileLabelMeaning
{
    /// <summary>A class.</summary>
    Class,

    /// <summary>What is written or spoken.</summary>
    Words,

    /// <summary>The name of a gray image of the same size, whose samples are classes.</summary>
    Map,
}

/// <summary>How labels are written.</summary>
public enum FileLabelsKind
{
    /// <summary>There are none.</summary>
    None,

    /// <summary>The first folder of a name is the class.</summary>
    Folder,

    /// <summary>A table (RFC 4180).</summary>
    Csv,

    /// <summary>Boxes as COCO's instances.</summary>
    Coco,

    /// <summary>A JSON object a line.</summary>
    JsonLines,
}

/// <summary>One part: one of the first three is there.</summary>
/// <param name="Folder">All below this folder.</param>
/// <param name="List">Names in this text file of the source.</param>
/// <param name="Share">That share of what no folder and no list takes.</param>
/// <param name="Labels">Labels of this part alone; null: the dataset's.</param>
public sealed record FileSplit(string? Folder, string? List, double? Share, FileLabels? Labels);
