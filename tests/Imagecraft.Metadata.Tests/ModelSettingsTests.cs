// Changes of a recipe's `quantize` as the command line writes them.

using Imagecraft.Metadata.Diagnostics;

namespace Imagecraft.Metadata.Tests;

public class ModelSettingsTests
{
    const string Network = """
        model: net
        version: 1
        license: MIT
        source: { url: "npm:@example/m@1.0/m.onnx", sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa }
        quantize: { method: static, calibration: { dataset: clothes, split: train, count: 64 }, float-layers: 3, search: { dataset: clothes, split: choice } }
        evaluate: { dataset: clothes, split: test, metric: top-1, min: 0.9 }
        """;

    static SettingReading Apply(string setting) => ModelSettings.Apply(
        new TestWorkspace()
            .Add("models/clothes.yaml", "dataset: clothes\nlicense: MIT\nidx:\n  package: { feed: stable, name: dataset-clothes }\n  splits:\n    train: { images: /usr/i.gz, labels: /usr/l.gz }\n    choice: { images: /usr/i.gz, labels: /usr/l.gz }\n    test: { images: /usr/i.gz, labels: /usr/l.gz }\n")
            .Add("models/net.yaml", Network)
            .Add("recipes/stable.yaml", "feed: stable\nsuite: stable")
            .Read(),
        "net", setting, "--compare");

    [Fact]
    public void Keys_are_changed_added_and_left_out()
    {
        var changed = Apply("quantize.calibration.method=percentile,quantize.calibration.percentile=99.9,quantize.exclude=[Softmax, \"/head,last\"],quantize.float-layers=,quantize.search=").Model!.Quantize!;
        Assert.Equal(("percentile", 99.9, 64, 0), (changed.Calibration!.Method?.Value, changed.Calibration.Percentile, changed.Calibration.Count, changed.FloatLayers));
        Assert.Equal(["Softmax", "/head,last"], changed.Exclude.Select(name => name.Value));
    }

    [Fact]
    public void Another_method_needs_what_belongs_to_the_first_to_be_left_out()
    {
        Assert.Equal(["`calibration` belongs to the method `static`, not to `dynamic`", "`float-layers` belongs to the method `static`, not to `dynamic`", "`search` belongs to the method `static`, not to `dynamic`"], Apply("quantize.method=dynamic").Diagnostics.Select(found => found.Message));
        Assert.Equal("dynamic", Apply("quantize.method=dynamic,quantize.calibration=,quantize.float-layers=,quantize.search=").Model!.Quantize!.Method.Value);
        Assert.Null(Apply("quantize=,quantize.method=").Model);
    }

    [Theory]
    [InlineData("quantize.calibration.method=entrpy", "--compare:1:29: error IC0105: `method` must be one of [ `min-max`, `entropy`, `percentile` ], not `entrpy`", "Did you mean `entropy`?")]
    [InlineData("quantize.float-layers=1,quantize.calibraton.method=entropy", "--compare:1:34: error IC0102: Unknown key `calibraton` in `quantize`", "Did you mean `calibration`?")]
    [InlineData("quantize.calibration.split=tst", "--compare:1:28: error IC0203: Unknown split `tst` of dataset `clothes`, which model `net` is calibrated with", "Did you mean `test`?")]
    [InlineData("quantize.calibration.split=test", "--compare:1:28: error IC0108: The model is calibrated on `test` of `clothes`, on which `evaluate` judges it", "Calibrate on another split: a gate must judge by data that no step has looked at")]
    [InlineData("evaluate.min=0", "--compare:1:1: error IC0106: `evaluate.min=0` changes no key of `quantize`", "Write `quantize.KEY=VALUE`, e.g. `quantize.calibration.method=entropy`; several are separated by commas")]
    [InlineData("quantize.per-channel=false,float-layers", "--compare:1:28: error IC0106: `float-layers` changes no key of `quantize`", "Write `quantize.KEY=VALUE`, e.g. `quantize.calibration.method=entropy`; several are separated by commas")]
    public void What_is_wrong_is_told_with_its_place_in_the_words(string setting, string told, string hint)
    {
        var problem = Assert.Single(Apply(setting).Diagnostics);
        Assert.Equal((told, hint), (DiagnosticText.Render(problem with { Hint = null }, _ => null), problem.Hint));
    }

    [Fact]
    public void A_bracket_that_stays_open_is_told_as_in_any_YAML()
    {
        var reading = Apply("quantize.exclude=[Softmax");
        Assert.Null(reading.Model);
        Assert.Equal("--compare", Assert.Single(reading.Diagnostics).Span!.File);
    }
}
