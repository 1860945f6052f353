// What a model recipe may ask of its numbers, right and wrong.

using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Tests;

public class QuantizeTests
{
    const string Network = """
        model: net
        version: 1
        license: MIT
        source: { url: "npm:@example/m@1.0/m.onnx", sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa }
        quantize:
          method: static
          calibration: { dataset: clothes, split: train, count: 64, method: percentile, percentile: 99.9 }
          activations: int8
          symmetric: true
          exclude: [ Softmax ]
          float-layers: 3
          search: { dataset: clothes, split: choice }
          tolerance: { absolute: 0.02, outliers: 0.01, worst: 0.5 }
        evaluate: { dataset: clothes, split: test, metric: top-1, min: 0.9 }
        """;

    static TestWorkspace All() => new TestWorkspace()
        .Add("models/clothes.yaml", "dataset: clothes\nlicense: MIT\nidx:\n  package: { feed: stable, name: dataset-clothes }\n  splits:\n    train: { images: /usr/share/images.gz, labels: /usr/share/labels.gz }\n    choice: { images: /usr/share/c.gz, labels: /usr/share/cl.gz }\n    test: { images: /usr/share/i.gz, labels: /usr/share/l.gz }\n")
        .Add("models/net.yaml", Network)
        .Add("recipes/stable.yaml", "feed: stable\nsuite: stable");

    [Fact]
    public void Wishes_are_read_and_what_is_left_out_stays_open()
    {
        var quantize = All().Good().Models["net"].Quantize!;

        Assert.Equal(("static", "int8", true, null, null, 3), (quantize.Method.Value, quantize.Activations?.Value, quantize.Symmetric, quantize.PerChannel, quantize.Weights?.Value, quantize.FloatLayers));
        Assert.Equal(("clothes", "train", 64, "percentile", 99.9), (quantize.Calibration!.Dataset.Value, quantize.Calibration.Split.Value, quantize.Calibration.Count, quantize.Calibration.Method?.Value, quantize.Calibration.Percentile));
        Assert.True(quantize.BiasCorrection);
        Assert.False(quantize.AdaptiveRounding);
        Assert.True(All().Replace("models/net.yaml", "symmetric: true", "rounding: adaptive").Good().Models["net"].Quantize!.AdaptiveRounding);
        Assert.True(quantize.Compact);
        Assert.Equal(new OutputToleranceSpec(0.02, null, 0.01, 0.5), quantize.Tolerance!.All);
        Assert.Equal(("clothes", "choice"), (quantize.Search!.Dataset.Value, quantize.Search.Split.Value));
        Assert.Equal(["Softmax"], quantize.Exclude.Select(name => name.Value));
    }

    [Fact]
    public void Weight_only_quantization_needs_no_data_and_has_bits_and_blocks()
    {
        var (usual, own) = (Weights("").Good().Models["net"].Quantize!, Weights(", bits: 8, block: 128").Good().Models["net"].Quantize!);
        Assert.Equal((4, 32, "int4"), (usual.Bits, usual.Block, ModelVariants.Of(usual)));
        Assert.Equal((8, 128, "int8"), (own.Bits, own.Block, ModelVariants.Of(own)));
    }

    [Theory]
    [InlineData(", bits: 3", "`bits` is 4 or 8")]
    [InlineData(", block: 48", "`block` is one of [ 16, 32, 64, 128, 256 ]")]
    [InlineData(", per-channel: true", "`per-channel` belongs to the method `static`, not to `weight-only`")]
    [InlineData(", rounding: adaptive", "`rounding` belongs to the method `static`, not to `weight-only`")]
    [InlineData(", float-layers: 1", "`float-layers` belongs to the method `static`, not to `weight-only`")]
    [InlineData(", calibration: { dataset: clothes, split: train, count: 8, method: entropy }", "`calibration.method` belongs to the method `static`, not to `weight-only`")]
    public void A_wish_that_weights_in_blocks_cannot_fulfil_is_told(string wish, string message) => Assert.Contains(message, Weights(wish).Read().Diagnostics.Select(found => found.Message));

    static TestWorkspace Weights(string more) => new TestWorkspace().Add("models/net.yaml", $"model: net\nversion: 1\nlicense: MIT\nsource: {{ url: \"npm:@example/m@1.0/m.onnx\", sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa }}\nevaluate: none\nquantize: {{ method: weight-only{more} }}\n");

    [Theory]
    [InlineData("0.02", 0.02, null)]
    [InlineData("{ absolute: 0.02 }", 0.02, null)]
    [InlineData("{ relative: 1e-3 }", null, 1e-3)]
    [InlineData("{ outputs: { map: 0.5 } }", null, null)]
    public void A_tolerance_is_a_number_or_says_more(string text, double? absolute, double? relative)
    {
        var tolerance = All().Replace("models/net.yaml", "{ absolute: 0.02, outliers: 0.01, worst: 0.5 }", text).Good().Models["net"].Quantize!.Tolerance!;

        Assert.Equal((absolute, relative), (tolerance.All?.Absolute, tolerance.All?.Relative));
        Assert.Equal(text.Contains("outputs", StringComparison.Ordinal) ? 0.5 : null, tolerance.Outputs.GetValueOrDefault("map")?.Absolute);
    }

