// The forms of a model recipe and what lies in it. Unaware of ONNX.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Documents that begin with <c>model:</c>.</summary>
static class ModelForm
{
    internal static readonly Shape<Sited<string>> FormatWord = ScalarShapes.OneOf("onnx", "ort");

    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required(KindNames.Model, ScalarShapes.Name, "unique name; deployed at /usr/share/models/NAME");
    static readonly Field<Sited<string>> Version = Keys.Required("version", ScalarShapes.Text, "version of the network");
    static readonly Field<Sited<string>> License = Keys.Required("license", ScalarShapes.Text, "SPDX license expression");
    static readonly Field<string?> Summary = Keys.Optional<string?>("summary", ScalarShapes.Words!, null, "one line");
    static readonly Field<string?> Origin = Keys.Optional<string?>("origin", ScalarShapes.Words!, null, "where it comes from, in words and address");
    static readonly Field<string?> TrainedOn = Keys.Optional<string?>("trained-on", ScalarShapes.Words!, null, "what it was trained on, in words");
    static readonly Field<SourceSpec> Source = Keys.Required("source", SourceForm.Form, "the .onnx file");
    static readonly Field<ImmutableSortedDictionary<string, ImmutableArray<long>>> Shapes = Keys.Map("shapes", new ListOf<long>(ScalarShapes.Long.Select(size => size.Value)), "fixed input shapes by input name");
    static readonly Field<ImmutableSortedDictionary<string, double>> Constants = Keys.Map("constants", ScalarShapes.Number.Select(number => number.Value), "value of a scalar input that is fixed for good, by input name");
    static readonly Field<PassesSpec?> Passes = Keys.Optional<PassesSpec?>("passes", PassesForm.Form!, null, "which graph passes run; all when absent");
    static readonly Field<Sited<string>?> Optimize = Keys.Maybe("optimize", ScalarShapes.OneOf("none", "basic", "extended"), "offline graph optimization");
    static readonly Field<ImmutableSortedDictionary<string, string>> Carry = Keys.Map("carry", ScalarShapes.Words, "output fed back into input, by input name");
    static readonly Field<ImmutableArray<SampleSpec>> Samples = Keys.List("samples", SampleForm.Form, "samples that golden outputs are computed for");
    static readonly Field<int> Context = Keys.Optional("context", ScalarShapes.Long.Select(count => (int)count.Value), 0, "samples of the frame before that stand at the start of each frame");
    static readonly Field<PreprocessSpec?> Preprocess = Keys.Optional<PreprocessSpec?>("preprocess", PreprocessForm.Form!, null, "how images are brought to the input");
    static readonly Field<ImmutableArray<Sited<string>>> Labels = Keys.List("labels", ScalarShapes.Text, "names of the classes by index");
    static readonly Field<QuantizeSpec?> Quantize = Keys.Optional<QuantizeSpec?>("quantize", QuantizeForm.Form!, null, "how the network is made small; it stays float when absent");
    static readonly Field<EvaluateSpec?> Evaluate = Keys.Optional<EvaluateSpec?>("evaluate", EvaluateForm.Form!, null, "the accuracy gate");
    static readonly Field<GoldenSpec?> Golden = Keys.Optional<GoldenSpec?>("golden", GoldenForm.Form!, null, "frames of a dataset that golden outputs are computed for, besides `samples`");
    static readonly Field<Sited<string>?> Format = Keys.Maybe("format", FormatWord, "file that is deployed: onnx (the default) or ort, ONNX Runtime's own, which loads faster");
    static readonly Field<double> Tolerance = Keys.Optional("tolerance", ScalarShapes.Number.Select(number => number.Value), 1e-4, "allowed absolute deviation from the golden outputs");
    static readonly Field<ImmutableArray<ExpectSpec>> Expect = Keys.List("expect", ExpectForm.Form, "condition on the mean of the first output's values of a sample");
    static readonly Field<ImmutableArray<CheckSpec>> Checks = Keys.List("checks", CheckForm.Form, "checks on the booted board");

    public static Form<ModelRecipe> Form { get; } = new("a model", Keys, Make, Check);

