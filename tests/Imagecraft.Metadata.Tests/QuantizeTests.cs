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
          tolerance: 0.02
          outliers: 0.01
        evaluate: { dataset: clothes, split: test, metric: top-1, min: 0.9 }
        """;

    static TestWorkspace All() => new TestWorkspace()
        .Add("models/clothes.yaml", "dataset: clothes\nlicense: MIT\nidx:\n  package: { feed: stable, name: dataset-clothes }\n  splits:\n    train: { images: /usr/share/images.gz, labels: /usr/share/labels.gz }\n    test: { images: /usr/share/i.gz, labels: /usr/share/l.gz }\n")
        .Add("models/net.yaml", Network)
        .Add("recipes/stable.yaml", "feed: stable\nsuite: stable");

    [Fact]
    public void Wishes_are_read_and_what_is_left_out_stays_open()
    {
        var quantize = All().Good().Models["net"].Quantize!;

        Assert.Equal(("static", "int8", true, null, null, 3), (quantize.Method.Value, quantize.Activations?.Value, quantize.Symmetric, quantize.PerChannel, quantize.Weights?.Value, quantize.FloatLayers));
        Assert.Equal(("clothes", "train", 64, "percentile", 99.9), (quantize.Calibration!.Dataset.Value, quantize.Calibration.Split.Value, quantize.Calibration.Count, quantize.Calibration.Method?.Value, quantize.Calibration.Percentile));
        Assert.True(quantize.BiasCorrection);
        Assert.Equal((0.02, 0.01), (quantize.Tolerance, quantize.Outliers));
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
    [InlineData(", float-layers: 1", "`float-layers` belongs to the method `static`, not to `weight-only`")]
    public void A_wish_that_weights_in_blocks_cannot_fulfil_is_told(string wish, string message) => Assert.Contains(message, Weights(wish).Read().Diagnostics.Select(found => found.Message));

    static TestWorkspace Weights(string more) => new TestWorkspace().Add("models/net.yaml", $"model: net\nversion: 1\nlicense: MIT\nsource: {{ url: \"npm:@example/m@1.0/m.onnx\", sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa }}\nquantize: {{ method: weight-only{more} }}\n");

    [Theory]
    [InlineData("method: static", "method: statik", "`method` must be one of [ `static`, `dynamic`, `weight-only`, `float16` ], not `statik`", "Did you mean `static`?")]
    [InlineData("  calibration: { dataset: clothes, split: train, count: 64, method: percentile, percentile: 99.9 }\n", "", "Static quantization needs `calibration`, from which it takes the ranges of activations", "Add `calibration: { dataset: NAME, split: NAME, count: N }`")]
    [InlineData("method: static", "method: dynamic", "`calibration` belongs to the method `static`, not to `dynamic`", "Remove it")]
    [InlineData("dataset: clothes", "dataset: cloths", "Unknown dataset `cloths`, which model `net` is calibrated with", "Did you mean `clothes`?")]
    [InlineData("split: train", "split: trian", "Unknown split `trian` of dataset `clothes`, which model `net` is calibrated with", "Did you mean `train`?")]
    [InlineData("count: 64", "count: 0", "`count` must be above 0", null)]
    [InlineData("percentile: 99.9", "percentile: 50", "`percentile` must be above 50, and at most 100", null)]
    [InlineData("method: percentile", "method: entropy", "`percentile` belongs to the method `percentile`", "Add `method: percentile`")]
    [InlineData("evaluate: { dataset: clothes, split: test, metric: top-1, min: 0.9 }", "labels: []", "`float-layers` needs `evaluate`, whose gate decides which layers stay float", "Add `evaluate`, or name the layers in `exclude`")]
    [InlineData("split: test, metric", "split: train, metric", "The model is calibrated on `train` of `clothes`, on which `evaluate` judges it", "Calibrate on another split: a gate must judge by data that no step has looked at")]
    [InlineData("outliers: 0.01", "outliers: 1", "`outliers` is a share, from 0 to below 1", "Write 0.01 for one value in a hundred")]
    [InlineData("tolerance: 0.02", "tolerance: -0.02", "`tolerance` must not be negative", "Write how far an output may lie from the golden one, such as 0.01")]
    [InlineData("activations: int8", "activations: int4", "`activations` must be one of [ `uint8`, `int8`, `uint16`, `int16` ], not `int4`", "Did you mean `int8`?")]
    [InlineData("symmetric: true", "bits: 4", "`bits` belongs to the method `weight-only`, not to `static`", "Remove it")]
    public void A_wish_that_cannot_be_is_told_with_its_place(string right, string wrong, string message, string? hint)
    {
        var diagnostics = All().Replace("models/net.yaml", right, wrong).Read().Diagnostics;

        Assert.Equal((message, hint, "models/net.yaml"), (diagnostics[0].Message, diagnostics[0].Hint, diagnostics[0].Span!.File));
    }
}
