// The form in which every step runs a network. Unaware of what the steps do.

using System.Collections.Immutable;
using Imagecraft.Onnx.Data;

namespace Imagecraft.Requests.Models;

/// <summary>How a network is run, frame by frame.</summary>
public sealed record NetworkForm
{
    /// <summary>Name of the model.</summary>
    public required string Name { get; init; }

    /// <summary>Fixed shapes by input.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<long>> Shapes { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<long>>.Empty;

    /// <summary>Axes that stay free, by input; <see cref="Shapes"/> has their usual sizes.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<int>> FreeAxes { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<int>>.Empty;

    /// <summary>Scalar inputs that become constants.</summary>
    public ImmutableSortedDictionary<string, double> Constants { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Input to the output that is fed back into it.</summary>
    public ImmutableSortedDictionary<string, string> Carry { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Samples of the frame before at the start of each frame.</summary>
    public int Context { get; init; }

    /// <summary>How images are brought to the input; null for other networks.</summary>
    public ImagePreprocessing? Preprocess { get; init; }

    /// <summary>How sounds become spectrograms; null: the network takes samples.</summary>
    public SpectrogramOptions? Spectrogram { get; init; }

    /// <summary>How texts become tokens; null for other networks.</summary>
    public TokenizerOptions? Tokenizer { get; init; }

    /// <summary>Names of the network's classes that a dataset's must equal; null: nobody looks at labels.</summary>
    public ImmutableArray<string>? Classes { get; init; }

    /// <summary>The vocabulary of <see cref="Tokenizer"/>.</summary>
    public static InputSlot VocabularyInput { get; } = new("/tokenizer/vocabulary");

    /// <summary>What the classes of a network that reads write, one a line.</summary>
    public static InputSlot AlphabetInput { get; } = new("/alphabet");

    /// <summary>Its list of merges, when it has one.</summary>
    public static InputSlot MergesInput { get; } = new("/tokenizer/merges");
}
