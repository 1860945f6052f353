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
          tolerance: { absolute: 0.02, outliers: 0.01, worst: 0.5 }
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
        Assert.Equal(new OutputToleranceSpec(0.02, null, 0.01, 0.5), quantize.Tolerance!.All);
        Assert.Equal(["Softmax"], quantize.Exclude.Select(name => name.Value));
    }

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
    [InlineData("method: static", "method: statik", "`method` must be one of [ `static`, `dynamic`, `float16` ], not `statik`", "Did you mean `static`?")]
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
    [InlineData(", worst: 0.5", "", "`outliers` needs `worst`: without it some values could be anything", "Add `worst:` with the absolute deviation that not even outliers may pass")]
    [InlineData("outliers: 0.01, ", "", "`worst` bounds `outliers`, which there are not", "Write `absolute:`, or add `outliers:`")]
    [InlineData("absolute: 0.02", "absolute: -0.02", "`absolute` must be a number from 0 up, not `-0.02`", null)]
    [InlineData("{ absolute: 0.02, outliers: 0.01, worst: 0.5 }", "-0.02", "`tolerance` must be a number from 0 up, not `-0.02`", null)]
    [InlineData("absolute: 0.02", "absolut: 0.02", "Unknown key `absolut` in `tolerance`", "Did you mean `absolute`?")]
    [InlineData("absolute: 0.02,", "agreement: 2,", "`agreement` is a share, from 0 to 1", "Write 0.99 when one decision in a hundred may differ")]
    [InlineData("absolute: 0.02,", "outputs: { map: { outliers: 0.1 } },", "`outliers` needs `worst`: without it some values could be anything", "Add `worst:` with the absolute deviation that not even outliers may pass")]
    [InlineData("activations: int8", "activations: int4", "`activations` must be one of [ `uint8`, `int8` ], not `int4`", "Did you mean `int8`?")]
    public void A_wish_that_cannot_be_is_told_with_its_place(string right, string wrong, string message, string? hint)
    {
        var diagnostics = All().Replace("models/net.yaml", right, wrong).Read().Diagnostics;

        Assert.Equal((message, hint, "models/net.yaml"), (diagnostics[0].Message, diagnostics[0].Hint, diagnostics[0].Span!.File));
    }
}
