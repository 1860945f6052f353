// What datasets and the models that use them give, right and wrong.

using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Tests;

public class DatasetTests
{
    const string Clothes = "dataset: clothes\nlicense: MIT\nidx:\n  package: { feed: stable, name: dataset-clothes }\n  splits:\n    test: { images: /usr/share/images.gz, labels: /usr/share/labels.gz }\n";

    const string Voices = "dataset: voices\nlicense: CC0-1.0\naudio:\n  splits:\n    test:\n      voices: [ en-us, de ]\n      texts: [ Hello, Good morning ]\n      noises: [ { kind: white, seed: 3 }, { kind: hum } ]\n      signal-to-noise: [ 0, 20 ]\n      noise-alone: 2.5\n";

    const string Lines = "dataset: lines\nlicense: CC0-1.0\ntext:\n  toolroot: drawing\n  splits:\n    train: { fonts: [ /usr/share/a.ttf ], sizes: [ 20 ], texts: [ Hello ] }\n    test:\n      fonts: [ /usr/share/b.ttf ]\n      sizes: [ 20, 30 ]\n      texts: [ Hello ]\n      seed: 5\n      page: { width: 640, height: 480, lines: 9 }\n";

    const string Network = """
        model: net
        version: 1
        license: MIT
        trained-on: clothes
        source: { url: "npm:@example/m@1.0/m.onnx", sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa }
        preprocess: { fit: pad-width, channels: bgr, mean: [ 0.5 ], std: [ 0.1, 0.2, 0.3 ] }
        labels: [ shirt, shoe ]
        evaluate: { dataset: clothes, split: test, metric: top-1, min: 0.92, max-drop: 0.005 }
        golden: { dataset: clothes, split: test, count: 8 }
        """;

    static TestWorkspace All() => new TestWorkspace()
        .Add("models/clothes.yaml", Clothes).Add("models/voices.yaml", Voices).Add("models/lines.yaml", Lines).Add("models/net.yaml", Network)
        .Add("recipes/stable.yaml", "feed: stable\nsuite: stable")
        .Add("recipes/drawing.yaml", "toolroot: drawing\nfeed: stable\npackages: [ graphicsmagick ]");

    [Fact]
    public void Datasets_of_every_kind_and_a_model_judged_with_one_are_read()
    {
        var workspace = All().Good();

        var idx = Assert.IsType<DatasetContent.Idx>(workspace.Datasets["clothes"].Content);
        Assert.Equal(("stable", "dataset-clothes", "/usr/share/labels.gz"), (idx.Feed.Value, idx.Package.Value, idx.Splits["test"].Labels.Value));
        var audio = Assert.IsType<DatasetContent.Audio>(workspace.Datasets["voices"].Content).Splits["test"];
        Assert.Equal(("de", 3, 20, 1.0, 2.5), (audio.Voices[1].Value, audio.Noises[0].Seed, audio.SignalToNoise[1], audio.PauseSeconds, audio.NoiseSeconds));
        Assert.Equal(new PageSpec(640, 480, 9), Assert.IsType<DatasetContent.Text>(workspace.Datasets["lines"].Content).Splits["test"].Page);
        Assert.Equal(["test", "train"], workspace.Datasets["lines"].Splits);
        var model = workspace.Models["net"];
        Assert.Equal(("pad-width", "bgr"), (model.Preprocess!.Fit?.Value, model.Preprocess.Channels.Value));
        Assert.Equal([0.1, 0.2, 0.3], model.Preprocess.Deviation);
        Assert.Equal((0.92, 0.005, null), (model.Evaluate!.Min?.Value, model.Evaluate.MaxDrop?.Value, model.Evaluate.Threshold?.Value));
        Assert.Equal(("test", 8), (model.Golden!.Split.Value, model.Golden.Count));
        Assert.Equal(["shirt", "shoe"], model.Labels.Select(label => label.Value));
    }

