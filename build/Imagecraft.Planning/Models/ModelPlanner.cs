// A model recipe as actions: fetch, prepare, fuse or quantize, convert, judge, golden outputs, deployable tree. Unaware of what the functions do with ONNX.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Models;

/// <summary>Plans networks. What all variants share is <c>NAME:prepare</c>; the rest has the variant as its target, as in <c>NAME@int8:quantize</c>.</summary>
public sealed class ModelPlanner(PlanContext context, ToolRoots toolRoots, SourcePlanner sources, DatasetPlanner datasets, Inference inference)
{
    private const long Memory = 1L << 30, MuchMemory = 2L << 30;

    /// <summary>Who runs the networks.</summary>
    public Inference Inference { get; } = inference;

    /// <summary>All that becomes of a deployment; problems are noted.</summary>
    public PlannedModel Plan(Deployment deployment)
    {
        var model = deployment.Model;
        var original = sources.File(model.Source, model.Folder, model.Name);
        var samples = Samples(model);
        var prepared = Step(new($"{model.Name}:prepare"), "onnx-prepare", $"Prepare the model {model.Name}",
            [ModelPlanText.Edge(ModelPlanText.Preparation(model)), new("/model.onnx", original, "the network as published"), .. samples]);
        var floating = NeedsFusion(deployment)
            ? Step(new($"{model.Name}:fuse"), "onnx-fuse", $"Fuse operators of {model.Name}",
                [ModelPlanText.Edge(ModelPlanText.Fusion(model)), prepared.At("/model.onnx", "the network whose operators are fused"), .. samples])
            : prepared;
        var quantized = model.Quantize is { } quantize && deployment.IsQuantized ? Quantization(deployment, quantize, original, floating) : null;
        var graph = quantized ?? floating;
        var report = quantized is null ? null : quantized with { Output = "report" };
        var file = deployment.Format == "onnx" ? graph : Conversion(deployment, graph);
        var accuracy = model.Evaluate is { } evaluate ? Evaluation(deployment, evaluate, original, graph) : null;
        var profiles = Profiles(deployment, prepared, graph);
        if (deployment.ReportOnly)
            return new(deployment, file, null, null, accuracy, report, profiles);

        var golden = context.Add(new ActionNode
        {
            Id = deployment.Folder == model.Name.Value ? new($"{model.Name}:golden") : new($"{model.Name}@{deployment.Folder[(model.Name.Value.Length + 1)..]}:golden"),
            Work = new ActionWork.BuiltIn("onnx-golden", ImmutableSortedDictionary<string, string>.Empty),
            Inputs =
            [
                ModelPlanText.Edge(ModelPlanText.Whole(deployment)),
                new("/original.onnx", original, "the network as published"),
                file.At("/deployed", "the network that is deployed"),
                .. Optional(file == graph ? null : graph, "/model.onnx", "what the deployed file was made of"),
                .. Optional(report, "/quantization.json", "the quantization on the card"),
                .. Optional(accuracy, "/accuracy.json", "the figures on the card"),
                .. profiles.Select(p => p.At($"/profile/{p.Action.Value.Split(':')[^1]}", "what an accelerator takes of it, on the card")),
                .. samples,
            ],
            Outputs = [new("tree", "tree", OutputKind.Tree), new("card", "card", OutputKind.File)],
            Resources = new(MemoryBytes: Memory),
            Description = $"Compute golden outputs of {deployment.Folder}",
        });
        return new(deployment, file, golden, golden with { Output = "card" }, accuracy, report, profiles);
    }

    /// <summary>Quantization fuses by itself, behind the integers; half weights come last.</summary>
    private bool NeedsFusion(Deployment deployment) => deployment.Variant != ModelVariants.Integers && ModelPlanText.Optimize(deployment.Model) == "extended" && !Inference.IsAccelerator;

    // The gate is asked here too, because it decides which layers stay float.
    private OutputRef Quantization(Deployment deployment, QuantizeSpec quantize, InputSource original, OutputRef network) => context.Add(new ActionNode
    {
        Id = Id(deployment, "quantize"),
        Work = new ActionWork.BuiltIn("onnx-quantize", ImmutableSortedDictionary<string, string>.Empty),
        Inputs =
        [
            ModelPlanText.Edge(ModelPlanText.Shrinking(deployment, quantize, Inference)),
            new("/original.onnx", original, "the float network that sets the mark"),
            network.At("/model.onnx", "the network that is quantized"),
            .. Data("/calibration", quantize.Calibration?.Dataset, "ranges of activations are measured on it"),
            .. Data("/dataset", ModelPlanText.GateOf(deployment.Model, quantize)?.Dataset, "the gate decides which layers stay float"),
        ],
        Outputs = [new("file", "file", OutputKind.File), new("report", "report", OutputKind.File)],
        Resources = new(MemoryBytes: MuchMemory),
        Description = $"Quantize {deployment.Model.Name}",
    });

