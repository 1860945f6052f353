// Reads a dataset as the build lays it out, in the form a network takes. Unaware of recipes and metrics.

using System.Collections.Immutable;
using System.Text;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Data;

/// <summary>
/// A folder with one folder a split. A split is either the pair of IDX files <see cref="ImagesFile"/> [count, height, width] and <see cref="LabelsFile"/> [count],
/// or files named in <see cref="ListFile"/>, a line each: name, tab, label. The label of an image, an array (<c>.npy</c>) or a text (<c>.txt</c>) is a class index, what <see cref="FrameLabelText"/> reads, or empty;
/// that of a sound is a class index, words, or tells where there is voice: <c>START-END</c> in samples, separated by commas.
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

    /// <summary>Names of the classes by index, one a line; absent when they are only known by their index.</summary>
    public const string ClassesFile = "classes.txt";

    /// <summary>Ending of files that are text.</summary>
    public const string TextEnding = ".txt";

    /// <summary>Bytes of frames of a split that are kept in memory; of a larger one, only the frames that are worked on.</summary>
    internal const long Kept = 256 << 20;

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
        CheckClasses(split, options);
        var items = Items(split);
        var some = Spread(items.Length, count).Select(index => items[index]).ToArray();
        var frames = new FileFrames(Files, Name, split, input, options);
        if (some.All(Is(SoundFile.Endings)))
            return [.. some.Select(item => frames.Sound(item, cancellationToken))];
        if (some.All(Is([NpyFile.Ending])))
            return [frames.Arrays(some, cancellationToken)];
        if (some.All(Is([TextEnding])))
            return [frames.Texts(some, cancellationToken)];
        return some.Any(Is([.. SoundFile.Endings, NpyFile.Ending, TextEnding])) ? throw Mixed(some, split) : [frames.Images(some, cancellationToken)];

        static Func<(string File, string Label), bool> Is(IReadOnlyList<string> endings) => item => endings.Contains(Path.GetExtension(item.File), StringComparer.OrdinalIgnoreCase);
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
        var preprocess = FileFrames.Preprocessing(Name, input, options);
        var (images, labels) = CheckedPair(IdxArray.Parse(imagesFile, $"{split}/{ImagesFile}"), IdxArray.Parse(Files.Read($"{split}/{LabelsFile}"), $"{split}/{LabelsFile}"), Name);
        var (height, width) = (images.Sizes[1], images.Sizes[2]);
        var chosen = Spread(images.Count, count);
        return FileFrames.Kept(
            new(Name, chosen.Length, input.Shape, LabelledSequence.Each(checked((int)input.Shape.Aggregate(1L, (product, size) => product * size)), (index, frame) => preprocess.Fill(frame, new(width, height, 1, images.Values[(chosen[index] * height * width)..((chosen[index] + 1) * height * width)]), input, $"{Name}/{split}")), [.. chosen.Select(index => (float)labels.Values[index])]),
            CancellationToken.None);
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

    /// <summary>Classes in another order than the network's would make every label wrong.</summary>
    void CheckClasses(string split, ModelOptions options)
    {
        if (options.Labels.IsEmpty || Files.Read($"{split}/{ClassesFile}") is not { } file)
            return;
        var classes = Encoding.UTF8.GetString(file).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (!classes.SequenceEqual(options.Labels))
            throw new OnnxException($"The dataset `{Name}` has the classes [{string.Join(", ", classes)}], but the `labels` of `{options.Name}` are [{string.Join(", ", options.Labels)}]; write `classes:` of the dataset in the order of the network's outputs, by the same names");
    }

    OnnxException Mixed((string File, string Label)[] items, string split) =>
        new($"The split `{split}` of the dataset `{Name}` has files of the kinds [{string.Join(", ", items.Select(item => Path.GetExtension(item.File)).Distinct().Order(StringComparer.Ordinal))}], but images, sounds, arrays or texts alone make one");

    /// <summary>Indices below <paramref name="available"/>, at most <paramref name="count"/>, at even distances.</summary>
    static int[] Spread(int available, int? count)
    {
        var some = Math.Min(available, count ?? available);
        return [.. Enumerable.Range(0, some).Select(index => (int)((long)index * available / some))];
    }
}
