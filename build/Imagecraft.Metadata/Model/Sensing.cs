// What a model recipe says of sound and text on their way to the input. Unaware of both.

namespace Imagecraft.Metadata.Model;

/// <summary>From sound to a spectrogram; what is null has the usual value.</summary>
public sealed record SpectrogramSpec
{
    /// <summary>Samples per second.</summary>
    public int Rate { get; init; }

    /// <summary>Samples in a window.</summary>
    public Sited<int> Window { get; init; } = null!;

    /// <summary>Samples from a window to the next.</summary>
    public int Hop { get; init; }

    /// <summary>Length of the Fourier transform; null: that of the window.</summary>
    public Sited<int>? Fft { get; init; }

    /// <summary><c>hann</c> or <c>hamming</c>.</summary>
    public Sited<string>? Shape { get; init; }

    /// <summary><c>none</c>, <c>zeros</c> or <c>reflect</c>.</summary>
    public Sited<string>? Padding { get; init; }

    /// <summary>1 or 2.</summary>
    public int Power { get; init; }

    /// <summary>Bands; 0: the frequencies as they are.</summary>
    public int Mels { get; init; }

    /// <summary>Lower end in Hz.</summary>
    public double Low { get; init; }

    /// <summary>Upper end in Hz; null: half the rate.</summary>
    public Sited<double>? High { get; init; }

    /// <summary><c>slaney</c> or <c>htk</c>.</summary>
    public Sited<string>? Scale { get; init; }

    /// <summary><c>slaney</c> or <c>none</c>.</summary>
    public Sited<string>? Norm { get; init; }

    /// <summary><c>none</c>, <c>natural</c>, <c>log10</c> or <c>decibel</c>.</summary>
    public Sited<string>? Log { get; init; }

    /// <summary>Smaller energies count as this.</summary>
    public double Floor { get; init; }

    /// <summary>Subtracted at the end.</summary>
    public double Mean { get; init; }

    /// <summary>Divided by at the end.</summary>
    public double Deviation { get; init; }

    /// <summary><c>time-last</c> or <c>time-first</c>.</summary>
    public Sited<string>? Layout { get; init; }

    /// <summary>Windows from a frame to the next; null: a frame's.</summary>
    public Sited<int>? Step { get; init; }
}

/// <summary>From text to tokens.</summary>
/// <param name="Kind"><c>bpe</c>, <c>word-piece</c> or <c>sentence-piece</c>.</param>
/// <param name="Vocabulary">The vocabulary, of SentencePiece the model.</param>
/// <param name="Merges">Of <c>bpe</c>: the list of merges.</param>
/// <param name="LowerCase">Of <c>word-piece</c>: whether letters become small and lose their accents.</param>
/// <param name="Special">Whether tokens that begin and end texts are added.</param>
/// <param name="Padding">What stands behind short texts; null: the vocabulary's own.</param>
public sealed record TokenizerSpec(Sited<string> Kind, SourceSpec Vocabulary, SourceSpec? Merges, bool LowerCase, bool Special, Sited<int>? Padding);
