// What `dataset-audio` is told. Unaware of how voice and noise are mixed.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Requests.Datasets;

/// <summary>Spoken sentences and noise become labelled sounds.</summary>
/// <param name="Items">The sounds.</param>
public sealed record DatasetAudioRequest(ImmutableArray<AudioItem> Items) : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "dataset-audio";

    /// <summary>The tree of clean WAV files.</summary>
    public static InputSlot SpeechInput { get; } = new("/speech");

    /// <summary>A folder a split.</summary>
    public static OutputSlot TreeOutput => OutputSlot.Tree;

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [TreeOutput.Spec];
}

/// <summary>One sound.</summary>
/// <param name="Split">Its folder.</param>
/// <param name="Name">File name without ending.</param>
/// <param name="Speech">File of the spoken sentence; null: noise alone.</param>
/// <param name="Noise">Kind of the noise.</param>
/// <param name="Seed">Same seed, same noise.</param>
/// <param name="Decibel">Ratio of the powers of voice and noise.</param>
/// <param name="Seconds">Noise before and after the sentence, or length of the noise alone.</param>
public sealed record AudioItem(string Split, string Name, string? Speech, string Noise, long Seed, int Decibel, double Seconds);
