// What each step of a model build is told of the recipe, and nothing else, so that a change runs only the steps that it concerns.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Profiles;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Quantization.Calibration;
using Imagecraft.Requests.Models;

namespace Imagecraft.Planning.Models;

internal static class ModelRequests
{
    /// <summary>Passes and their verification. Fused operators cannot compute on integers, and no accelerator knows them: fusing is left for afterwards.</summary>
    public static OnnxPrepareRequest Preparation(ModelRecipe model) => new()
    {
        Form = Form(model),
        Samples = Samples(model),
        Optimize = Words.Maybe<OptimizationLevel>(model.Optimize) == OptimizationLevel.None ? OptimizationLevel.None : OptimizationLevel.Basic,
        Without = [.. model.Passes?.Without.Select(p => p.Value) ?? []],
        Only = [.. model.Passes?.Only.Select(p => p.Value) ?? []],
        Tolerance = Tolerance(model.Tolerance),
    };

    public static OnnxFuseRequest Fusion(ModelRecipe model) => new() { Form = Form(model), Samples = Samples(model), Optimize = Optimize(model), Tolerance = Tolerance(model.Tolerance) };

    public static OnnxQuantizeRequest Shrinking(Deployment deployment, QuantizeSpec quantize) => new()
    {
        Form = FormWithClasses(deployment.Model),
        Optimize = OptimizeQuantized(deployment),
        Method = Words.Of<QuantizationMethod>(quantize.Method),
        Wishes = new()
        {
            Calibration = Calibration(quantize.Calibration),
            ActivationType = Words.Maybe<QuantizedType>(quantize.Activations),
            WeightType = Words.Maybe<QuantizedType>(quantize.Weights),
            SymmetricActivations = quantize.Symmetric,
            PerChannel = quantize.PerChannel,
            BiasCorrection = quantize.BiasCorrection,
            AdaptiveRounding = quantize.AdaptiveRounding,
            Compact = quantize.Compact,
            WeightBits = quantize.Bits,
            BlockSize = quantize.Block,
            Dynamic = [.. quantize.Dynamic.Select(d => d.Value)],
            Exclude = [.. quantize.Exclude.Select(e => e.Value)],
        },
        Calibration = quantize.Calibration is { } data ? new(data.Dataset, data.Split, data.Count) : null,
        FloatLayers = quantize.FloatLayers,
        Profile = deployment.Inference.Profile,
        Goal = GateOf(deployment.Model, quantize) is { } gate ? Goal(gate, deployment) : null,
    };

    /// <summary>An accelerator of integers has no use for the float network.</summary>
    public static OnnxChooseRequest Choice(Deployment deployment) => new(
        deployment.Model.Name,
        deployment.Variant,
        deployment.Model.Quantize?.MaxSize,
        deployment.Model.Quantize?.MustPay == true || deployment.Inference.Profile?.TakesFloat == false);

    public static OnnxEvaluateRequest Judgement(Deployment deployment, EvaluateSpec evaluate) => new(FormWithClasses(deployment.Model), Goal(evaluate, deployment));

    public static OnnxGoldenRequest Whole(Deployment deployment)
    {
        var model = deployment.Model;
        return new()
        {
            Form = Form(model),
            Samples = Samples(model),
            Tolerance = Tolerance(deployment.IsQuantized ? model.Quantize?.Tolerance : model.Tolerance),
            FloatTolerance = Tolerance(model.Tolerance),
            Goal = model.Evaluate is { } evaluate ? new(evaluate.Metric, evaluate.Threshold?.Value) { Output = evaluate.Output?.Value } : null,
            Expect = [.. model.Expect.Select(e => new Expectation(e.Sample, e.Min, e.Max))],
            Folder = deployment.Folder,
            Variant = deployment.Variant,
            Format = deployment.Format,
            Optimize = deployment.Variant is not (ModelVariants.Floating or ModelVariants.Half) ? OptimizeQuantized(deployment) : Optimize(model),
            OptimizeAtLoad = deployment.OptimizeAtLoad,
            Version = model.Version,
            License = model.License,
            Origin = model.Origin ?? "",
            TrainedOn = model.TrainedOn ?? "",
            Labels = [.. model.Labels.Select(l => l.Value)],
        };
    }

    /// <summary>The gate on the data that decide which layers stay float; null when none may.</summary>
    public static EvaluateSpec? GateOf(ModelRecipe model, QuantizeSpec quantize) =>
        quantize is { FloatLayers: > 0, Search: { } search } && model.Evaluate is { } evaluate ? evaluate with { Dataset = search.Dataset, Split = search.Split } : null;

