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

    /// <summary>Versions of others' interfaces that it is made for: of packages by their names, of the kernel as <c>linux</c>, or of <c>interfaces</c>.</summary>
    public ImmutableSortedDictionary<string, Sited<VersionRange>> Fits { get; init; } = ImmutableSortedDictionary<string, Sited<VersionRange>>.Empty;

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

    /// <summary>Files that values of its tensors lie in, by the names that the network gives them, relative to itself; none when all lie inside.</summary>
    public ImmutableSortedDictionary<string, SourceSpec> Data { get; init; } = ImmutableSortedDictionary<string, SourceSpec>.Empty;

    /// <summary>Fixed input shapes by input name.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<long>> Shapes { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<long>>.Empty;

    /// <summary>Axes that stay free in the deployed network, by input name; <see cref="Shapes"/> has the sizes with which it is checked, calibrated and measured.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<long>> FreeAxes { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<long>>.Empty;

    /// <summary>Values of scalar inputs that are fixed for good: the input disappears from the model.</summary>
    public ImmutableSortedDictionary<string, double> Constants { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Which graph passes run; null: all.</summary>
    public PassesSpec? Passes { get; init; }

    /// <summary>Offline graph optimization: <c>none</c>, <c>basic</c>, <c>extended</c>.</summary>
    public Sited<string>? Optimize { get; init; }

    /// <summary>What the board does when it loads the network: <c>all</c> or <c>none</c>; null: all, but for <c>format: ort</c>.</summary>
    public Sited<string>? OptimizeAtLoad { get; init; }

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

    /// <summary>What the recipe says of an accuracy gate; null: nothing.</summary>
    public JudgingSpec? Judging { get; init; }

    /// <summary>The accuracy gate; null: none.</summary>
    public EvaluateSpec? Evaluate => Judging?.Gate;

    /// <summary>What the network may cost on accelerators.</summary>
    public ImmutableArray<BudgetSpec> Budgets { get; init; } = [];

    /// <summary>Frames of a dataset that golden outputs are computed for, besides <see cref="Samples"/>; null: none.</summary>
    public GoldenSpec? Golden { get; init; }

    /// <summary>File that is deployed, <c>onnx</c> or <c>ort</c>; null: <c>onnx</c>.</summary>
    public Sited<string>? Format { get; init; }

    /// <summary>How far outputs may lie from the golden ones; null: as usual.</summary>
    public ToleranceSpec? Tolerance { get; init; }

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
    /// <summary><c>static</c>, <c>dynamic</c>, <see cref="ModelVariants.WeightOnly"/>, <c>float16</c> or <see cref="ModelVariants.Taken"/>.</summary>
    public required Sited<string> Method { get; init; }

    /// <summary>Data that ranges are measured on; of static quantization only, which always has it.</summary>
    public CalibrationSpec? Calibration { get; init; }

    /// <summary><c>uint8</c>, <c>int8</c>, <c>uint16</c> or <c>int16</c>.</summary>
    public Sited<string>? Activations { get; init; }

    /// <summary><c>uint8</c> or <c>int8</c>.</summary>
    public Sited<string>? Weights { get; init; }

    /// <summary>Whether zero lies in the middle of the integers of activations.</summary>
    public bool? Symmetric { get; init; }

    /// <summary>Whether each output channel of weights has its own scale.</summary>
    public bool? PerChannel { get; init; }

    /// <summary>Whether biases take back the mean error of the rounded weights; of static quantization only.</summary>
    public bool BiasCorrection { get; init; } = true;

    /// <summary>Whether weights are rounded so that a layer's outputs err least on the calibration data, instead of to the nearest; of static quantization only.</summary>
    public bool AdaptiveRounding { get; init; }

    /// <summary>Whether inner values get short names, and nodes none, so that the file is smaller.</summary>
    public bool Compact { get; init; } = true;

    /// <summary>Bits of a weight, 4 or 8; of weight-only quantization.</summary>
    public int Bits { get; init; } = 4;

    /// <summary>Weights that share a scale; of weight-only quantization.</summary>
    public int Block { get; init; } = 32;

    /// <summary>Names and kinds of nodes whose ranges are found at run time; of static quantization.</summary>
    public ImmutableArray<Sited<string>> Dynamic { get; init; } = [];

    /// <summary>Names and kinds of nodes that stay float.</summary>
    public ImmutableArray<Sited<string>> Exclude { get; init; } = [];

    /// <summary>How many of the worst layers may stay float for the accuracy gate.</summary>
    public int FloatLayers { get; init; }

    /// <summary>What the gate looks at while it decides which layers stay float; null without <see cref="FloatLayers"/>.</summary>
    public SearchSpec? Search { get; init; }

    /// <summary>Largest share of the float network's size that is worth deploying; null: any that is smaller.</summary>
    public double? MaxSize { get; init; }

    /// <summary>Least times by which it must take fewer instructions than the float network; null: speed is not asked for.</summary>
    public Sited<double>? MinSpeedup { get; init; }

    /// <summary>Whether a network that does not pay is an error; otherwise the float one is deployed.</summary>
    public bool MustPay { get; init; }

    /// <summary>How far the board's outputs may lie from the golden ones; null: as far as quantization itself moved them.</summary>
    public ToleranceSpec? Tolerance { get; init; }
}