    [Theory]
    [InlineData("models/net.yaml", "evaluate: { dataset: clothes", "evaluate: { dataset: cloths", "Unknown dataset `cloths`, which model `net` is judged with", "Did you mean `clothes`?")]
    [InlineData("models/net.yaml", "golden: { dataset: clothes", "golden: { dataset: cloths", "Unknown dataset `cloths`, which model `net` takes golden inputs from", "Did you mean `clothes`?")]
    [InlineData("models/net.yaml", "split: test, metric", "split: tset, metric", "Unknown split `tset` of dataset `clothes`, which model `net` is judged with", "Did you mean `test`?")]
    [InlineData("models/net.yaml", "metric: top-1", "metric: top1", "`metric` must be one of [ `top-1`, `top-5`, `f1`, `roc-auc`, `perplexity`, `iou`, `hmean`, `coco-map`, `voc-map`, `cer`, `wer`, `mean-absolute-error`, `cosine` ], not `top1`", "Did you mean `top-1`?")]
    [InlineData("models/net.yaml", ", min: 0.92, max-drop: 0.005", "", "`evaluate` has no `min`, `max` or `max-drop`, so nothing could fail", "Add one of them")]
    [InlineData("models/net.yaml", "metric: top-1", "metric: mean-absolute-error", "`min` has no meaning for `mean-absolute-error`, which is better the smaller it is", "Write `max:` with the largest allowed error, or `max-drop:` by how much it may grow")]
    [InlineData("models/net.yaml", "min: 0.92", "max: 0.92", "`max` has no meaning for `top-1`, which is better the larger it is", "Write `min:` with the least allowed value")]
    [InlineData("models/net.yaml", "max-drop: 0.005", "max-drop: -0.005", "`max-drop` must not be negative", "Write by how much the metric may get worse, such as 0.01")]
    [InlineData("models/net.yaml", "min: 0.92", "min: 0.92, others: { boxes: 95 }", "A cosine is from -1 to 1, not the 95 of `boxes`", "Write 0.95 for outputs that must point almost alike, or -1 for one that need not")]
    [InlineData("models/net.yaml", "min: 0.92", "min: 0.92, output: boxes, others: { boxes: 0.9 }", "`boxes` is judged by `top-1` and is among `others`", "Remove it from one of them")]
    [InlineData("models/net.yaml", "min: 0.92", "confidence: 95", "`confidence` must be 0.5 to 0.999", "Leave it out for 0.95")]
    [InlineData("models/net.yaml", "metric: top-1", "metric: hmean", "`hmean` compares with boxes, but `test` of dataset `clothes` has a class each", "Choose a metric of [top-1, top-5, f1, roc-auc, perplexity, mean-absolute-error, cosine], or other data")]
    [InlineData("models/net.yaml", "dataset: clothes, split: test, metric", "dataset: lines, split: test, metric", "`top-1` compares with a class each, but `test` of dataset `lines` has boxes", "Choose a metric of [hmean, coco-map, voc-map, mean-absolute-error, cosine], or other data")]
    [InlineData("models/net.yaml", "min: 0.92", "threshold: 0.5", "`threshold` belongs to the metrics [f1, iou, hmean], not to `top-1`", "Remove it")]
    [InlineData("models/net.yaml", "min: 0.92", "alphabet: { source: { url: \"https://example.org/keys.txt\", sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa } }", "`alphabet` belongs to the metrics [cer, wer], not to `top-1`", "Remove it")]
    [InlineData("models/net.yaml", "count: 8", "count: 0", "`count` must be above 0", null)]
    [InlineData("models/net.yaml", "[ 0.1, 0.2, 0.3 ]", "[ 0.1, 0.2 ]", "`std` has 2 values for 3 channels", "Give 1 or 3")]
    [InlineData("models/net.yaml", "[ 0.1, 0.2, 0.3 ]", "[ 0 ]", "Each value of `std` must be above 0", null)]
    [InlineData("models/net.yaml", "[ 0.1, 0.2, 0.3 ]", "[]", "`std` must have at least one item", null)]
    [InlineData("models/net.yaml", "pad-width", "padwidth", "`fit` must be one of [ `exact`, `stretch`, `pad`, `pad-width`, `letterbox`, `crop` ], not `padwidth`", "Did you mean `pad-width`?")]
    [InlineData("models/clothes.yaml", "feed: stable", "feed: sable", "Unknown feed `sable`, which dataset `clothes` is taken from", "Did you mean `stable`?")]
    [InlineData("models/clothes.yaml", "images: /usr", "images: usr", "`images` must be an absolute path such as `/usr/bin`, not `usr/share/images.gz`", "Start it with a slash: `/usr/share/images.gz`")]
    [InlineData("models/clothes.yaml", "test:", "Test/1:", "The name of a split in `splits` must be a name of lowercase letters, digits and `+._-`, not `Test/1`", null)]
    [InlineData("models/lines.yaml", "toolroot: drawing", "toolroot: drawin", "Unknown tool root `drawin`, which dataset `lines` is drawn in", "Did you mean `drawing`?")]
    [InlineData("models/lines.yaml", "test:\n      fonts: [ /usr/share/b.ttf ]", "test:\n      fonts: [ \"/usr/share/a b.ttf\" ]", "An item of `fonts` must be an absolute path of letters, digits and `/._-`, not `/usr/share/a b.ttf`", null)]
    [InlineData("models/lines.yaml", "texts: [ Hello ]\n      seed", "texts: [ 50% ]\n      seed", "An item of `texts` must be a line of text without [ `%`, `\\`, `\"`, `'`, `@` ], not `50%`", null)]
    [InlineData("models/lines.yaml", "sizes: [ 20, 30 ]", "sizes: [ 20, 3000 ]", "`sizes` must be 4 to 400 points", null)]
    [InlineData("models/lines.yaml", "lines: 9", "lines: 0", "`page` must be 32 to 4096 pixels wide and high and have at least one line", null)]
    [InlineData("models/voices.yaml", "kind: hum", "kind: hmm", "`kind` must be one of [ `white`, `pink`, `brown`, `hum`, `clicks` ], not `hmm`", "Did you mean `hum`?")]
    [InlineData("models/voices.yaml", "[ 0, 20 ]", "[ 0, 200 ]", "`signal-to-noise` has 200 dB, but -100 to 100 can be mixed", null)]
    [InlineData("models/voices.yaml", "[ 0, 20 ]", "[]", "`signal-to-noise` must have at least one item", null)]
    [InlineData("models/voices.yaml", "noise-alone: 2.5", "noise-alone: 100", "`pause` and `noise-alone` must be 0 to 60 seconds", null)]
    public void A_mistake_in_a_dataset_or_its_use_is_told_with_its_place(string path, string right, string wrong, string message, string? hint)
    {
        var diagnostics = All().Replace(path, right, wrong).Read().Diagnostics;

        Assert.Equal((message, hint, path), (diagnostics[0].Message, diagnostics[0].Hint, diagnostics[0].Span!.File));
    }

    [Fact]
    public void A_dataset_that_does_not_say_how_it_is_made_names_the_ways() => Assert.Equal("""
        models/empty.yaml:1:10: error IC0103: One of the keys [ `idx`, `audio`, `text`, `files` ] is missing in a dataset
          1 | dataset: empty
            |          ^^^^^
        hint: Add the one that says how the data are made
        """, All().Add("models/empty.yaml", "dataset: empty\nlicense: MIT\n").Bad());

    [Fact]
    public void A_dataset_is_made_in_one_way_only() =>
        Assert.StartsWith("models/voices.yaml:1:10: error IC0108: A dataset has only one of the keys [ `idx`, `audio`, `text`, `files` ]", All().Add("models/voices.yaml", Voices + Lines[Lines.IndexOf("text:", StringComparison.Ordinal)..]).Bad(), StringComparison.Ordinal);

    [Fact]
    public void A_dataset_without_splits_is_refused() =>
        Assert.Contains("`splits` must have at least one split", All().Add("models/voices.yaml", "dataset: voices\nlicense: MIT\naudio: { splits: { } }\n").Bad(), StringComparison.Ordinal);
}
