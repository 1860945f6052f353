// A model recipe as actions: fetch, prepare, samples, golden outputs, deployable tree. Unaware of what the functions do with ONNX.

using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.Engine.Actions;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning;

/// <summary>Plans networks; they depend on no board.</summary>
public sealed class Models(PlanContext context, ToolRoots toolRoots, Sources sources, Datasets datasets)
{
    /// <summary>The tree with <c>usr/share/models/NAME</c>; null after a problem that was noted.</summary>
    public OutputRef? Plan(Sited<string> name)
    {
        if (!context.Workspace.Models.TryGetValue(name, out var model))
        {
            context.Error("IC0370", $"No model is named `{name}`", name.Span, Nearest.Hint(name, context.Workspace.Models.Keys, "model"));
            return null;
        }

        var original = sources.Fetch(model.Source, model.Folder, model.Name);
        var prepared = context.Add(new ActionNode
        {
            Id = Id(model, "prepare"),
            Work = new ActionWork.BuiltIn("onnx-prepare", ImmutableSortedDictionary<string, string>.Empty),
            Inputs = [Plan(Preparation(model)), original.At("/model.onnx", "the network as published")],
            Outputs = [new("file", "file", OutputKind.File)],
            Resources = new(MemoryBytes: 1L << 30),
            Description = $"Prepare the model {model.Name}",
        });
        var quantized = model.Quantize is { } quantize ? Quantization(model, quantize, original, prepared) : null;
        prepared = quantized ?? prepared;
        var accuracy = model.Evaluate is { } evaluate ? Evaluation(model, evaluate, original, prepared) : null;
        var samples = model.Samples.Select(s => (Sample: s, Audio: Audio(model, s))).ToImmutableArray();
        return context.Add(new ActionNode
        {
            Id = Id(model, "golden"),
            Work = new ActionWork.BuiltIn("onnx-golden", ImmutableSortedDictionary<string, string>.Empty),
            Inputs =
            [
                Plan(Whole(model)),
                original.At("/original.onnx", "the network as published"),
                prepared.At("/model.onnx", "the network that is deployed"),
                .. quantized is null ? [] : ImmutableArray.Create(new OutputRef(quantized.Action, "report").At("/quantization.json", "the quantization on the card")),
                .. accuracy is null ? [] : ImmutableArray.Create(accuracy.At("/accuracy.json", "the figures on the card")),
                .. model.Golden is not { } golden || datasets.Plan(golden.Dataset) is not { } data ? [] : ImmutableArray.Create(data.At("/golden", $"golden frames of {golden.Dataset}")),
                .. samples.Where(s => s.Audio is not null).Select(s => s.Audio! with { MountPath = $"/sample/{s.Sample.Name}" }),
            ],
            Outputs = [new("tree", "tree", OutputKind.Tree)],
            Resources = new(MemoryBytes: 1L << 30),
            Description = $"Compute golden outputs of {model.Name}",
        });
    }

    // The gate is asked here too, because it decides which layers stay float.
    private OutputRef Quantization(ModelRecipe model, QuantizeSpec quantize, OutputRef original, OutputRef prepared) => context.Add(new ActionNode
    {
        Id = Id(model, "quantize"),
        Work = new ActionWork.BuiltIn("onnx-quantize", ImmutableSortedDictionary<string, string>.Empty),
        Inputs =
        [
            Plan(Shrinking(model, quantize)),
            original.At("/original.onnx", "the float network that sets the mark"),
            prepared.At("/model.onnx", "the network that is quantized"),
            .. Data("/calibration", quantize.Calibration?.Dataset, "ranges of activations are measured on it"),
            .. Data("/dataset", GateOf(model, quantize)?.Dataset, "the gate decides which layers stay float"),
        ],
        Outputs = [new("file", "file", OutputKind.File), new("report", "report", OutputKind.File)],
        Resources = new(MemoryBytes: 2L << 30),
        Description = $"Quantize {model.Name}",
    });

    private ImmutableArray<InputEdge> Data(string at, Sited<string>? dataset, string reason) =>
        dataset is null || datasets.Plan(dataset) is not { } data ? [] : [data.At(at, reason)];

    // Only static quantization has layers that can fall back.
    private static EvaluateSpec? GateOf(ModelRecipe model, QuantizeSpec quantize) => quantize.Calibration is null ? null : model.Evaluate;