    [Theory]
    [InlineData("method: static", "method: statik", "`method` must be one of [ `static`, `dynamic`, `weight-only`, `float16`, `taken` ], not `statik`", "Did you mean `static`?")]
    [InlineData("  calibration: { dataset: clothes, split: train, count: 64, method: percentile, percentile: 99.9 }\n", "", "Static quantization needs `calibration`, from which it takes the ranges of activations", "Add `calibration: { dataset: NAME, split: NAME, count: N }`")]
    [InlineData("method: static", "method: dynamic", "`calibration` belongs to the method `static`, not to `dynamic`", "Remove it")]
    [InlineData("dataset: clothes", "dataset: cloths", "Unknown dataset `cloths`, which model `net` is calibrated with", "Did you mean `clothes`?")]
    [InlineData("split: train", "split: trian", "Unknown split `trian` of dataset `clothes`, which model `net` is calibrated with", "Did you mean `train`?")]
    [InlineData("count: 64", "count: 0", "`count` must be above 0", null)]
    [InlineData("percentile: 99.9", "percentile: 50", "`percentile` must be above 50, and at most 100", null)]
    [InlineData("method: percentile", "method: entropy", "`percentile` belongs to the method `percentile`", "Add `method: percentile`")]
    [InlineData("evaluate: { dataset: clothes, split: test, metric: top-1, min: 0.9 }", "labels: []", "`quantize` needs `evaluate`: nobody would see what it costs in accuracy", "Add `evaluate: { dataset: NAME, split: NAME, metric: NAME, max-drop: N }`, or `evaluate: none` to deploy it unjudged")]
    [InlineData("  search: { dataset: clothes, split: choice }\n", "", "`float-layers` needs `search`: which layers stay float must be decided on other data than `evaluate` reports on", "Add `search: { dataset: NAME, split: NAME }` with a split of its own")]
    [InlineData("  float-layers: 3\n", "", "`search` belongs to `float-layers`, which is missing", "Add `float-layers:` with how many layers may stay float, or remove `search`")]
    [InlineData("min: 0.9 }", "min: 90 }", "`top-1` is at most 1, so that no network reaches the `min` of 90", "Write 0.98 for 98 %")]
    [InlineData("min: 0.9 }", "max-drop: 1 }", "`top-1` is at most 1, so that nothing would be beyond the `max-drop` of 1", "Write 0.01 for one of a hundred")]
    [InlineData("  tolerance: { absolute: 0.02, outliers: 0.01, worst: 0.5 }\n", "  max-size: 0,5\n", "`max-size` must be a number, not `0,5`", "Write a point for the comma: `0.5`")]
    [InlineData("min: 0.9 }", "min: o.9 }", "`min` must be a number, not `o.9`", null)]
    [InlineData("metric: top-1, min: 0.9 }", "metric: cosine, max-drop: x1 }", "`max-drop` must be a number, not `x1`", null)]
    [InlineData("split: choice", "split: chioce", "Unknown split `chioce` of dataset `clothes`, which layers of model `net` are searched with", "Did you mean `choice`?")]
    [InlineData("split: choice", "split: test", "Layers that stay float are searched on `test` of `clothes`, on which `evaluate` judges the model", "Search on another split: a gate must judge by data that no step has looked at")]
    [InlineData("split: choice", "split: train", "Layers that stay float are searched on `train` of `clothes`, on which the model is calibrated", "Search on another split: on this one a quantized network looks better than it is")]
    [InlineData("evaluate: { dataset: clothes, split: test, metric: top-1, min: 0.9 }", "evaluate: none", "`float-layers` needs `evaluate`, whose gate decides which layers stay float", "Add `evaluate`, or name the layers in `exclude`")]
    [InlineData("split: test, metric", "split: train, metric", "The model is calibrated on `train` of `clothes`, on which `evaluate` judges it", "Calibrate on another split: a gate must judge by data that no step has looked at")]
    [InlineData("  tolerance: { absolute: 0.02, outliers: 0.01, worst: 0.5 }\n", "  min-speedup: 0\n", "`min-speedup` must be above 0", "Write how many times faster it must be, such as 1.2")]
    [InlineData("  tolerance: { absolute: 0.02, outliers: 0.01, worst: 0.5 }\n", "  max-size: 0\n", "`max-size` must be above 0", "Write a share of the float network's size, such as 0.5")]
    [InlineData("  tolerance: { absolute: 0.02, outliers: 0.01, worst: 0.5 }\n", "  otherwise: flaot\n", "`otherwise` must be one of [ `float`, `fail` ], not `flaot`", "Did you mean `float`?")]
    [InlineData("outliers: 0.01", "outliers: 1", "`outliers` is a share, from 0 to below 1", "Write 0.01 for one value in a hundred")]
    [InlineData("activations: int8", "activations: int4", "`activations` must be one of [ `uint8`, `int8`, `uint16`, `int16` ], not `int4`", "Did you mean `int8`?")]
    [InlineData("symmetric: true", "bits: 4", "`bits` belongs to the method `weight-only`, not to `static`", "Remove it")]
    [InlineData(", worst: 0.5", "", "`outliers` needs `worst`: without it some values could be anything", "Add `worst:` with the absolute deviation that not even outliers may pass")]
    [InlineData("outliers: 0.01, ", "", "`worst` bounds `outliers`, which there are not", "Write `absolute:`, or add `outliers:`")]
    [InlineData("absolute: 0.02", "absolute: -0.02", "`absolute` must be a number from 0 up, not `-0.02`", null)]
    [InlineData("{ absolute: 0.02, outliers: 0.01, worst: 0.5 }", "-0.02", "`tolerance` must be a number from 0 up, not `-0.02`", null)]
    [InlineData("absolute: 0.02", "absolut: 0.02", "Unknown key `absolut` in `tolerance`", "Did you mean `absolute`?")]
    [InlineData("absolute: 0.02,", "agreement: 2,", "`agreement` is a share, from 0 to 1", "Write 0.99 when one decision in a hundred may differ")]
    [InlineData("absolute: 0.02,", "outputs: { map: { outliers: 0.1 } },", "`outliers` needs `worst`: without it some values could be anything", "Add `worst:` with the absolute deviation that not even outliers may pass")]
    public void A_wish_that_cannot_be_is_told_with_its_place(string right, string wrong, string message, string? hint)
    {
        var diagnostics = All().Replace("models/net.yaml", right, wrong).Read().Diagnostics;

        Assert.Equal((message, hint, "models/net.yaml"), (diagnostics[0].Message, diagnostics[0].Hint, diagnostics[0].Span!.File));
    }

