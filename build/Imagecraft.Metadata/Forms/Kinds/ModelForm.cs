// The forms of a model recipe and what lies in it. Unaware of ONNX.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Documents that begin with <c>model:</c>.</summary>
static class ModelForm
{
    internal static readonly Shape<Sited<string>> FormatWord = ScalarShapes.OneOf("onnx", "ort");

    internal static readonly Shape<Sited<string>> LoadWord = ScalarShapes.OneOf(LoadWords.All, LoadWords.None);

    public static Form<ModelRecipe> Form { get; } = new("a model", Make, Check);

    static ModelRecipe Make(Keys keys) => new()
    {
        Name = keys.Required(KindNames.Model, ScalarShapes.Name, "unique name; deployed at /usr/share/models/NAME"),
        Version = keys.Required("version", ScalarShapes.Text, "version of the network"),
        Fits = keys.Map("fits", ScalarShapes.VersionRange, FitWords.Fits, ScalarShapes.Name),
        License = keys.Required("license", ScalarShapes.Text, "SPDX license expression"),
        Summary = keys.Maybe("summary", ScalarShapes.Words, "one line"),
        Origin = keys.Maybe("origin", ScalarShapes.Words, "where it comes from, in words and address"),
        TrainedOn = keys.Maybe("trained-on", ScalarShapes.Words, "what it was trained on, in words"),
        Source = keys.Required("source", SourceForm.Form, "the .onnx file"),
        Data = keys.Map("data", SourceForm.Form, "files that values of its tensors lie in (external data), by the names that the network gives them"),
        Shapes = keys.Map("shapes", new ListOf<long>(ScalarShapes.PlainLong), "fixed input shapes by input name"),
        FreeAxes = keys.Map("free-axes", new ListOf<long>(ScalarShapes.PlainLong), "axes that stay free in the deployed network, by input name; `shapes` has the sizes with which it is checked, calibrated and measured"),
        Constants = keys.Map("constants", ScalarShapes.PlainNumber, "value of a scalar input that is fixed for good, by input name"),
        Passes = keys.Maybe("passes", PassesForm.Form, "which graph passes run; all when absent"),
        Optimize = keys.Maybe("optimize", ScalarShapes.OneOf("none", "basic", "extended"), "offline graph optimization"),
        OptimizeAtLoad = keys.Maybe("optimize-at-load", LoadWord, "what the board does when it loads the network: all (the default: it is arranged for that very processor) or none"),
        Carry = keys.Map("carry", ScalarShapes.Words, "output fed back into input, by input name"),
        Samples = keys.List("samples", SampleForm.Form, "samples that golden outputs are computed for"),
        Context = keys.Optional("context", ScalarShapes.Between(0, 1 << 24), 0, "samples of the frame before that stand at the start of each frame"),
        Preprocess = keys.Maybe("preprocess", PreprocessForm.Form, "how images are brought to the input"),
        Spectrogram = keys.Maybe("spectrogram", SpectrogramForm.Form, "how sounds become spectrograms"),
        Tokenizer = keys.Maybe("tokenizer", TokenizerForm.Form, "how texts become numbers of tokens"),
        Labels = keys.List("labels", ScalarShapes.Text, "names of the classes by index"),
        Quantize = keys.Maybe("quantize", QuantizeForm.Form, "how the network is made small; it stays float when absent"),
        Judging = keys.Maybe("evaluate", EvaluateForm.Shape, "the accuracy gate; none: what is quantized is not judged"),
        Budgets = keys.List("budgets", BudgetForm.Form, "what the network may cost on accelerators"),
        Golden = keys.Maybe("golden", GoldenForm.Form, "frames of a dataset that golden outputs are computed for, besides `samples`"),
        Format = keys.Maybe("format", FormatWord, "file that is deployed: onnx (the default) or ort, ONNX Runtime's own, which loads faster"),
        Tolerance = keys.Maybe("tolerance", ToleranceForm.Shape, ToleranceForm.Meaning + "; 0.000001 and 0.0001 of the largest golden value when absent"),
        Expect = keys.List("expect", ExpectForm.Form, "condition on the mean of the first output's values of a sample"),
        Checks = keys.List("checks", CheckForm.Form, "checks on the booted board"),
        Folder = keys.Folder,
    };

