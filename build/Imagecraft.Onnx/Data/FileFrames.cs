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
        return new(sequence.Name, sequence.Frames, sequence.Labels) { Boxes = sequence.Boxes };
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
        var boxes = items.Select(item => BoxList.TryParse(item.Label)).ToArray();
        var labels = boxes.All(list => list is null) ? Classes(items, "images") : Array.Exists(boxes, list => list is null) ? throw Incomplete(items.Length, boxes.Count(list => list is not null), "images") : [];
        return Kept(
            new(dataset, items.Length, input.Shape, LabelledSequence.Each(length, Read), labels) { Boxes = boxes[0] is null ? [] : [.. items.Select((item, i) => Mapped(boxes[i]!, item.File))] },
            cancellationToken);

        void Read(int index, Span<float> frame)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = $"{split}/{items[index].File}";
            preprocess.Fill(frame, ImageFile.Read(files.Read(path), path), input, $"{dataset}/{path}");
        }

        ImmutableArray<BoxLabel> Mapped(BoxList list, string file)
        {
            var place = ImagePlacement.Of(preprocess, list.Width, list.Height, input, $"{dataset}/{split}/{file}");
            return [.. list.Boxes.Select(box => place.Map(box, list.Width, list.Height))];
        }
    }

    public LabelledSequence Arrays((string File, string Label)[] items, CancellationToken cancellationToken) => Kept(
        new(dataset, items.Length, input.Shape, LabelledSequence.Each(length, (index, frame) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var array = NpyFile.Read(files.Read($"{split}/{items[index].File}"), $"{split}/{items[index].File}");
            if (!Plain(array.Shape).SequenceEqual(Plain(input.Shape)))
                throw new OnnxException($"The array `{split}/{items[index].File}` of the dataset `{dataset}` has the shape [{string.Join(", ", array.Shape)}], but the input `{input.Name}` of `{options.Name}` has [{string.Join(", ", input.Shape)}]; save arrays of the input's shape");
            array.Values.CopyTo(frame);
        }), Classes(items, "arrays")),
        cancellationToken);

    public LabelledSequence Texts((string File, string Label)[] items, CancellationToken cancellationToken)
    {
        var tokenizer = options.Tokenizer ?? throw new OnnxException($"The dataset `{dataset}` has texts, but the model `{options.Name}` does not say how it takes them; add `tokenizer`");
        return Kept(
            new(dataset, items.Length, input.Shape, LabelledSequence.Each(length, (index, frame) =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                tokenizer.Fill(frame, Encoding.UTF8.GetString(Bytes(items[index].File)).TrimEnd('\r', '\n'));
            }), Classes(items, "texts")),
            cancellationToken);
    }

    public LabelledSequence Sound((string File, string Label) item, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (path, name) = ($"{split}/{item.File}", Path.GetFileNameWithoutExtension(item.File));
        var sound = SoundFile.Read(files.Read(path), path);
        var whole = Framing.Cut(new(name, sound), input, options);
        var count = (int)whole.Shape[0];
        var labels = item.Label.Length > 0 && !item.Label.Contains('-', StringComparison.Ordinal)
            ? [.. Enumerable.Repeat((float)Number(item.Label, item.File), count)]
            : VoiceActivity.FrameLabels(Intervals(item), sound.Rate, options.SampleRate, Framing.Hop(input, options), count);
        soundBytes += (long)whole.Values.Length * sizeof(float);
        return soundBytes <= DatasetFolder.Kept ? new(name, whole, labels) : new(name, count, input.Shape, Again, labels);

        void Again(int first, Span<float> frames)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Framing.Cut(new(name, SoundFile.Read(files.Read(path), path)), input, options).Values.AsSpan(first * length, frames.Length).CopyTo(frames);
        }
    }

    VoiceInterval[] Intervals((string File, string Label) item) =>
        [.. item.Label.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(interval => interval.Split('-') is [var start, var end] ? new VoiceInterval(Number(start, item.File), Number(end, item.File)) : throw BadLabel(item.Label, item.File))];

    byte[] Bytes(string file) => files.Read($"{split}/{file}") ?? throw new OnnxException($"The file `{split}/{file}` of the dataset `{dataset}` does not exist");

    ImmutableArray<float> Classes((string File, string Label)[] items, string noun)
    {
        var labelled = items.Count(item => item.Label.Length > 0);
        if (labelled != 0 && labelled != items.Length)
            throw Incomplete(items.Length, labelled, noun);
        return labelled == 0 ? [] : [.. items.Select(item => (float)Number(item.Label, item.File))];
    }

    OnnxException Incomplete(int count, int labelled, string noun) => new($"Of the {count} {noun} of the split `{split}` of the dataset `{dataset}` only {labelled} have a label; give all of them one, or none");

    int Number(string text, string file) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw BadLabel(text, file);

    OnnxException BadLabel(string label, string file) => new($"`{file}` of the dataset `{dataset}` has the label `{label}`, but a number from 0 up is needed, for sounds pairs of them as `START-END`");

    static IEnumerable<long> Plain(long[] shape) => shape.SkipWhile(size => size == 1);
}