    /// <summary>The level of ONNX Runtime behind the recipe's passes, as far as its own are not left out.</summary>
    public static OptimizationLevel Optimize(ModelRecipe model) => Words.Maybe<OptimizationLevel>(model.Optimize) switch
    {
        null or OptimizationLevel.Extended when model.Passes?.Runs(PassesSpec.Extended) != false => OptimizationLevel.Extended,
        OptimizationLevel.None => OptimizationLevel.None,
        _ => model.Passes?.Runs(PassesSpec.Basic) != false ? OptimizationLevel.Basic : OptimizationLevel.None,
    };

    /// <summary>Pairs around operators are no integers yet: for the CPU they are fused whatever the recipe says of float networks. Accelerators fuse by themselves.</summary>
    private static OptimizationLevel OptimizeQuantized(Deployment deployment) =>
        !deployment.Inference.IsAccelerator ? OptimizationLevel.Extended : Optimize(deployment.Model) == OptimizationLevel.Extended ? OptimizationLevel.Basic : Optimize(deployment.Model);

    /// <summary>What a recipe or a board says of the abilities of what runs networks.</summary>
    /// <param name="name">Of the board, the architecture or the accelerator.</param>
    /// <param name="spec">What it says.</param>
    /// <param name="target">What graphs are shaped for when it does not say.</param>
    public static Profile Profile(string name, ProfileSpec spec, QuantizationTarget target) => new()
    {
        Name = name,
        Target = Words.Maybe<QuantizationTarget>(spec.Target) ?? target,
        PerTensorOnly = spec.PerTensor,
        SymmetricOnly = spec.Symmetric,
        ActivationTypes = [.. spec.Activations.Select(t => Words.Of<QuantizedType>(t))],
        WeightTypes = [.. spec.Weights.Select(t => Words.Of<QuantizedType>(t))],
        TakesFloat = spec.TakesFloat,
        Dilation = spec.Dilation,
        ReduceRange = spec.ReduceRange,
        Memory = spec.Memory,
        Operators = spec.Operators?.ToImmutableSortedDictionary(o => o.Key, o => Limits(o.Value), StringComparer.Ordinal),
    };

    /// <summary>What a model may cost on what has a profile; null: anything.</summary>
    public static Budget? Budget(ModelRecipe model, Profile profile) => model.Budgets.FirstOrDefault(budget => budget.Accelerator.Value == profile.Name) is { } found
        ? new() { Share = found.Share, Regions = found.Regions, Crossings = found.Crossings, Arena = found.Arena }
        : null;

    private static OperatorLimits Limits(OperatorSpec spec) => new()
    {
        KernelSizes = [.. spec.Kernels],
        LargestStride = spec.Stride,
        Groups = spec.Groups.IsEmpty ? ConvolutionGroups.Any : spec.Groups.Aggregate((ConvolutionGroups)0, (groups, word) => groups | Words.Of<ConvolutionGroups>(word)),
        SpatialDimensions = [.. spec.Dimensions],
    };

    private static NetworkForm Form(ModelRecipe model) => new()
    {
        Name = model.Name,
        Shapes = model.Shapes,
        FreeAxes = model.FreeAxes.ToImmutableSortedDictionary(axes => axes.Key, axes => axes.Value.Select(axis => (int)axis).ToImmutableArray(), StringComparer.Ordinal),
        Constants = model.Constants,
        Carry = model.Carry,
        Context = model.Context,
        Preprocess = model.Preprocess is { } images ? Preprocessing(images) : null,
        Spectrogram = model.Spectrogram is { } sound ? Spectrogram(sound) : null,
        Tokenizer = model.Tokenizer is { } text ? new() { Kind = Words.Of<TokenizerKind>(text.Kind), LowerCase = text.LowerCase, Special = text.Special, Padding = text.Padding?.Value } : null,
    };

    private static Tolerance Tolerance(ToleranceSpec? spec) => spec is null ? new() : new()
    {
        All = spec.All is { } all ? Tolerance(all) : null,
        Outputs = spec.Outputs.ToImmutableSortedDictionary(o => o.Key, o => Tolerance(o.Value), StringComparer.Ordinal),
        Agreement = spec.Agreement,
    };

