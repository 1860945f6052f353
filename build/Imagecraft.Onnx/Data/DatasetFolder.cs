// Reads a dataset as the build lays it out, in the form a network takes. Unaware of recipes and metrics.

using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Golden;

namespace Imagecraft.Onnx.Data;

/// <summary>
/// A folder with one folder a split. A split is either the pair of IDX files <see cref="ImagesFile"/> [count, height, width] and <see cref="LabelsFile"/> [count],
/// or files named in <see cref="ListFile"/>, a line each: name, tab, label. The label of an image (<c>.pgm</c>, <c>.ppm</c>) is a class index, what <see cref="FrameLabelText"/> reads, or empty;
/// that of a sound (<c>.wav</c>) tells where there is voice: <c>START-END</c> in samples, separated by commas.
/// </summary>
/// <param name="Files">The files below the folder.</param>
/// <param name="Name">For messages.</param>
public sealed record DatasetFolder(IDatasetFiles Files, string Name)
{
    /// <summary>Images of one size as an IDX file, plain or compressed.</summary>
    public const string ImagesFile = "images.idx";

    /// <summary>Class indices of <see cref="ImagesFile"/>.</summary>
    public const string LabelsFile = "labels.idx";

    /// <summary>Names and labels of the other files of a split.</summary>
    public const string ListFile = "labels.tsv";

    /// <summary>The split for the input of a network.</summary>
    /// <param name="split">Folder of the split.</param>
    /// <param name="input">What the network takes.</param>
    /// <param name="options">Pre-processing of images, context and rate of audio.</param>
    /// <param name="count">At most that many images or sounds, spread evenly; null: all.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <returns>All images as one sequence, or each sound as one of its own.</returns>
    public IReadOnlyList<LabelledSequence> Read(string split, TensorPort input, ModelOptions options, int? count, CancellationToken cancellationToken)
    {
        var splits = Files.Folders.Order(StringComparer.Ordinal).ToArray();
        if (!splits.Contains(split))
            throw new OnnxException($"The dataset `{Name}` has no split `{split}`, it has [{string.Join(", ", splits)}]");
        if (Files.Read($"{split}/{ImagesFile}") is { } images)
            return [ReadIdx(images, split, input, options, count)];
        var items = Items(split);
        var some = Spread(items.Length, count).Select(index => items[index]).ToArray();
        if (some.All(item => item.File.EndsWith(".wav", StringComparison.Ordinal)))
            return [.. some.Select(item => Sound(split, item, input, options, cancellationToken))];
        return [Images(split, some, input, options, cancellationToken)];
    }

    /// <summary>Checks a pair of IDX files against each other: one label an image, and at least one.</summary>
    public static (IdxArray Images, IdxArray Labels) CheckedPair(IdxArray images, IdxArray labels, string dataset)
    {
        if (images.Sizes.Length != 3)
            throw new OnnxException($"The images of the dataset `{dataset}` have the sizes [{string.Join(", ", images.Sizes)}], but [count, height, width] is needed");
        return labels.Sizes.Length == 1 && labels.Count == images.Count
            ? (images, labels)
            : throw new OnnxException($"The dataset `{dataset}` has {images.Count} images, but labels of the sizes [{string.Join(", ", labels.Sizes)}]; they do not belong together");
    }

    LabelledSequence ReadIdx(byte[] imagesFile, string split, TensorPort input, ModelOptions options, int? count)
    {
        var preprocess = Preprocessing(input, options);
        var (images, labels) = CheckedPair(IdxArray.Parse(imagesFile, $"{split}/{ImagesFile}"), IdxArray.Parse(Files.Read($"{split}/{LabelsFile}"), $"{split}/{LabelsFile}"), Name);
        var (height, width) = (images.Sizes[1], images.Sizes[2]);
        var chosen = Spread(images.Count, count);
        var frames = FloatTensor.Zeros([chosen.Length, .. input.Shape]);
        var length = frames.Values.Length / chosen.Length;
        for (var i = 0; i < chosen.Length; i++)
            preprocess.Fill(frames.Values.AsSpan(i * length, length), new(width, height, 1, images.Values[(chosen[i] * height * width)..((chosen[i] + 1) * height * width)]), input, $"{Name}/{split}");
        return new(Name, frames, [.. chosen.Select(index => (float)labels.Values[index])]);
    }

