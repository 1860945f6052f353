// What a model recipe says. Unaware of ONNX.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>How one neural network is fetched, prepared, checked and deployed.</summary>
public sealed record ModelRecipe
{
    /// <summary>Unique name; deployed at <c>/usr/share/models/NAME</c>.</summary>
    public required Sited<string> Name { get; init; }

    /// <summary>Version of the network.</summary>
    public required Sited<string> Version { get; init; }

    /// <summary>SPDX license expression.</summary>
    public required Sited<string> License { get; init; }

    /// <summary>One line.</summary>
    public string? Summary { get; init; }

    /// <summary>Where it comes from, in words and address.</summary>
    public string? Origin { get; init; }

    /// <summary>What it was trained on, in words.</summary>
    public string? TrainedOn { get; init; }

    /// <summary>The <c>.onnx</c> file.</summary>
    public required SourceSpec Source { get; init; }

    /// <summary>Fixed input shapes by input name.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<long>> Shapes { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<long>>.Empty;

    /// <summary>Values of scalar inputs that are fixed for good: the input disappears from the model.</summary>
    public ImmutableSortedDictionary<string, double> Constants { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Which graph passes run; null: all.</summary>
    public PassesSpec? Passes { get; init; }

    /// <summary>Offline graph optimization: <c>none</c>, <c>basic</c>, <c>extended</c>.</summary>
    public Sited<string>? Optimize { get; init; }

    /// <summary>Samples that golden outputs are computed for.</summary>
    public ImmutableArray<SampleSpec> Samples { get; init; } = [];

    /// <summary>How a recurrent network is stepped: output fed back into input, by input name.</summary>
    public ImmutableSortedDictionary<string, string> Carry { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>How many samples of the frame before stand at the start of each frame of the audio input.</summary>
    public int Context { get; init; }

    /// <summary>How images are brought to the input; null for other networks.</summary>
    public PreprocessSpec? Preprocess { get; init; }

    /// <summary>How sounds become spectrograms; null: the network takes samples.</summary>
    public SpectrogramSpec? Spectrogram { get; init; }

    /// <summary>How texts become tokens; null for other networks.</summary>
    public TokenizerSpec? Tokenizer { get; init; }

    /// <summary>Names of the classes by index.</summary>
    public ImmutableArray<Sited<string>> Labels { get; init; } = [];

    /// <summary>How the network is made small; null: it stays float.</summary>
    public QuantizeSpec? Quantize { get; init; }

    /// <summary>The accuracy gate; null: none.</summary>
    public EvaluateSpec? Evaluate { get; init; }

    /// <summary>Frames of a dataset that golden outputs are computed for, besides <see cref="Samples"/>; null: none.</summary>
    public GoldenSpec? Golden { get; init; }

    /// <summary>File that is deployed, <c>onnx</c> or <c>ort</c>; null: <c>onnx</c>.</summary>
    public Sited<string>? Format { get; init; }

    /// <summary>Allowed absolute deviation from the golden outputs.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Accuracy condition on the samples: mean of the first output's values per sample.</summary>
    public ImmutableArray<ExpectSpec> Expect { get; init; } = [];

    /// <summary>Checks on the booted board.</summary>
    public ImmutableArray<CheckSpec> Checks { get; init; } = [];

    /// <summary>Folder of the recipe's file, relative to the workspace root.</summary>
    public required string Folder { get; init; }
}

/// <summary>A choice of graph passes; at most one of the lists has items.</summary>
/// <param name="Without">Passes that are left out.</param>
/// <param name="Only">The passes that run; empty: all but those of <paramref name="Without"/>.</param>
public sealed record PassesSpec(ImmutableArray<Sited<string>> Without, ImmutableArray<Sited<string>> Only)
{
    /// <summary>The passes of ONNX Runtime, one for each level of <see cref="ModelRecipe.Optimize"/>; the second does all that the first does.</summary>
    public const string Basic = "optimize-basic", Extended = "optimize-extended";

    /// <summary>Whether a pass is not left out.</summary>
    public bool Runs(string pass) => Only.IsEmpty ? Without.All(left => left.Value != pass) : Only.Any(kept => kept.Value == pass);
}

/// <summary>A named sample: audio made by a generator.</summary>
/// <param name="Name">File-name part.</param>
/// <param name="Kind"><c>speech</c> (synthesized from <paramref name="Text"/>), <c>noise</c> (generated from <paramref name="Seed"/>) or <c>wav</c> (file of the recipe).</param>
/// <param name="Text">Words to speak, or the WAV file's name.</param>
/// <param name="Seed">Seed of the noise.</param>
/// <param name="Seconds">Length of the noise in seconds.</param>
public sealed record SampleSpec(Sited<string> Name, Sited<string> Kind, Sited<string>? Text, int Seed, double Seconds);

/// <summary>From pixels to values: (sample / scale - mean) / std.</summary>
/// <param name="Fit"><c>exact</c>, <c>stretch</c>, <c>pad</c>, <c>pad-width</c>, <c>letterbox</c> or <c>crop</c>; null: exact.</param>
/// <param name="Channels"><c>gray</c>, <c>rgb</c> or <c>bgr</c>.</param>
/// <param name="Mean">On the scale that <see cref="Scale"/> gives: one, or one a channel.</param>
/// <param name="Deviation">As <paramref name="Mean"/>.</param>
public sealed record PreprocessSpec(Sited<string>? Fit, Sited<string> Channels, ImmutableArray<double> Mean, ImmutableArray<double> Deviation)
{
    /// <summary><c>nchw</c> or <c>nhwc</c>; null: nchw.</summary>
    public Sited<string>? Layout { get; init; }

    /// <summary><c>bilinear</c>, <c>bicubic</c> or <c>nearest</c>; null: bilinear.</summary>
    public Sited<string>? Filter { get; init; }

    /// <summary>Whether all covered pixels count when shrinking.</summary>
    public bool Antialias { get; init; }

    /// <summary>Whether resized values are rounded to bytes.</summary>
    public bool Round { get; init; }

    /// <summary>Of <c>crop</c>: pixels of the short side; null: as few as fill the input.</summary>
    public Sited<int>? ShortSide { get; init; }

    /// <summary>Of <c>letterbox</c>: the ground; empty: 114.</summary>
    public ImmutableArray<int> Colour { get; init; } = [];

    /// <summary>Of <c>letterbox</c>: <c>centre</c> or <c>upper-left</c>; null: centre.</summary>
    public Sited<string>? Place { get; init; }

    /// <summary>What samples are divided by; null: 255.</summary>
    public Sited<double>? Scale { get; init; }
}

/// <summary>How a network is made small. What is null, the quantizer decides.</summary>
public sealed record QuantizeSpec
{
    /// <summary><c>static</c>, <c>dynamic</c> or <c>float16</c>.</summary>
    public required Sited<string> Method { get; init; }

    /// <summary>Data that ranges are measured on; of static quantization only, which always has it.</summary>
    public CalibrationSpec? Calibration { get; init; }

    /// <summary><c>uint8</c> or <c>int8</c>.</summary>
    public Sited<string>? Activations { get; init; }

    /// <summary><c>uint8</c> or <c>int8</c>.</summary>
    public Sited<string>? Weights { get; init; }

    /// <summary>Whether zero lies in the middle of the integers of activations.</summary>
    public bool? Symmetric { get; init; }

    /// <summary>Whether each output channel of weights has its own scale.</summary>
    public bool? PerChannel { get; init; }

    /// <summary>Whether biases take back the mean error of the rounded weights; of static quantization only.</summary>
    public bool BiasCorrection { get; init; } = true;

    /// <summary>Names and kinds of nodes that stay float.</summary>
    public ImmutableArray<Sited<string>> Exclude { get; init; } = [];

    /// <summary>How many of the worst layers may stay float for the accuracy gate.</summary>
    public int FloatLayers { get; init; }

    /// <summary>Allowed absolute deviation of the board from golden outputs; null: <see cref="ModelRecipe.Tolerance"/>.</summary>
    public double? Tolerance { get; init; }

    /// <summary>Share of an output's values that may deviate more than that on the board, from 0 to below 1.</summary>
    public double Outliers { get; init; }
}

/// <summary>Data for ranges of activations.</summary>
/// <param name="Dataset">A dataset.</param>
/// <param name="Split">A split of it.</param>
/// <param name="Count">Images or sounds, spread evenly.</param>
/// <param name="Method"><c>min-max</c>, <c>entropy</c> or <c>percentile</c>; null: min-max.</param>
/// <param name="Percentile">Percent of the values below the upper end; null: the usual.</param>
public sealed record CalibrationSpec(Sited<string> Dataset, Sited<string> Split, int Count, Sited<string>? Method, double? Percentile);

/// <summary>The accuracy gate.</summary>
/// <param name="Dataset">A dataset.</param>
/// <param name="Split">All of this split is used.</param>
/// <param name="Metric">What is measured.</param>
/// <param name="Min">Least allowed value.</param>
/// <param name="MaxDrop">By how much it may be worse than that of the float network.</param>
/// <param name="Threshold">Of <c>iou</c>: value above which a pixel counts.</param>
public sealed record EvaluateSpec(Sited<string> Dataset, Sited<string> Split, Sited<string> Metric, Sited<double>? Min, Sited<double>? MaxDrop, Sited<double>? Threshold);

/// <summary>Images or sounds of a split, spread evenly over it.</summary>
public sealed record GoldenSpec(Sited<string> Dataset, Sited<string> Split, int Count);

/// <summary>The mean over a sample's frames of the first output must lie in a range.</summary>
public sealed record ExpectSpec(Sited<string> Sample, double? Min, double? Max);