    static bool Check(ModelRecipe made, Keys keys)
    {
        var names = made.Samples.Select(sample => sample.Name.Value).ToArray();
        var good = DataNames(made, keys.Reading) & Sizes(made, keys) & FreeAxes(made, keys) & (made.Passes is not { } passes || PassesForm.Fits(passes, made.Optimize?.Value ?? "extended", keys.Reading));
        if (new object?[] { made.Preprocess, made.Spectrogram, made.Tokenizer }.Count(way => way is not null) > 1)
        {
            keys.Reading.Error(Codes.Contradiction, "A model takes images (`preprocess`), spectrograms (`spectrogram`) or texts (`tokenizer`), not several of them", made.Name.Span, "Keep the one that the input takes");
            good = false;
        }

        if (made.Spectrogram is { } spectrogram && made.Context != 0)
        {
            keys.Reading.Error(Codes.Contradiction, "`context` counts samples, but the input takes spectrograms", spectrogram.Window.Span, "Write `step` in `spectrogram`, which lets frames overlap");
            good = false;
        }

        if (made.Format?.Value == "ort" && made.OptimizeAtLoad is { Value: LoadWords.All } load)
        {
            keys.Reading.Error(Codes.Contradiction, LoadWords.Contradiction, load.Span, LoadWords.Remedy);
            good = false;
        }

        if (made.Evaluate is { Alphabet: null } read && MetricNeeds.Of(read.Metric.Value).Options.Contains(MetricNeeds.Alphabet))
            good &= Reads(made, read, keys.Reading);
        if (made.Quantize is { } quantize)
            good &= JudgedCheck.Holds(made, quantize, keys.Reading);
        foreach (var sample in made.Expect.Select(expect => expect.Sample))
        {
            if (names.Contains(sample.Value))
                continue;
            keys.Reading.Error(Codes.UnknownName, $"Unknown sample `{sample.Value}`", sample.Span, Nearest.Hint(sample.Value, names, "sample"));
            good = false;
        }
        return good;
    }

    /// <summary>Who reads what a network writes must know what each class stands for.</summary>
    static bool Reads(ModelRecipe made, EvaluateSpec gate, Reading reading)
    {
        if (made.Labels.IsEmpty)
            reading.Error(Codes.MissingKey, $"`{gate.Metric}` needs what each class writes, but there are neither `labels` nor an `alphabet`", gate.Metric.Span, "Add `labels:` to the model, the blank among them, or `alphabet: { source: { url: ... } }` to `evaluate`");
        else if (gate.Blank is { } blank && blank.Value >= made.Labels.Length)
            reading.Error(Codes.WrongFormat, $"`blank` is {blank}, but `labels` has the classes 0 to {made.Labels.Length - 1}", blank.Span, "Write the index of the class that writes nothing");
        else
            return true;
        return false;
    }

    static bool Sizes(ModelRecipe made, Keys keys)
    {
        var wrong = made.Shapes.Where(shape => shape.Value.Any(size => size is < 1 or > int.MaxValue)).ToArray();
        foreach (var (input, sizes) in wrong)
            keys.Reading.Error(Codes.WrongFormat, $"`shapes` gives the input `{input}` the sizes [ {string.Join(", ", sizes)} ], but sizes are 1 to {int.MaxValue}", keys.Span, "Write the sizes that the network is deployed with; what must stay free is named in `free-axes` besides");
        return wrong.Length == 0;
    }

