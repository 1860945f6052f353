// Cuts sound into the frames a network wants. Unaware of what the network does.

using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Golden;

/// <summary>Frames of new samples, each behind the last samples of the frame before (the first behind silence), or frames of a spectrogram.</summary>
public static class Framing
{
    /// <summary>Values of all frames of a sound: frames that overlap are more than the sound.</summary>
    internal const long MostValues = 1L << 27;

    /// <summary>The frames of a sample, without labels.</summary>
    public static LabelledSequence Sequence(AudioSample sample, TensorPort input, ModelOptions options) => new(sample.Name, Cut(sample, input, options), []) { IsSeries = true };

    /// <summary>As the model's options want it.</summary>
    /// <param name="sample">At any rate; it is resampled to the model's.</param>
    /// <param name="input">What the network takes.</param>
    /// <param name="options">Context, rate and spectrogram.</param>
    public static FloatTensor Cut(AudioSample sample, TensorPort input, ModelOptions options) =>
        options.Spectrogram is { } spectrogram ? SpectrogramFrames.Cut(sample, input, spectrogram) : Cut(sample, input, options.Context, options.SampleRate);

    /// <summary>New samples from a frame to the next.</summary>
    public static int Hop(TensorPort input, ModelOptions options) =>
        options.Spectrogram is { } spectrogram ? SpectrogramFrames.Step(input, spectrogram) * spectrogram.Hop : (int)input.Shape[^1] - options.Context;

    /// <summary>All whole frames: shape [frames, then the input's shape].</summary>
    /// <param name="sample">At any rate; it is resampled to <paramref name="rate"/>.</param>
    /// <param name="input">Its last dimension is the frame with its context; the others must be 1.</param>
    /// <param name="context">Samples that repeat.</param>
    /// <param name="rate">Samples per second.</param>
    public static FloatTensor Cut(AudioSample sample, TensorPort input, int context, int rate)
    {
        var width = input.Shape.Length > 0 ? (int)input.Shape[^1] : 0;
        if (input.Shape.SkipLast(1).Any(size => size != 1) || width <= context)
            throw new OnnxException($"Input `{input.Name}` of shape [{string.Join(", ", input.Shape)}] takes no frames of audio with a context of {context} samples");
        var sound = Resampled(sample, rate);
        var hop = width - context;
        var count = sound.Length / hop;
        if (count == 0)
            throw new OnnxException($"The sample `{sample.Name}` has {sound.Length} samples at {rate} Hz, fewer than the {hop} of one frame");
        if ((long)count * width > MostValues)
            throw TooLong(sample, (long)count * width);
        var values = new float[count * width];
        for (var frame = 0; frame < count; frame++)
        {
            var target = values.AsSpan(frame * width, width);
            sound.AsSpan(frame * hop, hop).CopyTo(target[context..]);
            for (var i = 0; i < context; i++)
                target[i] = ((frame * hop) - context + i) is >= 0 and var at ? sound[at] : 0;
        }
        return new([count, .. input.Shape], values);
    }

    /// <summary>Samples at a rate.</summary>
    internal static float[] Resampled(AudioSample sample, int rate) => (long)sample.Sound.Samples.Length * rate / sample.Sound.Rate is var length && length <= SoundFile.MostSamples
        ? Resampler.To(sample.Sound, rate).Samples
        : throw new OnnxException($"The sample `{sample.Name}` would have {length} samples at {rate} Hz, more than the {SoundFile.MostSamples} that are computed; cut it, or leave it out");

    /// <summary>What memory would not hold.</summary>
    internal static OnnxException TooLong(AudioSample sample, long values) => new($"The frames of the sample `{sample.Name}` would have {values} values altogether, more than the {MostValues} that are computed; cut it, or let frames overlap less");
}
