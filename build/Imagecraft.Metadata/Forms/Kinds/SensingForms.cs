// The forms of what a model recipe says of sound and text on their way to the input. Unaware of both.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>spectrogram:</c> of models.</summary>
static class SpectrogramForm
{
    public static Form<SpectrogramSpec> Form { get; } = new("`spectrogram`", keys => new()
    {
        Rate = keys.Optional("rate", ScalarShapes.Between(1000, 768000), 16000, "samples per second; other sounds are resampled"),
        Window = keys.Required("window", ScalarShapes.Count, "samples in a window"),
        Hop = keys.Required("hop", ScalarShapes.Between(1, 1 << 20), "samples from a window to the next"),
        Fft = keys.Maybe("fft", ScalarShapes.Count, "length of the Fourier transform; that of the window when absent"),
        Shape = keys.Maybe("shape", ScalarShapes.OneOf("hann", "hamming"), "shape of the window; hann when absent"),
        Padding = keys.Maybe("padding", ScalarShapes.OneOf("none", "zeros", "reflect"), "what stands before and behind the sound, half a transform long; reflect when absent"),
        Power = keys.Optional("power", ScalarShapes.Between(1, 2), 2, "1: amplitudes, 2: powers"),
        Mels = keys.Optional("mels", ScalarShapes.Between(0, 4096), 80, "bands; 0: the frequencies of the transform as they are"),
        Low = keys.Optional("low", ScalarShapes.PlainNumber, 0, "lower end of the lowest band in Hz"),
        High = keys.Maybe("high", ScalarShapes.Number, "upper end of the highest band in Hz; half the rate when absent"),
        Scale = keys.Maybe("scale", ScalarShapes.OneOf("slaney", "htk"), "layout of the bands: slaney (librosa's default) or htk (torchaudio's)"),
        Norm = keys.Maybe("norm", ScalarShapes.OneOf("slaney", "none"), "slaney: all bands weigh the same (librosa's default); none: each peaks at 1 (torchaudio's)"),
        Log = keys.Maybe("log", ScalarShapes.OneOf("none", "natural", "log10", "decibel"), "logarithm of energies; natural when absent"),
        Floor = keys.Optional("floor", ScalarShapes.PlainNumber, 1e-10, "smaller energies count as this"),
        Mean = keys.Optional("mean", ScalarShapes.PlainNumber, 0, "subtracted at the end"),
        Deviation = keys.Optional("std", ScalarShapes.PlainNumber, 1, "divided by at the end"),
        Layout = keys.Maybe("layout", ScalarShapes.OneOf("time-last", "time-first"), "order of the input's last two axes; time-last when absent"),
        Step = keys.Maybe("step", ScalarShapes.Count, "windows from one frame of the network to its next; as many as a frame has when absent"),
    }, Check);

    static bool Check(SpectrogramSpec made, Keys keys)
    {
        var before = keys.Reading.Problems.Count;
        if (made.Window.Value is < 2 or > 1 << 16)
            keys.Reading.Error(Codes.WrongFormat, "`window` must be 2 to 65536 samples", made.Window.Span, null);
        if (made.Fft is { } fft && (fft.Value < made.Window.Value || fft.Value > 1 << 16))
            keys.Reading.Error(Codes.Contradiction, $"`fft` is {fft.Value}, but it holds the window of {made.Window.Value} samples, and at most 65536", fft.Span, "Write the length of the window, or the next power of two");
        if (made.High is { } high && !(high.Value > made.Low && high.Value <= made.Rate / 2.0))
            keys.Reading.Error(Codes.Contradiction, $"`high` is {high.Value} Hz, but it must be above `low` and at most half the rate", high.Span, $"Write {made.Rate / 2} or less");
        if (made.Low < 0 || made.Low >= made.Rate / 2.0 || made.Floor <= 0 || made.Deviation <= 0)
            keys.Reading.Error(Codes.WrongFormat, "`low` must be from 0 to below half the rate, `floor` and `std` above 0", made.Window.Span, null);
        if (made.Step is { Value: 0 })
            keys.Reading.Error(Codes.WrongFormat, "`step` must be above 0", made.Step.Span, null);
        return keys.Reading.Problems.Count == before;
    }
}

/// <summary><c>tokenizer:</c> of models.</summary>
static class TokenizerForm
{
    const string Pairs = "bpe", Words = "word-piece";

    public static Form<TokenizerSpec> Form { get; } = new("`tokenizer`", keys =>
    {
        var kind = keys.Required("kind", ScalarShapes.OneOf(Pairs, Words, "sentence-piece"), "bpe (byte-level, as GPT-2), word-piece (as BERT) or sentence-piece");
        var vocabulary = keys.Required("vocabulary", SourceForm.Form, "the file of the vocabulary: vocab.json, vocab.txt or SentencePiece's model");
        var merges = keys.Maybe("merges", SourceForm.Form, "of bpe: the list of merges, merges.txt");
        var lower = keys.Maybe("lower-case", ScalarShapes.Truth, "of word-piece: whether letters become small and lose their accents; true when absent");
        var special = keys.Maybe("special", ScalarShapes.Truth, "whether tokens that begin and end texts are added, where the kind has such; true when absent");
        var padding = keys.Maybe("padding", ScalarShapes.Count, "number behind texts that are shorter than the input; the vocabulary's own, or 0, when absent");
        return () =>
        {
            if (kind.Value == Pairs != merges is not null)
            {
                keys.Reading.Error(merges is null ? Codes.MissingKey : Codes.Contradiction, $"`merges` belongs to `kind: {Pairs}`, and to it alone", kind.Span, merges is null ? "Add `merges:` with the file that was published with the vocabulary" : "Remove it");
                return null;
            }
            if (lower is not null && kind.Value != Words)
            {
                keys.Reading.Error(Codes.Contradiction, $"`lower-case` belongs to `kind: {Words}`", lower.Span, "Remove it; the other kinds have it in their files");
                return null;
            }
            return new TokenizerSpec(kind, vocabulary, merges, lower?.Value ?? true, special?.Value ?? true, padding);
        };
    });
}