    private OutputRef? Evaluation(ModelRecipe model, EvaluateSpec evaluate, OutputRef original, OutputRef prepared) => datasets.Plan(evaluate.Dataset) is not { } data ? null : context.Add(new ActionNode
    {
        Id = Id(model, "evaluate"),
        Work = new ActionWork.BuiltIn("onnx-evaluate", ImmutableSortedDictionary<string, string>.Empty),
        Inputs =
        [
            Plan(Judgement(model, evaluate)),
            original.At("/original.onnx", "the float network that sets the mark"),
            prepared.At("/model.onnx", "the network that is judged"),
            data.At("/dataset", $"the test data of {evaluate.Dataset}"),
        ],
        Outputs = [new("file", "file", OutputKind.File)],
        Resources = new(MemoryBytes: 2L << 30),
        Description = $"Judge {model.Name} on {evaluate.Dataset}",
    });

    private static ActionId Id(ModelRecipe model, string step) => new($"{model.Name}:{step}");

    private InputEdge? Audio(ModelRecipe model, SampleSpec sample)
    {
        var at = $"/sample/{sample.Name}";
        switch (sample.Kind.Value)
        {
            case "wav":
                return context.Local($"{model.Folder}/{sample.Text}", at, $"sample {sample.Name}");
            case "speech":
                return context.Add(new ActionNode
                {
                    Id = Id(model, $"speech-{sample.Name}"),
                    Work = new ActionWork.Process { Arguments = ["/usr/bin/espeak-ng", "-v", "en", "-w", "/out/speech.wav", sample.Text?.Value ?? ""] },
                    Inputs = [toolRoots.Plan(Datasets.AudioToolRoot, sample.Kind.Span).At("/", "tools")],
                    Outputs = [new("file", "/out/speech.wav", OutputKind.File)],
                    Description = $"Speak the sample {sample.Name}",
                }).At(at, $"sample {sample.Name}");
            default:
                return null;
        }
    }

    private static InputEdge Plan(ModelBuildPlan plan) => new("/plan.json", new InputSource.Inline(JsonSerializer.Serialize(plan, ModelBuildWriter.Default.ModelBuildPlan)), "what the model recipe says");

    private static ModelBuildPlan Form(ModelRecipe model) => new()
    {
        Name = model.Name,
        Shapes = model.Shapes,
        Constants = model.Constants,
        Carry = model.Carry,
        Context = model.Context,
    };

    // Fused operators cannot compute on integers: fusing is left for afterwards.
    private static ModelBuildPlan Preparation(ModelRecipe model) => Form(model) with
    {
        Optimize = model.Quantize is { Method.Value: not "float16" } && Optimize(model) == "extended" ? "basic" : Optimize(model),
        Tolerance = model.Tolerance,
    };

    private static string Optimize(ModelRecipe model) => model.Optimize?.Value ?? "extended";

    private static ModelBuildPlan Shrinking(ModelRecipe model, QuantizeSpec quantize) => Form(model) with
    {
        Optimize = Optimize(model),
        Preprocess = Preprocess(model),
        Quantize = new(
            quantize.Method,
            quantize.Calibration is { } data ? new(data.Dataset, data.Split, data.Count, data.Method?.Value, data.Percentile) : null,
            quantize.Activations?.Value,
            quantize.Weights?.Value,
            quantize.Symmetric,
            quantize.PerChannel,
            [.. quantize.Exclude.Select(e => e.Value)],
            quantize.FloatLayers),
        Evaluate = GateOf(model, quantize) is { } gate ? Limits(gate) : null,
    };

    private static EvaluatePlan Limits(EvaluateSpec evaluate) => new(evaluate.Dataset, evaluate.Split, evaluate.Metric, evaluate.Min?.Value, evaluate.MaxDrop?.Value, evaluate.Threshold?.Value);

    private static ModelBuildPlan Judgement(ModelRecipe model, EvaluateSpec evaluate) => Form(model) with
    {
        Preprocess = Preprocess(model),
        Evaluate = Limits(evaluate),
    };

    private static PreprocessPlan? Preprocess(ModelRecipe model) =>
        model.Preprocess is { } images ? new(images.Fit?.Value ?? "exact", images.Channels, images.Mean, images.Deviation) : null;

    private static ModelBuildPlan Whole(ModelRecipe model) => Preparation(model) with
    {
        Tolerance = model.Quantize?.Tolerance ?? model.Tolerance,
        Version = model.Version,
        License = model.License,
        Origin = model.Origin ?? "",
        TrainedOn = model.TrainedOn ?? "",
        Preprocess = Preprocess(model),
        Labels = [.. model.Labels.Select(l => l.Value)],
        Golden = model.Golden is { } golden ? new(golden.Dataset, golden.Split, golden.Count) : null,
        Samples = [.. model.Samples.Select(s => new SamplePlan(s.Name, s.Kind, s.Seed, s.Seconds))],
        Expect = [.. model.Expect.Select(e => new ExpectPlan(e.Sample, e.Min, e.Max))],
    };
}
