// Cuts spectrograms into the frames a network wants. Unaware of how they are computed.

using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Golden;

/// <summary>As many windows beside each other as the input takes; a sound that is too short for one frame ends in silence.</summary>
static class SpectrogramFrames
{
    /// <summary>All whole frames: shape [frames, then the input's shape].</summary>
    public static FloatTensor Cut(AudioSample sample, TensorPort input, SpectrogramOptions options)
    {
        var spectrogram = new Spectrogram(options);
        var (bands, times) = Sizes(input, options, spectrogram.Bands);
        var samples = Framing.Resampled(sample, options.Rate);
        if (samples.Length == 0)
            throw new OnnxException($"The sample `{sample.Name}` is empty");
        if ((long)times * options.Hop > SoundFile.MostSamples)
            throw new OnnxException($"A frame of the input `{input.Name}` takes {times} windows, {(long)times * options.Hop} samples of sound, more than the {SoundFile.MostSamples} that are computed; correct `hop` in `spectrogram`, or `shapes`");
        for (var missing = times - spectrogram.Count(samples.Length); missing > 0; missing = times - spectrogram.Count(samples.Length))
            Array.Resize(ref samples, Math.Max(samples.Length, options.Fft) + (missing * options.Hop));
        var step = Step(input, options);
        var length = (long)spectrogram.Count(samples.Length) * bands * Math.Max(1, times / step);
        if (length > Framing.MostValues)
            throw Framing.TooLong(sample, length);
        var windows = spectrogram.Of(samples);
        var count = ((windows.Length - times) / step) + 1;
        var frames = FloatTensor.Zeros([count, .. input.Shape]);
        for (var frame = 0; frame < count; frame++)
            for (var t = 0; t < times; t++)
                for (var band = 0; band < bands; band++)
                    frames.Values[(frame * bands * times) + (options.Layout == SpectrogramLayout.TimeLast ? (band * times) + t : (t * bands) + band)] = windows[(frame * step) + t][band];
        return frames;
    }

    /// <summary>Windows from a frame to the next.</summary>
    public static int Step(TensorPort input, SpectrogramOptions options) => options.Step ?? (int)(options.Layout == SpectrogramLayout.TimeLast ? Plain(input)[^1] : Plain(input)[^2]);

    static (int Bands, int Times) Sizes(TensorPort input, SpectrogramOptions options, int bands)
    {
        var isLast = options.Layout == SpectrogramLayout.TimeLast;
        var shape = Plain(input);
        if (shape.Length < 2 || shape.SkipLast(2).Any(size => size != 1) || (isLast ? shape[^2] : shape[^1]) != bands)
            throw new OnnxException($"Input `{input.Name}` has the shape [{string.Join(", ", input.Shape)}], but spectrograms of {bands} bands are {(isLast ? $"[1, {bands}, time]" : $"[1, time, {bands}]")}; correct `mels` or `layout` in `spectrogram`, or `shapes`");
        return (bands, (int)(isLast ? shape[^1] : shape[^2]));
    }

    /// <summary>The shape without the one channel that networks with channels last have behind bands and time.</summary>
    static long[] Plain(TensorPort input) => input.Shape is [_, _, _, 1] ? input.Shape[..^1] : input.Shape;
}
