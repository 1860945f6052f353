// What datasets from files and models with new ways to their input give, right and wrong.

using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Tests;

public class DatasetFilesTests
{
    const string Parts = "dataset: parts\nlicense: MIT\nfiles:\n  source: { url: \"file:photos\" }\n  folder: images\n  kind: images\n  labels: { csv: labels.csv, file: name }\n  classes: [ nut, bolt ]\n  splits:\n    train: { share: 0.25 }\n    test: { list: test.txt }\n    extra: { folder: extra, labels: folder }\n  seed: 7\n  rate: 8000\n  convert: true\n  duplicates: tell\n";

    const string Network = "model: net\nversion: 1\nlicense: MIT\nsource: { url: \"https://example.org/net.onnx\", sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa }\npreprocess: { fit: letterbox, channels: rgb, layout: nhwc, colour: [ 1, 2, 3 ], place: upper-left, antialias: true, round: true, filter: bicubic, scale: 1 }\n";

    const string Ear = "model: ear\nversion: 1\nlicense: MIT\nsource: { url: \"https://example.org/ear.onnx\", sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa }\nspectrogram: { window: 400, hop: 160, fft: 512, mels: 40, scale: htk, norm: none, log: decibel, high: 7600, step: 10 }\n";

    const string Reader = "model: reader\nversion: 1\nlicense: MIT\nsource: { url: \"https://example.org/reader.onnx\", sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa }\ntokenizer: { kind: bpe, vocabulary: { url: \"file:vocab.json\" }, merges: { url: \"file:merges.txt\" }, padding: 3 }\n";

    static TestWorkspace All() => new TestWorkspace().Add("models/parts.yaml", Parts).Add("models/net.yaml", Network).Add("models/ear.yaml", Ear).Add("models/reader.yaml", Reader)
        .Add("models/photos", "").Add("models/vocab.json", "").Add("models/merges.txt", "");

    [Fact]
    public void All_keys_are_read()
    {
        var workspace = All().Good();

        var dataset = workspace.Datasets["parts"];
        var files = Assert.IsType<DatasetContent.Files>(dataset.Content).Spec;
        Assert.Equal(("models", "file:photos", 0, "images"), (dataset.Folder, files.Source.Url.Value, files.Source.Strip, files.Folder));
        Assert.Equal(("csv", "labels.csv", "name", "label", null), (files.Labels.Kind.Value, files.Labels.Path, files.Labels.File, files.Labels.Label, files.Labels.Text));
        Assert.Equal(["extra", "test", "train"], dataset.Splits);
        Assert.Equal(("extra", "folder", "test.txt", 0.25), (files.Splits["extra"].Folder!.Value, files.Splits["extra"].Labels!.Kind.Value, files.Splits["test"].List!.Value, files.Splits["train"].Share!.Value));
        Assert.Equal("images", files.Kind!.Value);
        Assert.Equal((7, 8000, true, true), (files.Seed, files.Rate!.Value, files.Convert, files.AllowsDuplicates));
        var images = workspace.Models["net"].Preprocess!;
        Assert.Equal(("letterbox", "nhwc", "upper-left", "bicubic", true, true, 1.0), (images.Fit!.Value, images.Layout!.Value, images.Place!.Value, images.Filter!.Value, images.Antialias, images.Round, images.Scale!.Value));
        Assert.Equal([1, 2, 3], images.Colour);
        var sound = workspace.Models["ear"].Spectrogram!;
        Assert.Equal((400, 160, 512, 40, "htk", 7600.0, 10), (sound.Window.Value, sound.Hop, sound.Fft!.Value, sound.Mels, sound.Scale!.Value, sound.High!.Value, sound.Step!.Value));
        Assert.Equal((3, "file:merges.txt"), (workspace.Models["reader"].Tokenizer!.Padding!.Value, workspace.Models["reader"].Tokenizer!.Merges!.Url.Value));
    }

