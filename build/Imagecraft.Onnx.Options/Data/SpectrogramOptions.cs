// From sound to the spectrogram that a network takes, as it is wanted. Unaware of sound.

namespace Imagecraft.Onnx.Data;

/// <summary>How frequencies are laid out.</summary>
public enum MelScale
{
    /// <summary>Straight up to 1 kHz, logarithmic above (M. Slaney, "Auditory Toolbox", 1998); librosa's default.</summary>
    Slaney,

    /// <summary>2595 log10(1 + f / 700), of the Hidden Markov Model Toolkit; torchaudio's default.</summary>
    Htk,
}

/// <summary>Shape of the window.</summary>
public enum WindowShape
{
    /// <summary>Periodic Hann window.</summary>
    Hann,

    /// <summary>Periodic Hamming window.</summary>
    Hamming,
}

/// <summary>What stands before and behind the sound, so that the first window has its middle at the first sample.</summary>
public enum SpectrogramPadding
{
    /// <summary>Nothing: the first window begins at the first sample.</summary>
    None,

    /// <summary>Silence.</summary>
    Zeros,

    /// <summary>The sound mirrored at its ends.</summary>
    Reflect,
}

/// <summary>What is made of energies.</summary>
public enum SpectrogramLog
{
    /// <summary>They stay.</summary>
    None,

    /// <summary>Natural logarithm.</summary>
    Natural,

    /// <summary>Logarithm to base 10.</summary>
    Log10,

    /// <summary>Decibel: ten times that of powers, twenty times that of amplitudes.</summary>
    Decibel,
}

/// <summary>Order of a spectrogram's axes in the input.</summary>
public enum SpectrogramLayout
{
    /// <summary>[..., bands, time].</summary>
    TimeLast,

    /// <summary>[..., time, bands].</summary>
    TimeFirst,
}

/// <summary>Sound to frames: value = (log(max(energy, floor)) - mean) / deviation.</summary>
public sealed record SpectrogramOptions
{
    /// <summary>Samples per second; other sounds are resampled.</summary>
    public int Rate { get; init; } = 16000;

    /// <summary>Samples in a window.</summary>
    public int Window { get; init; } = 400;

    /// <summary>Samples from a window to the next.</summary>
    public int Hop { get; init; } = 160;

    /// <summary>Length of the Fourier transform, at least that of the window, which lies in its middle.</summary>
    public int Fft { get; init; } = 512;

    /// <summary>Shape of the window.</summary>
    public WindowShape Shape { get; init; } = WindowShape.Hann;

    /// <summary>What stands around the sound.</summary>
    public SpectrogramPadding Padding { get; init; } = SpectrogramPadding.Reflect;

    /// <summary>1: amplitudes, 2: powers.</summary>
    public int Power { get; init; } = 2;

    /// <summary>Bands; 0: the frequencies of the transform as they are.</summary>
    public int Mels { get; init; } = 80;

    /// <summary>Lower end of the lowest band in Hz.</summary>
    public double Low { get; init; }

    /// <summary>Upper end of the highest band in Hz; null: half the rate.</summary>
    public double? High { get; init; }

    /// <summary>How bands are laid out.</summary>
    public MelScale Scale { get; init; } = MelScale.Slaney;

    /// <summary>Each band is divided by half its width in Hz, so that all weigh the same (Slaney); else its peak is 1.</summary>
    public bool EqualArea { get; init; } = true;

    /// <summary>What is made of energies.</summary>
    public SpectrogramLog Log { get; init; } = SpectrogramLog.Natural;

    /// <summary>Smaller energies count as this.</summary>
    public double Floor { get; init; } = 1e-10;

    /// <summary>Subtracted at the end.</summary>
    public double Mean { get; init; }

    /// <summary>Divided by at the end.</summary>
    public double Deviation { get; init; } = 1;

    /// <summary>Order of the axes.</summary>
    public SpectrogramLayout Layout { get; init; } = SpectrogramLayout.TimeLast;

    /// <summary>Windows from one frame of the network to its next; null: as many as a frame has.</summary>
    public int? Step { get; init; }
}
