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
}
