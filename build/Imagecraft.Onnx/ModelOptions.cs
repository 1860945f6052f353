// What the build wants of one model. Unaware of recipes' files and of the engine.

using System.Collections.Immutable;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Passes;

namespace Imagecraft.Onnx;

/// <summary>How one network is prepared and judged.</summary>
public sealed record ModelOptions
{
    /// <summary>Unique name of the model.</summary>
    public required string Name { get; init; }

    /// <summary>Version of the network.</summary>
    public required string Version { get; init; }

    /// <summary>SPDX license expression.</summary>
    public required string License { get; init; }

    /// <summary>Where it comes from, in words.</summary>
    public string Origin { get; init; } = "";

    /// <summary>What it was trained on, in words.</summary>
    public string TrainedOn { get; init; } = "";

    /// <summary>Fixed input shapes by input name.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<long>> Shapes { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<long>>.Empty;

    /// <summary>Axes that stay free in the deployed network, by input name; <see cref="Shapes"/> has the sizes with which it is checked.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<int>> FreeAxes { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<int>>.Empty;

    /// <summary>Scalar inputs that become constants, by input name.</summary>
    public ImmutableSortedDictionary<string, double> Constants { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Names of graph passes that are left out.</summary>
    public ImmutableArray<string> WithoutPasses { get; init; } = [];

    /// <summary>Offline graph optimization.</summary>
    public OptimizationLevel Optimize { get; init; } = OptimizationLevel.None;

    /// <summary>What the board does when it loads the network.</summary>
    public LoadOptimization OptimizeAtLoad { get; init; }

    /// <summary>Input name to the output that is fed back into it.</summary>
    public ImmutableSortedDictionary<string, string> Carry { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Samples of the frame before at the start of each frame of the audio input.</summary>
    public int Context { get; init; }

    /// <summary>Samples per second that the audio input wants.</summary>
    public int SampleRate { get; init; } = 16000;

    /// <summary>How images are brought to the input; null for other networks.</summary>
    public ImagePreprocessing? Preprocess { get; init; }

    /// <summary>How sounds become spectrograms; null: the network takes samples.</summary>
    public SpectrogramOptions? Spectrogram { get; init; }

    /// <summary>How texts become numbers of tokens; null for other networks.</summary>
    public TextTokenizer? Tokenizer { get; init; }

    /// <summary>Names of the classes by index, when the network tells classes.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>How far outputs may deviate: of each pass from the model before it, and of the board from the golden outputs.</summary>
    public Tolerance Tolerance { get; init; } = new();

    /// <summary>The metric by which the network is judged; null: none.</summary>
    public DecisionGoal? Goal { get; init; }

    /// <summary>Conditions on the samples.</summary>
    public ImmutableArray<Expectation> Expect { get; init; } = [];
}
