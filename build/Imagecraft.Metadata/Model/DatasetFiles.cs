// What a dataset's file says of data that lie in files. Unaware of images and sound.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary><c>files:</c> of a dataset.</summary>
public sealed record FilesSpec
{
    /// <summary>A folder beside the dataset's file, or an archive from anywhere.</summary>
    public required SourceSpec Source { get; init; }

    /// <summary>Folder within the source that all names are relative to; empty: its root.</summary>
    public string Folder { get; init; } = "";

    /// <summary><c>images</c>, <c>sounds</c>, <c>arrays</c> or <c>texts</c>: only files of this kind are taken; null: all.</summary>
    public Sited<string>? Kind { get; init; }

    /// <summary>Where labels come from.</summary>
    public required FileLabelsSpec Labels { get; init; }

    /// <summary>Names of the classes by index; empty: as the labels give them.</summary>
    public ImmutableArray<Sited<string>> Classes { get; init; } = [];

    /// <summary>Parts by name.</summary>
    public required ImmutableSortedDictionary<string, FileSplitSpec> Splits { get; init; }

    /// <summary>Another seed draws other splits.</summary>
    public int Seed { get; init; }

    /// <summary>Samples per second that every sound must have; null: 16000.</summary>
    public Sited<int>? Rate { get; init; }

    /// <summary>Sounds of other rates are resampled, and channels mixed.</summary>
    public bool Convert { get; init; }

    /// <summary>The same file in two splits is only told.</summary>
    public bool AllowsDuplicates { get; init; }
}

/// <summary>Where labels come from.</summary>
/// <param name="Kind"><c>none</c>, <c>folder</c>, <c>csv</c>, <c>coco</c> or <c>json-lines</c>.</param>
/// <param name="Path">The file with labels, within the source; empty for the first two.</param>
/// <param name="File">Column or key of the file's name.</param>
/// <param name="Label">Column or key of the label.</param>
/// <param name="Text">Column or key of the text, which then is the datum instead of a file; null: files.</param>
public sealed record FileLabelsSpec(Sited<string> Kind, string Path, string File, string Label, string? Text)
{
    /// <summary>What a row of a table has: a class, words, or the name of a map.</summary>
    public LabelKind Meaning { get; init; } = LabelKind.Class;

    /// <summary>What the data are labelled with.</summary>
    public LabelKind Labels => Kind.Value switch
    {
        "none" => LabelKind.None,
        "coco" => LabelKind.Boxes,
        _ => Meaning,
    };
}

/// <summary>One part of a dataset.</summary>
/// <param name="Folder">All below this folder.</param>
/// <param name="List">Names in this text file of the source, one a line.</param>
/// <param name="Share">That share of what no folder and no list takes, drawn by the names of files.</param>
/// <param name="Labels">Labels of this part alone; null: the dataset's.</param>
public sealed record FileSplitSpec(Sited<string>? Folder, Sited<string>? List, Sited<double>? Share, FileLabelsSpec? Labels);