    [Theory]
    [InlineData("{ csv: labels.csv, file: name }", "top-1", null)]
    [InlineData("{ csv: labels.csv, file: name }", "coco-map", "a class each")]
    [InlineData("{ csv: labels.csv, words: text }", "cer", null)]
    [InlineData("{ json-lines: labels.jsonl, words: text }", "top-1", "words")]
    [InlineData("{ csv: labels.csv, map: mask }", "iou", null)]
    [InlineData("{ csv: labels.csv, map: mask }", "coco-map", "a map of classes each")]
    [InlineData("{ coco: labels.json }", "coco-map", null)]
    [InlineData("{ coco: labels.json }", "iou", "boxes")]
    [InlineData("none", "cosine", null)]
    [InlineData("none", "top-1", "no labels")]
    public void Labels_of_files_are_held_against_the_metric(string labels, string metric, string? told)
    {
        var problems = All().Replace("models/parts.yaml", "labels: { csv: labels.csv, file: name }\n  classes: [ nut, bolt ]", $"labels: {labels}")
            .Add("models/judged.yaml", Network.Replace("model: net", "model: judged", StringComparison.Ordinal) + $"labels: [ a, b ]\nevaluate: {{ dataset: parts, split: train, metric: {metric}, {(metric == "cer" ? "max" : "min")}: 0.5 }}\n").Read().Diagnostics.Where(diagnostic => diagnostic.Severity == Severity.Error);
        if (told is null)
            Assert.Empty(problems);
        else
            Assert.EndsWith($"but `train` of dataset `parts` has {told}", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("models/parts.yaml", "share: 0.25", "share: 1.5", "`share` must be above 0, and at most 1", "Write 0.2 for a fifth")]
    [InlineData("models/parts.yaml", "{ list: test.txt }", "{ share: 0.9 }", "The shares of the splits are more than 1 together", "Make one smaller; what no share takes is left out")]
    [InlineData("models/parts.yaml", "{ list: test.txt }", "{ list: test.txt, share: 0.1 }", "A split of files has one of the keys [ `folder`, `list`, `share` ]", "Say which files it takes")]
    [InlineData("models/parts.yaml", "{ list: test.txt }", "{ list: ../test.txt }", "`list` must be a path within the source such as `photos/train`, not `../test.txt`", "Write it without a slash in front and without `..`")]
    [InlineData("models/parts.yaml", "csv: labels.csv, file: name", "csv: labels.csv, coco: b.json", "`labels` needs one of the keys [ `csv`, `coco`, `json-lines` ]", "Name the file with the labels, or write `labels: folder` or `labels: none`")]
    [InlineData("models/parts.yaml", "csv: labels.csv, file: name", "coco: labels.json, file: name", "`file`, `label`, `words`, `map` and `text` belong to `csv` and `json-lines`; COCO has names of its own", "Remove it")]
    [InlineData("models/parts.yaml", "file: name }", "file: name, text: body }", "`file` and `text` exclude each other: the datum is a file or the text itself", "Remove one")]
    [InlineData("models/parts.yaml", "file: name }", "file: name, label: a, words: b }", "`label`, `words` and `map` exclude each other: data have one kind of labels", "Keep one")]
    [InlineData("models/parts.yaml", "file: name }", "text: name, map: b }", "`map` and `text` exclude each other: only images have maps", "Remove one")]
    [InlineData("models/parts.yaml", "labels: { csv: labels.csv, file: name }", "labels: folders", "`labels` must be one of [ `folder`, `none` ], not `folders`", "Did you mean `folder`?")]
    [InlineData("models/parts.yaml", "[ nut, bolt ]", "[ nut, nut ]", "The class `nut` is listed twice", "Each class has one index")]
    [InlineData("models/parts.yaml", "rate: 8000", "rate: 8", "`rate` must be 1000 to 768000 samples per second", null)]
    [InlineData("models/net.yaml", "fit: letterbox", "fit: crop", "`place` and `colour` belong to `fit: letterbox`", "Remove them, or write `fit: letterbox`")]
    [InlineData("models/net.yaml", "colour: [ 1, 2, 3 ]", "colour: [ 1, 2 ]", "`colour` has 2 values for 3 channels", "Give 1 or 3")]
    [InlineData("models/net.yaml", "filter: bicubic", "filter: nearest", "`antialias` and `filter: nearest` exclude each other", "Remove one of them")]
    [InlineData("models/net.yaml", "scale: 1", "short-side: 256", "`short-side` belongs to `fit: crop`", "Remove it, or write `fit: crop`")]
    [InlineData("models/ear.yaml", "fft: 512", "fft: 256", "`fft` is 256, but it holds the window of 400 samples, and at most 65536", "Write the length of the window, or the next power of two")]
    [InlineData("models/ear.yaml", "high: 7600", "high: 9000", "`high` is 9000 Hz, but it must be above `low` and at most half the rate", "Write 8000 or less")]
    [InlineData("models/ear.yaml", "spectrogram:", "preprocess: { channels: gray }\nspectrogram:", "A model takes images (`preprocess`), spectrograms (`spectrogram`) or texts (`tokenizer`), not several of them", "Keep the one that the input takes")]
    [InlineData("models/reader.yaml", "kind: bpe", "kind: word-piece", "`merges` belongs to `kind: bpe`, and to it alone", "Remove it")]
    public void What_does_not_fit_is_told_at_its_place(string path, string from, string to, string message, string? hint)
    {
        var problem = Assert.Single(All().Replace(path, from, to).Read().Diagnostics, diagnostic => diagnostic.Severity == Severity.Error);
        Assert.Equal((message, hint, path), (problem.Message, problem.Hint, problem.Span!.File));
    }
}
