// Makes sequences of the files of a split, which are read when a frame is asked for. Unaware of how a split is listed.

using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data.Images;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Golden;

namespace Imagecraft.Onnx.Data;

/// <summary>Files of one split for one input.</summary>
sealed class FileFrames(IDatasetFiles files, string dataset, string split, TensorPort input, ModelOptions options)
{
    readonly int length = (int)input.Shape.Aggregate(1L, (product, size) => checked(product * size));
    long soundBytes;

    /// <summary>A sequence that is small comes into memory once, a large one is read frame by frame each time.</summary>
    public static LabelledSequence Kept(LabelledSequence sequence, CancellationToken cancellationToken)
    {
        if ((long)sequence.Count * sequence.FrameLength * sizeof(float) > DatasetFolder.Kept)
            return sequence;
        cancellationToken.ThrowIfCancellationRequested();
        return sequence.Kept();
    }

    /// <summary>How images are brought to an input, checked.</summary>
    public static ImagePreprocessing Preprocessing(string dataset, TensorPort input, ModelOptions options)
    {
        var preprocess = options.Preprocess ?? throw new OnnxException($"The dataset `{dataset}` has images, but the model `{options.Name}` does not say how it takes them; add `preprocess`");
        preprocess.Check(input, options.Name);
        return preprocess;
    }

    public LabelledSequence Images((string File, string Label)[] items, CancellationToken cancellationToken)
    {
        var preprocess = Preprocessing(dataset, input, options);
        var truths = HaveTruths(items, "images") ? new FrameLabel?[items.Length] : null;
        var sequence = Kept(new(dataset, items.Length, input.Shape, LabelledSequence.Each(length, Read), truths is null ? Classes(items) : []), cancellationToken);
        if (truths is null)
            return sequence;
        try
        {
            // Where a box lies in the input depends on the image's size. What is in memory now was read for that too.
            Parallel.For(0, items.Length, new ParallelOptions { CancellationToken = cancellationToken }, index =>
                truths[index] ??= FrameLabelText.HasPlace(items[index].Label) ? Truth(index, Image(items[index].File)) : FrameLabelText.Read(items[index].Label, null, Image, Name(items[index].File)));
        }
        catch (AggregateException problems) when (problems.InnerException is OnnxException or OperationCanceledException)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(problems.InnerException);
        }
        return sequence with { Truths = OneKind(truths!, "images") };

