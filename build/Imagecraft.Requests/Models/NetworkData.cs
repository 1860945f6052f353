// What networks are run on: samples of a recipe, parts of datasets, and what is measured on them. Unaware of networks.

using System.Collections.Immutable;

namespace Imagecraft.Requests.Models;

/// <summary>A recipe's samples and golden frames.</summary>
/// <param name="Sounds">In order.</param>
/// <param name="Golden">Frames of a dataset besides; null: none.</param>
public sealed record NetworkSamples(ImmutableArray<SampleSound> Sounds, DatasetPart? Golden)
{
    /// <summary>Audio files by <see cref="SampleSound.Name"/>, of those that are no noise.</summary>
    public static InputSlots SoundInputs { get; } = new("/sample/");

    /// <summary>The dataset of <see cref="Golden"/>.</summary>
    public static InputSlot GoldenInput { get; } = new("/golden");
}

/// <summary>A sample.</summary>
/// <param name="Name">File-name part.</param>
/// <param name="Noise">What it is made of; null: it comes as an audio file.</param>
public sealed record SampleSound(string Name, SampleNoise? Noise = null);

/// <summary>Generated noise.</summary>
public sealed record SampleNoise(int Seed, double Seconds);

/// <summary>That many images or sounds of a split, spread evenly.</summary>
public sealed record DatasetPart(string Dataset, string Split, int Count);

/// <summary>What is measured on all of a split, and allowed.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Split">Its split.</param>
/// <param name="Metric">Name of the metric.</param>
public sealed record AccuracyGoal(string Dataset, string Split, string Metric)
{
    /// <summary>Least allowed value; null: none.</summary>
    public double? Min { get; init; }

    /// <summary>Largest allowed value; null: none.</summary>
    public double? Max { get; init; }

    /// <summary>By how much it may be worse than that of the float network; null: as much as it likes.</summary>
    public double? MaxDrop { get; init; }

    /// <summary>The output that the metric looks at; null: the first that is not carried.</summary>
    public string? Output { get; init; }

    /// <summary>Least cosine of further outputs, by name.</summary>
    public ImmutableSortedDictionary<string, double> Others { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>How sure that must be; null: the usual.</summary>
    public double? Confidence { get; init; }

    /// <summary>Value above which a pixel or a frame counts; null: the usual.</summary>
    public double? Threshold { get; init; }

    /// <summary>Least mean value in a box of text; null: the usual.</summary>
    public double? BoxScore { get; init; }

    /// <summary>How far boxes of text grow; null: the usual.</summary>
    public double? Unclip { get; init; }

    /// <summary>The class that writes nothing.</summary>
    public int Blank { get; init; }

    /// <summary>What each class writes, where the metric reads.</summary>
    public ImmutableArray<string> Alphabet { get; init; } = [];

    /// <summary>What each class writes stands in <see cref="NetworkForm.AlphabetInput"/>, without the blank; these follow. Null: <see cref="Alphabet"/> has all.</summary>
    public ImmutableArray<string>? MoreAlphabet { get; init; }

    /// <summary>What the float network says stands in for labels.</summary>
    public bool AgainstFloat { get; init; }

    /// <summary>A gate that does not hold is no error.</summary>
    public bool ReportOnly { get; init; }
}