    static ModelRecipe Make(Values values) => new()
    {
        Name = values.Get(Name),
        Version = values.Get(Version),
        License = values.Get(License),
        Summary = values.Get(Summary),
        Origin = values.Get(Origin),
        TrainedOn = values.Get(TrainedOn),
        Source = values.Get(Source),
        Shapes = values.Get(Shapes),
        Constants = values.Get(Constants),
        Passes = values.Get(Passes),
        Optimize = values.Get(Optimize),
        Carry = values.Get(Carry),
        Samples = values.Get(Samples),
        Context = values.Get(Context),
        Preprocess = values.Get(Preprocess),
        Labels = values.Get(Labels),
        Quantize = values.Get(Quantize),
        Evaluate = values.Get(Evaluate),
        Golden = values.Get(Golden),
        Format = values.Get(Format),
        Tolerance = values.Get(Tolerance),
        Expect = values.Get(Expect),
        Checks = values.Get(Checks),
        Folder = values.Folder,
    };

    static bool Check(Values values)
    {
        var names = values.Get(Samples).Select(sample => sample.Name.Value).ToArray();
        var good = values.Get(Passes) is not { } passes || PassesForm.Fits(passes, values.Get(Optimize)?.Value ?? "extended", values.Reading);
        if (values.Get(Quantize) is { FloatLayers: > 0 } quantize && values.Get(Evaluate) is null)
        {
            values.Reading.Error(Codes.Contradiction, "`float-layers` needs `evaluate`, whose gate decides which layers stay float", quantize.Method.Span, "Add `evaluate`, or name the layers in `exclude`");
            good = false;
        }

        if (values.Get(Quantize)?.Calibration is { } calibration && values.Get(Evaluate) is { } gate && (calibration.Dataset.Value, calibration.Split.Value) == (gate.Dataset.Value, gate.Split.Value))
        {
            values.Reading.Error(Codes.Contradiction, $"The model is calibrated on `{calibration.Split}` of `{calibration.Dataset}`, on which `evaluate` judges it", calibration.Split.Span, "Calibrate on another split: a gate must judge by data that no step has looked at");
            good = false;
        }

        foreach (var sample in values.Get(Expect).Select(expect => expect.Sample))
        {
            if (names.Contains(sample.Value))
                continue;
            values.Reading.Error(Codes.UnknownName, $"Unknown sample `{sample.Value}`", sample.Span, Nearest.Hint(sample.Value, names, "sample"));
            good = false;
        }
        return good;
    }
}

/// <summary><c>samples:</c> of models.</summary>
static class SampleForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required("name", ScalarShapes.Name, "file-name part");
    static readonly Field<Sited<string>> Kind = Keys.Required("kind", ScalarShapes.OneOf("speech", "noise", "wav"), "speech, noise or wav");
    static readonly Field<Sited<string>?> Text = Keys.Maybe("text", ScalarShapes.Text, "words to speak, or the WAV file's name");
    static readonly Field<int> Seed = Keys.Optional("seed", ScalarShapes.Integer.Select(seed => seed.Value), 0, "seed of the noise");
    static readonly Field<double> Seconds = Keys.Optional("seconds", ScalarShapes.Number.Select(seconds => seconds.Value), 0, "length of the noise in seconds");

    public static Form<SampleSpec> Form { get; } = new("a sample", Keys,
        values => new SampleSpec(values.Get(Name), values.Get(Kind), values.Get(Text), values.Get(Seed), values.Get(Seconds)), Check);

    static bool Check(Values values)
    {
        var kind = values.Get(Kind);
        if (kind.Value == "wav" && values.Get(Text) is { } name)
            return IsThere(name, values.Reading);
        if (kind.Value == "noise" ? values.Get(Seconds) > 0 : values.Get(Text) is not null)
            return true;
        var key = kind.Value == "noise" ? "seconds" : "text";
        values.Reading.Error(Codes.MissingKey, $"Required key `{key}` is missing in a sample of kind `{kind.Value}`", kind.Span, $"Add `{key}:`");
        return false;
    }

    static bool IsThere(Sited<string> name, Reading reading)
    {
        if (WorkspacePath.Resolve(WorkspacePath.FolderOf(name.Span.File), name.Value) is { } path && reading.Exists(path))
            return true;
        reading.Error(Codes.MissingFile, $"`text` names the WAV file `{name.Value}`, which does not exist", name.Span, "Names are relative to the folder of the file they are written in");
        return false;
    }
}

/// <summary><c>expect:</c> of models.</summary>
static class ExpectForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Sample = Keys.Required("sample", ScalarShapes.Name, "name of a sample");
    static readonly Field<Sited<double>?> Min = Keys.Maybe("min", ScalarShapes.Number, "smallest allowed mean");
    static readonly Field<Sited<double>?> Max = Keys.Maybe("max", ScalarShapes.Number, "largest allowed mean");

    public static Form<ExpectSpec> Form { get; } = new("an expectation", Keys,
        values => new ExpectSpec(values.Get(Sample), values.Get(Min)?.Value, values.Get(Max)?.Value));
}