        void Read(int index, Span<float> frame)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var image = Image(items[index].File);
            if (truths is not null)
                truths[index] ??= Truth(index, image);
            preprocess.Fill(frame, image, input, Name(items[index].File));
        }

        FrameLabel? Truth(int index, PixelImage image) =>
            FrameLabelText.Read(items[index].Label, ImagePlacement.Of(preprocess, image.Width, image.Height, input, Name(items[index].File)), Image, Name(items[index].File));
    }

    public LabelledSequence Arrays((string File, string Label)[] items, CancellationToken cancellationToken) => Others(items, "arrays", (index, frame) =>
    {
        var array = NpyFile.Read(files.Read($"{split}/{items[index].File}"), $"{split}/{items[index].File}");
        if (!Plain(array.Shape).SequenceEqual(Plain(input.Shape)))
            throw new OnnxException($"The array `{split}/{items[index].File}` of the dataset `{dataset}` has the shape [{string.Join(", ", array.Shape)}], but the input `{input.Name}` of `{options.Name}` has [{string.Join(", ", input.Shape)}]; save arrays of the input's shape");
        array.Values.CopyTo(frame);
    }, cancellationToken);

    public LabelledSequence Texts((string File, string Label)[] items, CancellationToken cancellationToken)
    {
        var tokenizer = options.Tokenizer ?? throw new OnnxException($"The dataset `{dataset}` has texts, but the model `{options.Name}` does not say how it takes them; add `tokenizer`");
        return Others(items, "texts", (index, frame) => TextInputs.Fill(input, frame, tokenizer, Encoding.UTF8.GetString(Bytes(items[index].File)).TrimEnd('\r', '\n')), cancellationToken);
    }

    public LabelledSequence Sound((string File, string Label) item, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (path, name) = ($"{split}/{item.File}", Path.GetFileNameWithoutExtension(item.File));
        var sound = SoundFile.Read(files.Read(path), path);
        var whole = Framing.Cut(new(name, sound), input, options);
        var count = (int)whole.Shape[0];
        var truth = FrameLabelText.Read(item.Label, null, Image, Name(item.File));
        if (truth is not null && count != 1)
            throw new OnnxException($"`{Name(item.File)}` has words, but the input `{input.Name}` of `{options.Name}` takes {count} frames of it; words are held against the output on a whole sound, so give `shapes` a frame as long as the longest of them");
        var labels = truth is not null ? []
            : item.Label.Length > 0 && !item.Label.Contains('-', StringComparison.Ordinal) ? [.. Enumerable.Repeat((float)Number(item.Label, item.File), count)]
            : VoiceActivity.FrameLabels(Intervals(item), sound.Rate, options.SampleRate, Framing.Hop(input, options), count);
        soundBytes += (long)whole.Values.Length * sizeof(float);
        var sequence = soundBytes <= DatasetFolder.Kept ? new LabelledSequence(name, whole, labels) : new(name, count, input.Shape, Again, labels);
        return sequence with { Truths = truth is null ? [] : [truth], IsSeries = true };

        void Again(int first, Span<float> frames)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Framing.Cut(new(name, SoundFile.Read(files.Read(path), path)), input, options).Values.AsSpan(first * length, frames.Length).CopyTo(frames);
        }
    }

    VoiceInterval[] Intervals((string File, string Label) item) =>
        [.. item.Label.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(interval => interval.Split('-') is [var start, var end] ? new VoiceInterval(Number(start, item.File), Number(end, item.File)) : throw BadLabel(item.Label, item.File))];

    byte[] Bytes(string file) => files.Read($"{split}/{file}") ?? throw new OnnxException($"The file `{split}/{file}` of the dataset `{dataset}` does not exist");

    LabelledSequence Others((string File, string Label)[] items, string noun, FrameReader one, CancellationToken cancellationToken)
    {
        var haveTruths = HaveTruths(items, noun);
        var sequence = Kept(new(dataset, items.Length, input.Shape, LabelledSequence.Each(length, Read), haveTruths ? [] : Classes(items)), cancellationToken);
        return haveTruths ? sequence with { Truths = OneKind([.. items.Select(item => FrameLabelText.Read(item.Label, null, Image, Name(item.File))!)], noun) } : sequence;

        void Read(int index, Span<float> frame)
        {
            cancellationToken.ThrowIfCancellationRequested();
            one(index, frame);
        }
    }

    PixelImage Image(string file) => ImageFile.Read(files.Read($"{split}/{file}"), $"{split}/{file}");

    string Name(string file) => $"{dataset}/{split}/{file}";

    /// <summary>Labels are more than classes; either all are, or none.</summary>
    bool HaveTruths((string File, string Label)[] items, string noun)
    {
        var labelled = items.Count(item => item.Label.Length > 0);
        if (labelled != 0 && labelled != items.Length)
            throw new OnnxException($"Of the {items.Length} {noun} of the split `{split}` of the dataset `{dataset}` only {labelled} have a label; give all of them one, or none");
        var truths = items.Count(item => FrameLabelText.Is(item.Label));
        return truths == 0 || truths == items.Length ? truths != 0 : throw SeveralKinds(items.Length, noun);
    }

    ImmutableArray<FrameLabel> OneKind(FrameLabel[] truths, string noun) =>
        Array.TrueForAll(truths, truth => truth.GetType() == truths[0].GetType()) ? [.. truths] : throw SeveralKinds(truths.Length, noun);

    OnnxException SeveralKinds(int count, string noun) => new($"The {count} {noun} of the split `{split}` of the dataset `{dataset}` have labels of several kinds; give all of them one kind");

    ImmutableArray<float> Classes((string File, string Label)[] items) => items[0].Label.Length == 0 ? [] : [.. items.Select(item => (float)Number(item.Label, item.File))];

    int Number(string text, string file) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw BadLabel(text, file);

    OnnxException BadLabel(string label, string file) => new($"`{file}` of the dataset `{dataset}` has the label `{label}`, but a number from 0 up is needed, for sounds pairs of them as `START-END`");

    static IEnumerable<long> Plain(long[] shape) => shape.SkipWhile(size => size == 1);
}