    /// <summary>Where neither part of the bound is given, both are the usual ones.</summary>
    private static OutputTolerance Tolerance(OutputToleranceSpec spec)
    {
        var parts = spec.Absolute is null && spec.Relative is null ? OutputTolerance.Usual : new(spec.Absolute ?? 0, spec.Relative ?? 0);
        return parts with { Outliers = spec.Outliers ?? 0, Worst = spec.Worst };
    }

    /// <summary>The form for who compares with labels.</summary>
    private static NetworkForm FormWithClasses(ModelRecipe model) => Form(model) with { Classes = model.Labels.IsEmpty ? null : [.. model.Labels.Select(l => l.Value)] };

    private static SpectrogramOptions Spectrogram(SpectrogramSpec sound)
    {
        var usual = new SpectrogramOptions();
        return usual with
        {
            Rate = sound.Rate,
            Window = sound.Window.Value,
            Hop = sound.Hop,
            Fft = sound.Fft?.Value ?? sound.Window.Value,
            Shape = Words.Maybe<WindowShape>(sound.Shape) ?? usual.Shape,
            Padding = Words.Maybe<SpectrogramPadding>(sound.Padding) ?? usual.Padding,
            Power = sound.Power,
            Mels = sound.Mels,
            Low = sound.Low,
            High = sound.High?.Value,
            Scale = Words.Maybe<MelScale>(sound.Scale) ?? usual.Scale,
            EqualArea = sound.Norm?.Value != "none",
            Log = Words.Maybe<SpectrogramLog>(sound.Log) ?? usual.Log,
            Floor = sound.Floor,
            Mean = sound.Mean,
            Deviation = sound.Deviation,
            Layout = Words.Maybe<SpectrogramLayout>(sound.Layout) ?? usual.Layout,
            Step = sound.Step?.Value,
        };
    }

    private static ImagePreprocessing Preprocessing(PreprocessSpec images)
    {
        var usual = new ImagePreprocessing();
        return usual with
        {
            Fit = Words.Maybe<ImageFit>(images.Fit) ?? usual.Fit,
            Channels = Words.Of<ChannelOrder>(images.Channels),
            Layout = Words.Maybe<ChannelLayout>(images.Layout) ?? usual.Layout,
            Filter = Words.Maybe<ImageFilter>(images.Filter) ?? usual.Filter,
            Antialias = images.Antialias,
            Round = images.Round,
            ShortSide = images.ShortSide?.Value,
            Colour = images.Colour.IsEmpty ? usual.Colour : images.Colour,
            Place = Words.Maybe<ImagePlace>(images.Place) ?? usual.Place,
            Scale = images.Scale?.Value ?? usual.Scale,
            Mean = images.Mean,
            Deviation = images.Deviation,
        };
    }

    private static NetworkSamples Samples(ModelRecipe model) => new(
        [.. model.Samples.Select(s => new SampleSound(s.Name, s.Kind == "noise" ? new(s.Seed, s.Seconds) : null))],
        model.Golden is { } golden ? new(golden.Dataset, golden.Split, golden.Count) : null);

    private static CalibrationOptions Calibration(CalibrationSpec? spec)
    {
        var options = new CalibrationOptions { Method = Words.Maybe<CalibrationMethod>(spec?.Method) ?? CalibrationMethod.MinMax };
        return spec?.Percentile is { } percentile ? options with { Percentile = percentile } : options;
    }

    private static AccuracyGoal Goal(EvaluateSpec evaluate, Deployment deployment) => new(evaluate.Dataset, evaluate.Split, evaluate.Metric)
    {
        Min = evaluate.Min?.Value,
        Max = evaluate.Max?.Value,
        MaxDrop = evaluate.MaxDrop?.Value,
        Output = evaluate.Output?.Value,
        Others = evaluate.Others.ToImmutableSortedDictionary(o => o.Key, o => o.Value.Value, StringComparer.Ordinal),
        Confidence = evaluate.Confidence?.Value,
        Threshold = evaluate.Threshold?.Value,
        BoxScore = evaluate.BoxScore?.Value,
        Unclip = evaluate.Unclip?.Value,
        Blank = evaluate.Blank?.Value ?? 0,
        Alphabet = MetricNeeds.Of(evaluate.Metric.Value).Labels.Contains(LabelKind.Words) ? [.. deployment.Model.Labels.Select(label => label.Value)] : [],
        MoreAlphabet = evaluate.Alphabet is { } alphabet ? [.. alphabet.More.Select(text => text.Value)] : null,
        AgainstFloat = evaluate.Against is not null,
        ReportOnly = deployment.ReportOnly,
    };
}