/// <summary>Data for ranges of activations.</summary>
/// <param name="Dataset">A dataset.</param>
/// <param name="Split">A split of it.</param>
/// <param name="Count">Images or sounds, spread evenly.</param>
/// <param name="Method"><c>min-max</c>, <c>entropy</c> or <c>percentile</c>; null: min-max.</param>
/// <param name="Percentile">Percent of the values below the upper end; null: the usual.</param>
public sealed record CalibrationSpec(Sited<string> Dataset, Sited<string> Split, int Count, Sited<string>? Method, double? Percentile);

/// <summary>All of a split that is judged by neither calibration nor gate.</summary>
public sealed record SearchSpec(Sited<string> Dataset, Sited<string> Split);

/// <summary>What a network may cost on an accelerator; what is null is not limited.</summary>
/// <param name="Accelerator">Its name; of boards without it the budget is not looked at.</param>
/// <param name="Share">Least share of the multiply-accumulates that it takes.</param>
/// <param name="Regions">How often it may be started in a run.</param>
/// <param name="Crossings">How many values may change sides.</param>
/// <param name="Arena">Bytes of activations.</param>
/// <param name="Cycles">Largest cycles of its own counter for an inference; null: any.</param>
public sealed record BudgetSpec(Sited<string> Accelerator, double? Share, int? Regions, int? Crossings, long? Arena, long? Cycles);

/// <summary>What a recipe says of an accuracy gate.</summary>
/// <param name="Gate">The gate; null: there is to be none.</param>
public sealed record JudgingSpec(EvaluateSpec? Gate);

/// <summary>The accuracy gate.</summary>
public sealed record EvaluateSpec
{
    /// <summary>A dataset.</summary>
    public required Sited<string> Dataset { get; init; }

    /// <summary>All of this split is used.</summary>
    public required Sited<string> Split { get; init; }

    /// <summary>What is measured: one of <see cref="MetricNeeds.All"/>.</summary>
    public required Sited<string> Metric { get; init; }

    /// <summary>Least allowed value.</summary>
    public Sited<double>? Min { get; init; }

    /// <summary>Largest allowed value, of errors.</summary>
    public Sited<double>? Max { get; init; }

    /// <summary>By how much it may be worse than that of the float network.</summary>
    public Sited<double>? MaxDrop { get; init; }

    /// <summary>The output that the metric looks at; null: the first that is not carried.</summary>
    public Sited<string>? Output { get; init; }

    /// <summary>Least cosine between a further output and that of the float network, by name; 0.9 of those that are not named.</summary>
    public ImmutableSortedDictionary<string, Sited<double>> Others { get; init; } = ImmutableSortedDictionary<string, Sited<double>>.Empty;

    /// <summary>How sure that must be; null: 0.95.</summary>
    public Sited<double>? Confidence { get; init; }

    /// <summary>Value above which a pixel or a frame counts.</summary>
    public Sited<double>? Threshold { get; init; }

    /// <summary>Of <c>hmean</c>: least mean value in a box.</summary>
    public Sited<double>? BoxScore { get; init; }

    /// <summary>Of <c>hmean</c>: how far boxes grow.</summary>
    public Sited<double>? Unclip { get; init; }

    /// <summary>Of <c>cer</c> and <c>wer</c>: the class that writes nothing.</summary>
    public Sited<int>? Blank { get; init; }

    /// <summary>Of <c>cer</c> and <c>wer</c>: what each class writes; null: the model's labels.</summary>
    public AlphabetSpec? Alphabet { get; init; }

    /// <summary><c>float</c>: what the float network says stands in for labels; null: labels.</summary>
    public Sited<string>? Against { get; init; }
}

/// <summary>What the classes of a network that reads write.</summary>
/// <param name="Source">A text file with what each class but the blank writes, one a line.</param>
/// <param name="More">What the classes behind those of the file write.</param>
/// <param name="Span">Where it was said.</param>
public sealed record AlphabetSpec(SourceSpec Source, ImmutableArray<Sited<string>> More, SourceSpan Span);

/// <summary>Images or sounds of a split, spread evenly over it.</summary>
public sealed record GoldenSpec(Sited<string> Dataset, Sited<string> Split, int Count);

/// <summary>The mean over a sample's frames of the first output must lie in a range.</summary>
public sealed record ExpectSpec(Sited<string> Sample, double? Min, double? Max);