    (string File, string Label)[] Items(string split)
    {
        if (Files.Read($"{split}/{ListFile}") is not { } list)
            throw new OnnxException($"The split `{split}` of the dataset `{Name}` has neither `{ImagesFile}` nor `{ListFile}`");
        var items = Encoding.UTF8.GetString(list).TrimStart('\uFEFF').Split(['\r', '\n']).Where(line => line.Length > 0).Select(line => line.Split('\t')).ToArray();
        if (Array.Find(items, item => item.Length != 2) is { } bad)
            throw new OnnxException($"`{split}/{ListFile}` of the dataset `{Name}` has the line `{string.Join("\\t", bad)}`, but name, tab, label is needed");
        return items.Length > 0 ? [.. items.Select(item => (item[0], item[1]))] : throw new OnnxException($"The split `{split}` of the dataset `{Name}` is empty");
    }

    LabelledSequence Images(string split, (string File, string Label)[] items, TensorPort input, ModelOptions options, CancellationToken cancellationToken)
    {
        var preprocess = Preprocessing(input, options);
        var frames = FloatTensor.Zeros([items.Length, .. input.Shape]);
        var length = frames.Values.Length / items.Length;
        var truths = new List<FrameLabel>();
        for (var i = 0; i < items.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (image, name) = (Image(items[i].File), $"{Name}/{split}/{items[i].File}");
            preprocess.Fill(frames.Values.AsSpan(i * length, length), image, input, name);
            if (FrameLabelText.Read(items[i].Label, preprocess.Place(image, input, name), Image, name) is { } truth)
                truths.Add(truth);
        }
        var labelled = items.Count(item => item.Label.Length > 0);
        if (labelled != 0 && labelled != items.Length)
            throw new OnnxException($"Of the {items.Length} images of the split `{split}` of the dataset `{Name}` only {labelled} have a label; give all of them one, or none");
        if (truths.Count > 0)
            return truths.Count == items.Length && truths.TrueForAll(truth => truth.GetType() == truths[0].GetType())
                ? new(Name, frames, []) { Truths = [.. truths] }
                : throw new OnnxException($"The {items.Length} images of the split `{split}` of the dataset `{Name}` have labels of several kinds; give all of them one kind");
        return new(Name, frames, labelled == 0 ? [] : [.. items.Select(item => (float)Number(item.Label, item.File))]);

        PixelImage Image(string file) => PnmFile.Read(Files.Read($"{split}/{file}"), $"{split}/{file}");
    }

    LabelledSequence Sound(string split, (string File, string Label) item, TensorPort input, ModelOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var sample = new AudioSample(Path.GetFileNameWithoutExtension(item.File), WavReader.Read(Files.Read($"{split}/{item.File}"), $"{split}/{item.File}"));
        var frames = Framing.Cut(sample, input, options.Context, options.SampleRate);
        var intervals = item.Label.Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(interval => interval.Split('-') is [var start, var end] ? new VoiceInterval(Number(start, item.File), Number(end, item.File)) : throw BadLabel(item.Label, item.File)).ToArray();
        return new(sample.Name, frames, VoiceActivity.FrameLabels(intervals, sample.Sound.Rate, options.SampleRate, (int)input.Shape[^1] - options.Context, (int)frames.Shape[0])) { IsSeries = true };
    }

    ImagePreprocessing Preprocessing(TensorPort input, ModelOptions options)
    {
        var preprocess = options.Preprocess ?? throw new OnnxException($"The dataset `{Name}` has images, but the model `{options.Name}` does not say how it takes them; add `preprocess`");
        preprocess.Check(input, options.Name);
        return preprocess;
    }

    int Number(string text, string file) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw BadLabel(text, file);

    OnnxException BadLabel(string label, string file) => new($"`{file}` of the dataset `{Name}` has the label `{label}`, but a number from 0 up is needed, for sounds pairs of them as `START-END`");

    /// <summary>Indices below <paramref name="available"/>, at most <paramref name="count"/>, at even distances.</summary>
    static int[] Spread(int available, int? count)
    {
        var some = Math.Min(available, count ?? available);
        return [.. Enumerable.Range(0, some).Select(index => (int)((long)index * available / some))];
    }
}