    static bool FreeAxes(ModelRecipe made, Keys keys)
    {
        var good = true;
        foreach (var (input, axes) in made.FreeAxes)
        {
            if (!made.Shapes.TryGetValue(input, out var sizes))
                Refuse(Codes.MissingKey, $"`free-axes` names the input `{input}`, whose sizes `shapes` does not tell", $"Add `shapes: {{ {input}: [ ... ] }}` with the sizes that the network is checked, calibrated and measured with");
            else
                foreach (var axis in axes.Where(axis => axis < 0 || axis >= sizes.Length))
                    Refuse(Codes.WrongFormat, $"`free-axes` names the axis {axis} of `{input}`, which has the axes 0 to {sizes.Length - 1}", "Count axes from 0");
        }
        return good;

        void Refuse(string code, string message, string hint)
        {
            keys.Reading.Error(code, message, keys.Span, hint);
            good = false;
        }
    }

    /// <summary>A network names its data relative to itself; a name that leads elsewhere is in none that is well made.</summary>
    static bool DataNames(ModelRecipe made, Reading reading)
    {
        var good = true;
        foreach (var (name, source) in made.Data)
        {
            if (name.Length > 0 && name[0] != '/' && !name.Contains('\\', StringComparison.Ordinal) && !name.Split('/').Any(part => part is "" or "." or ".."))
                continue;
            reading.Error(Codes.WrongFormat, $"`data` names `{name}`, which lies outside of the network's folder", source.Url.Span, "Write the name that the network's tensors have as their `location`, such as `model.onnx.data`");
            good = false;
        }
        return good;
    }
}

/// <summary><c>samples:</c> of models.</summary>
static class SampleForm
{
    const int MostSeconds = 600;

    public static Form<SampleSpec> Form { get; } = new("a sample", keys => new SampleSpec(
        keys.Required("name", ScalarShapes.Name, "file-name part"),
        keys.Required("kind", ScalarShapes.OneOf("speech", "noise", "wav"), "speech, noise or wav"),
        keys.Maybe("text", ScalarShapes.Text, "words to speak, or the WAV file's name"),
        keys.Optional("seed", ScalarShapes.PlainInteger, 0, "seed of the noise"),
        keys.Optional("seconds", ScalarShapes.PlainNumber, 0, "length of the noise in seconds")), Check);

    static bool Check(SampleSpec made, Keys keys)
    {
        var kind = made.Kind;
        if (kind.Value == "wav" && made.Text is { } name)
            return IsThere(name, keys.Reading);
        if (kind.Value == "noise" && made.Seconds is < 0 or > MostSeconds)
        {
            keys.Reading.Error(Codes.WrongFormat, $"`seconds` of the sample `{made.Name}` is {made.Seconds.ToString(CultureInfo.InvariantCulture)}, but at most {MostSeconds} are made", kind.Span, "A few seconds tell as much");
            return false;
        }
        if (kind.Value == "noise" ? made.Seconds > 0 : made.Text is not null)
            return true;
        var key = kind.Value == "noise" ? "seconds" : "text";
        keys.Reading.Error(Codes.MissingKey, $"Required key `{key}` is missing in a sample of kind `{kind.Value}`", kind.Span, $"Add `{key}:`");
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
    public static Form<ExpectSpec> Form { get; } = new("an expectation", keys => new ExpectSpec(
        keys.Required("sample", ScalarShapes.Name, "name of a sample"),
        keys.Maybe("min", ScalarShapes.Number, "smallest allowed mean")?.Value,
        keys.Maybe("max", ScalarShapes.Number, "largest allowed mean")?.Value), Check);

    static bool Check(ExpectSpec made, Keys keys)
    {
        if (made is { Min: null, Max: null })
            keys.Reading.Error(Codes.MissingKey, $"The expectation of `{made.Sample}` has neither `min` nor `max`, so nothing could fail", made.Sample.Span, "Add one of them");
        else if (made.Min > made.Max)
            keys.Reading.Error(Codes.Contradiction, $"The expectation of `{made.Sample}` has a `min` above its `max`, so nothing could hold", made.Sample.Span, "Exchange them");
        else
            return true;
        return false;
    }
}