    const string Taken = """
        model: net
        version: 1
        license: MIT
        source: { url: "npm:@example/m@1.0/m.onnx", sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa }
        data: { m.onnx.data: { url: "npm:@example/m@1.0/m.onnx.data", sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa } }
        shapes: { x: [ 1, 128 ] }
        free-axes: { x: [ 1 ] }
        evaluate: none
        quantize: { method: taken, tolerance: 0.1, compact: false }
        """;

    [Fact]
    public void A_network_that_comes_with_integers_has_one_variant()
    {
        var model = new TestWorkspace().Add("models/net.yaml", Taken).Good().Models["net"];

        Assert.Equal(["int8"], ModelVariants.Of(model));
        Assert.Equal((false, "m.onnx.data", 1L), (model.Quantize!.Compact, model.Data.Keys.Single(), model.FreeAxes["x"].Single()));
    }

    [Theory]
    [InlineData("method: taken", "method: taken, per-channel: true", "`per-channel` has no meaning for the method `taken`: what is on integers, and how, the source decides", "Remove it")]
    [InlineData("method: taken", "method: taken, exclude: [ Conv ]", "`exclude` has no meaning for the method `taken`: what is on integers, and how, the source decides", "Remove it")]
    [InlineData("method: taken", "method: taken, float-layers: 1", "`float-layers` belongs to the method `static`, not to `taken`", "Remove it")]
    [InlineData("{ m.onnx.data:", "{ ../m.data:", "`data` names `../m.data`, which lies outside of the network's folder", "Write the name that the network's tensors have as their `location`, such as `model.onnx.data`")]
    [InlineData("{ m.onnx.data:", "{ /m.data:", "`data` names `/m.data`, which lies outside of the network's folder", "Write the name that the network's tensors have as their `location`, such as `model.onnx.data`")]
    [InlineData("free-axes: { x: [ 1 ] }", "free-axes: { x: [ 2 ] }", "`free-axes` names the axis 2 of `x`, which has the axes 0 to 1", "Count axes from 0")]
    [InlineData("free-axes: { x: [ 1 ] }", "free-axes: { y: [ 1 ] }", "`free-axes` names the input `y`, whose sizes `shapes` does not tell", "Add `shapes: { y: [ ... ] }` with the sizes that the network is checked, calibrated and measured with")]
    public void What_a_source_cannot_be_asked_is_told_with_its_place(string right, string wrong, string message, string hint)
    {
        var diagnostics = new TestWorkspace().Add("models/net.yaml", Taken).Replace("models/net.yaml", right, wrong).Read().Diagnostics;

        Assert.Equal((message, hint, "models/net.yaml"), (diagnostics[0].Message, diagnostics[0].Hint, diagnostics[0].Span!.File));
    }
}