    private OutputRef Conversion(Deployment deployment, OutputRef graph) => context.Add(new ActionNode
    {
        Id = FileId(deployment, "convert"),
        Work = new ActionWork.BuiltIn("onnx-convert", ImmutableSortedDictionary<string, string>.Empty.Add("name", deployment.Model.Name)),
        Inputs = [graph.At("/model.onnx", "the network that is converted")],
        Outputs = [new("file", "file", OutputKind.File)],
        Resources = new(MemoryBytes: Memory),
        Description = $"Convert {deployment.Model.Name} to ONNX Runtime's own format",
    });

    private OutputRef? Evaluation(Deployment deployment, EvaluateSpec evaluate, InputSource original, OutputRef graph) => datasets.Plan(evaluate.Dataset) is not { } data ? null : context.Add(new ActionNode
    {
        Id = Id(deployment, "evaluate"),
        Work = new ActionWork.BuiltIn("onnx-evaluate", ImmutableSortedDictionary<string, string>.Empty),
        Inputs =
        [
            ModelPlanText.Edge(ModelPlanText.Judgement(deployment, evaluate)),
            new("/original.onnx", original, "the float network that sets the mark"),
            graph.At("/model.onnx", "the network that is judged"),
            data.At("/dataset", $"the test data of {evaluate.Dataset}"),
        ],
        Outputs = [new("file", "file", OutputKind.File)],
        Resources = new(MemoryBytes: MuchMemory),
        Description = $"Judge {deployment.Model.Name} ({deployment.Variant}) on {evaluate.Dataset}",
    });

    /// <summary>The board's choice judges what is deployed, integers and all; other accelerators the float network, as if it were quantized for them.</summary>
    private ImmutableArray<OutputRef> Profiles(Deployment deployment, OutputRef prepared, OutputRef graph)
    {
        var others = Inference.Others.Select(other => Fit(new($"{deployment.Model.Name}:profile-{other.Name}"), deployment.Model, other with { TakesFloat = true }, false, prepared));
        if (!Inference.IsAccelerator)
            return [.. others];
        var mustFit = !deployment.Fallback;
        return [Fit(Id(deployment, $"{(mustFit ? "fit" : "profile")}-{Inference.Profile!.Name}"), deployment.Model, Inference.Profile, mustFit, graph), .. others];
    }

    private OutputRef Fit(ActionId id, ModelRecipe model, ProfilePlan profile, bool mustFit, OutputRef network) => context.Add(new ActionNode
    {
        Id = id,
        Work = new ActionWork.BuiltIn("onnx-profile", ImmutableSortedDictionary<string, string>.Empty),
        Inputs = [ModelPlanText.Edge(ModelPlanText.Fitting(model, profile, mustFit)), network.At("/model.onnx", "the network that is held against the profile")],
        Outputs = [new("file", "file", OutputKind.File)],
        Resources = new(MemoryBytes: Memory),
        Description = $"Hold {model.Name} against the profile of {profile.Name}",
    });

    private OutputRef Step(ActionId id, string function, string description, params ImmutableArray<InputEdge> inputs) => context.Add(new ActionNode
    {
        Id = id,
        Work = new ActionWork.BuiltIn(function, ImmutableSortedDictionary<string, string>.Empty),
        Inputs = inputs,
        Outputs = [new("file", "file", OutputKind.File)],
        Resources = new(MemoryBytes: Memory),
        Description = description,
    });

    private static ActionId Id(Deployment deployment, string step) => new($"{deployment.Model.Name}@{deployment.Label}:{step}");

    private static ActionId FileId(Deployment deployment, string step) => new($"{deployment.Model.Name}@{deployment.FileLabel}:{step}");

    private ImmutableArray<InputEdge> Data(string at, Sited<string>? dataset, string reason) => dataset is null ? [] : Optional(datasets.Plan(dataset), at, reason);

    private static ImmutableArray<InputEdge> Optional(OutputRef? output, string at, string reason) => output is null ? [] : [output.At(at, reason)];

    /// <summary>Everything that a recipe's samples and golden frames are made of.</summary>
    private ImmutableArray<InputEdge> Samples(ModelRecipe model) =>
    [
        .. Data("/golden", model.Golden?.Dataset, $"golden frames of {model.Golden?.Dataset}"),
        .. model.Samples.Select(sample => Audio(model, sample)).OfType<InputEdge>(),
    ];

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
                    Id = new($"{model.Name}:speech-{sample.Name}"),
                    Work = new ActionWork.Process { Arguments = ["/usr/bin/espeak-ng", "-v", "en", "-w", "/out/speech.wav", sample.Text?.Value ?? ""] },
                    Inputs = [toolRoots.Plan(DatasetPlanner.AudioToolRoot, sample.Kind.Span).At("/", "tools")],
                    Outputs = [new("file", "/out/speech.wav", OutputKind.File)],
                    Description = $"Speak the sample {sample.Name}",
                }).At(at, $"sample {sample.Name}");
            default:
                return null;
        }
    }
}
