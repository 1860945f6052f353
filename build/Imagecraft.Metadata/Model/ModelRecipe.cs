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

    /// <summary>The <c>.onnx</c> file.</summary>
    public required SourceSpec Source { get; init; }

    /// <summary>Fixed input shapes by input name.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<long>> Shapes { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<long>>.Empty;

    /// <summary>Values of scalar inputs that are fixed for good: the input disappears from the model.</summary>
    public ImmutableSortedDictionary<string, double> Constants { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Offline graph optimization: <c>none</c>, <c>basic</c>, <c>extended</c>.</summary>
    public Sited<string>? Optimize { get; init; }

    /// <summary>Samples that golden outputs are computed for.</summary>
    public ImmutableArray<SampleSpec> Samples { get; init; } = [];

    /// <summary>How a recurrent network is stepped: output fed back into input, by input name.</summary>
    public ImmutableSortedDictionary<string, string> Carry { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>How many samples of the frame before stand at the start of each frame of the audio input.</summary>
    public int Context { get; init; }

    /// <summary>Allowed absolute deviation from the golden outputs.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Accuracy condition on the samples: mean of the first output's values per sample.</summary>
    public ImmutableArray<ExpectSpec> Expect { get; init; } = [];

    /// <summary>Checks on the booted board.</summary>
    public ImmutableArray<CheckSpec> Checks { get; init; } = [];

    /// <summary>Folder of the recipe's file, relative to the workspace root.</summary>
    public required string Folder { get; init; }
}

/// <summary>A named sample: audio made by a generator.</summary>
/// <param name="Name">File-name part.</param>
/// <param name="Kind"><c>speech</c> (synthesized from <paramref name="Text"/>), <c>noise</c> (generated from <paramref name="Seed"/>) or <c>wav</c> (file of the recipe).</param>
/// <param name="Text">Words to speak, or the WAV file's name.</param>
/// <param name="Seed">Seed of the noise.</param>
/// <param name="Seconds">Length of the noise in seconds.</param>
public sealed record SampleSpec(Sited<string> Name, Sited<string> Kind, Sited<string>? Text, int Seed, double Seconds);

/// <summary>The mean over a sample's frames of the first output must lie in a range.</summary>
public sealed record ExpectSpec(Sited<string> Sample, double? Min, double? Max);
