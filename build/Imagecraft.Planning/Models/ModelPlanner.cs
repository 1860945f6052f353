// A model recipe as actions: fetch, prepare, fuse or quantize, convert, judge, golden outputs, deployable tree. Unaware of what the functions do with ONNX.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Model;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Profiles;
using Imagecraft.Planning.Recipes;
using Imagecraft.Requests;
using Imagecraft.Requests.Models;

namespace Imagecraft.Planning.Models;

/// <summary>Plans networks. What all variants share is <c>NAME:prepare</c>; the rest has the variant as its target, as in <c>NAME@int8:quantize</c>.</summary>
public sealed class ModelPlanner(PlanContext context, ToolRoots toolRoots, SourcePlanner sources, DatasetPlanner datasets, Inference inference, InstructionCounter counter)
{
    private const long Memory = 1L << 30, MuchMemory = 2L << 30;
    private const string CountStep = "count";
    private const string Reason = "what the model recipe says";

    /// <summary>Who runs the networks.</summary>
    public Inference Inference { get; } = inference;

    /// <summary>As it is planned already, with the instructions that its deployed file takes.</summary>
    public PlannedModel Counted(PlannedModel planned) => planned with
    {
        Instructions = counter.Plan(FileId(planned.Deployment, CountStep), planned.Deployment.Model.Name, planned.File, planned.Deployment.OptimizeAtLoad, planned.Deployment.Model.Name.Span),
    };

    /// <summary>All that becomes of a deployment; problems are noted.</summary>
    public PlannedModel Plan(Deployment deployment)
    {
        var model = deployment.Model;
        var original = Original(model);
        var samples = Samples(model);
        var prepared = context.Call(new($"{model.Name}:prepare"), ModelRequests.Preparation(model), Reason, $"Prepare the model {model.Name}",
            [OnnxPrepareRequest.NetworkInput.Of(original, "the network as published"), .. samples], Memory);
        var floating = NeedsFusion(deployment.Variant, deployment) ? Fusion(model, prepared, samples) : prepared;
        var quantized = model.Quantize is { } quantize && deployment.IsQuantized ? Quantization(deployment, quantize, original, floating) : null;
        var chosen = quantized is not null && deployment.MayBeFloat ? Choice(deployment, quantized, NeedsFusion(ModelVariants.Floating, deployment) ? Fusion(model, prepared, samples) : prepared) : null;
        var graph = chosen ?? quantized ?? floating;
        var report = chosen?.Beside(OnnxChooseRequest.ReportOutput) ?? quantized?.Beside(OnnxQuantizeRequest.ReportOutput);
        var file = deployment.Format == "onnx" ? graph : Conversion(deployment, graph);
        var accuracy = model.Evaluate is { } evaluate ? Evaluation(deployment, evaluate, original, graph) : null;
        var profiles = Profiles(deployment, prepared, graph);
        if (deployment.ReportOnly)
            return new(deployment, file, null, null, accuracy, report, profiles);

        var golden = context.Call(
            deployment.Folder == model.Name.Value ? new($"{model.Name}:golden") : new($"{model.Name}@{deployment.Folder[(model.Name.Value.Length + 1)..]}:golden"),
            ModelRequests.Whole(deployment),
            Reason,
            $"Compute golden outputs of {deployment.Folder}",
            [
                OnnxGoldenRequest.OriginalInput.Of(original, "the network as published"),
                file.At(OnnxGoldenRequest.DeployedInput, "the network that is deployed"),
                .. Optional(file == graph ? null : graph, OnnxGoldenRequest.GraphInput, "what the deployed file was made of"),
                .. Optional(report, OnnxGoldenRequest.QuantizationInput, "the quantization on the card"),
                .. Optional(accuracy, OnnxGoldenRequest.AccuracyInput, "the figures on the card"),
                .. Optional(Contexts(deployment, file), OnnxGoldenRequest.ContextsInput, "what is compiled for the accelerator lies beside it"),
                .. profiles.Select(p => p.At(OnnxGoldenRequest.ProfileInputs.At(p.Action.Value.Split(':')[^1]), "what an accelerator takes of it, on the card")),
                .. samples,
            ],
            Memory);
        return new(deployment, file, golden, golden.Beside(OnnxGoldenRequest.CardOutput), accuracy, report, profiles);
    }

    /// <summary>The network as published, in one file with all its data.</summary>
    private InputSource Original(ModelRecipe model)
    {
        var network = sources.File(model.Source, model.Folder, model.Name);
        return model.Data.IsEmpty ? network : context.Call(
            new($"{model.Name}:gather"),
            new OnnxGatherRequest(model.Name, [.. model.Data.Keys]),
            "the names in the model recipe's `data`",
            $"Gather the data of {model.Name}",
            [
                OnnxGatherRequest.NetworkInput.Of(network, "the network as published"),
                .. model.Data.Values.Select((file, i) => OnnxGatherRequest.DataInputs.At(i).Of(sources.File(file, model.Folder, model.Name), $"values of tensors: {model.Data.Keys.ElementAt(i)}")),
            ],
            MuchMemory).Source;
    }

    /// <summary>Quantization fuses by itself, behind the integers; half weights come last.</summary>
    private static bool NeedsFusion(string variant, Deployment deployment) =>
        variant is ModelVariants.Floating or ModelVariants.Half && ModelRequests.Optimize(deployment.Model) == OptimizationLevel.Extended && !deployment.Inference.IsAccelerator;

    private OutputRef Fusion(ModelRecipe model, OutputRef prepared, ImmutableArray<InputEdge> samples) => context.Call(
        new($"{model.Name}:fuse"),
        ModelRequests.Fusion(model),
        Reason,
        $"Fuse operators of {model.Name}",
        [prepared.At(OnnxFuseRequest.NetworkInput, "the network whose operators are fused"), .. samples],
        Memory);

    private OutputRef Choice(Deployment deployment, OutputRef quantized, OutputRef floating)
    {
        var counts = Counts(deployment, quantized, floating);
        var asked = ModelRequests.Choice(deployment);
        return context.Call(
            Id(deployment, "choose"),
            counts.IsEmpty ? asked : asked with { MinSpeedup = deployment.Model.Quantize?.MinSpeedup?.Value },
            Reason,
            $"See whether {deployment.Model.Name} pays as {deployment.Variant}",
            [
                floating.At(OnnxChooseRequest.FloatInput, "what is deployed when it does not"),
                quantized.At(OnnxChooseRequest.QuantizedInput, "what is deployed when it does"),
                quantized.Beside(OnnxQuantizeRequest.ReportOutput).At(OnnxChooseRequest.ReportInput, "goes on with the quantized network"),
                .. counts,
            ]);
    }

    /// <summary>The instructions of both, where the recipe asks for speed and the board's architecture has a way to count.</summary>
    private ImmutableArray<InputEdge> Counts(Deployment deployment, OutputRef quantized, OutputRef floating)
    {
        if (deployment.Model.Quantize?.MinSpeedup is not { } asked || Count(floating, ModelVariants.Floating) is not { } before || Count(quantized, deployment.Variant) is not { } after)
            return [];
        return [before.At(OnnxChooseRequest.FloatCountInput, "the instructions of an inference in float"), after.At(OnnxChooseRequest.CountInput, $"the same as {deployment.Variant}")];

        OutputRef? Count(OutputRef network, string variant) => counter.Plan(new($"{deployment.Model.Name}@{variant}:{CountStep}"), deployment.Model.Name, network, deployment.OptimizeAtLoad, asked.Span);
    }

    // The gate is asked here too, because it decides which layers stay float.
    private OutputRef Quantization(Deployment deployment, QuantizeSpec quantize, InputSource original, OutputRef network) => context.Call(
        Id(deployment, "quantize"),
        ModelRequests.Shrinking(deployment, quantize),
        Reason,
        $"Quantize {deployment.Model.Name}",
        [
            OnnxQuantizeRequest.OriginalInput.Of(original, "the float network that sets the mark"),
            network.At(OnnxQuantizeRequest.NetworkInput, "the network that is quantized"),
            .. Vocabulary(deployment.Model),
            .. Data(OnnxQuantizeRequest.CalibrationInput, quantize.Calibration?.Dataset, quantize.Calibration?.Split, "ranges of activations are measured on it"),
            .. Data(OnnxQuantizeRequest.DatasetInput, ModelRequests.GateOf(deployment.Model, quantize)?.Dataset, ModelRequests.GateOf(deployment.Model, quantize)?.Split, "the gate decides which layers stay float"),
            .. Alphabet(deployment.Model, ModelRequests.GateOf(deployment.Model, quantize)),
        ],
        MuchMemory);

    private OutputRef Conversion(Deployment deployment, OutputRef graph) => context.Call(
        FileId(deployment, "convert"),
        new OnnxConvertRequest(deployment.Model.Name),
        "the model's name",
        $"Convert {deployment.Model.Name} to ONNX Runtime's own format",
        [graph.At(OnnxConvertRequest.NetworkInput, "the network that is converted")],
        Memory);

    // Only a network in ONNX' own format can have nodes that stand for parts.
    private OutputRef? Contexts(Deployment deployment, OutputRef file) => deployment.Format != "onnx" || deployment.Inference.Runner?.Contexts is not { } compiler ? null : context.Call(
        FileId(deployment, "contexts"),
        new OnnxContextsRequest(deployment.Model.Name, compiler),
        "the model's name, and who compiles",
        $"Compile parts of {deployment.Model.Name} for {deployment.Inference.Runner.Name}",
        [file.At(OnnxContextsRequest.NetworkInput, "the network whose parts are compiled")],
        Memory);

    private OutputRef? Evaluation(Deployment deployment, EvaluateSpec evaluate, InputSource original, OutputRef graph) => datasets.Plan(evaluate.Dataset, evaluate.Split) is not { } data ? null : context.Call(
        Id(deployment, "evaluate"),
        ModelRequests.Judgement(deployment, evaluate),
        Reason,
        $"Judge {deployment.Model.Name} ({deployment.Variant}) on {evaluate.Dataset}",
        [
            OnnxEvaluateRequest.OriginalInput.Of(original, "the float network that sets the mark"),
            graph.At(OnnxEvaluateRequest.NetworkInput, "the network that is judged"),
            .. Vocabulary(deployment.Model),
            data.At(OnnxEvaluateRequest.DatasetInput, $"the test data of {evaluate.Dataset}"),
            .. Alphabet(deployment.Model, evaluate),
        ],
        MuchMemory);

    /// <summary>The board's choice judges what is deployed, integers and all; other accelerators the float network, as if it were quantized for them.</summary>
    private ImmutableArray<OutputRef> Profiles(Deployment deployment, OutputRef prepared, OutputRef graph)
    {
        var inference = deployment.Inference;
        var others = inference.Others.Select(other => Fit(new($"{deployment.Model.Name}:profile-{other.Name}"), deployment.Model, other with { TakesFloat = true }, false, prepared));
        if (!inference.IsAccelerator)
            return [.. others];
        var mustFit = !deployment.Fallback;
        return [Fit(Id(deployment, $"{(mustFit ? "fit" : "profile")}-{inference.Profile!.Name}"), deployment.Model, inference.Profile, mustFit, graph), .. others];
    }

    private OutputRef Fit(ActionId id, ModelRecipe model, Profile profile, bool mustFit, OutputRef network) => context.Call(
        id,
        new OnnxProfileRequest(model.Name, profile, mustFit) { Budget = ModelRequests.Budget(model, profile) },
        "what the profile says",
        $"Hold {model.Name} against the profile of {profile.Name}",
        [network.At(OnnxProfileRequest.NetworkInput, "the network that is held against the profile")],
        Memory);

    private static ActionId Id(Deployment deployment, string step) => new($"{deployment.Model.Name}@{deployment.Label}:{step}");

    private static ActionId FileId(Deployment deployment, string step) => new($"{deployment.Model.Name}@{deployment.FileLabel}:{step}");

    private ImmutableArray<InputEdge> Data(InputSlot at, Sited<string>? dataset, Sited<string>? split, string reason) => dataset is null || split is null ? [] : Optional(datasets.Plan(dataset, split), at, reason);

    private static ImmutableArray<InputEdge> Optional(OutputRef? output, InputSlot at, string reason) => output is null ? [] : [output.At(at, reason)];

    /// <summary>Everything that a recipe's samples and golden frames are made of.</summary>
    private ImmutableArray<InputEdge> Samples(ModelRecipe model) =>
    [
        .. Vocabulary(model),
        .. Data(NetworkSamples.GoldenInput, model.Golden?.Dataset, model.Golden?.Split, $"golden frames of {model.Golden?.Dataset}"),
        .. model.Samples.Select(sample => Audio(model, sample)).OfType<InputEdge>(),
    ];

    private ImmutableArray<InputEdge> Vocabulary(ModelRecipe model) => model.Tokenizer is not { } tokenizer ? [] :
    [
        NetworkForm.VocabularyInput.Of(sources.File(tokenizer.Vocabulary, model.Folder, model.Name), "the vocabulary of its tokenizer"),
        .. tokenizer.Merges is { } merges ? ImmutableArray.Create(NetworkForm.MergesInput.Of(sources.File(merges, model.Folder, model.Name), "the merges of its tokenizer")) : [],
    ];

    private ImmutableArray<InputEdge> Alphabet(ModelRecipe model, EvaluateSpec? gate) =>
        gate?.Alphabet is { } alphabet ? [NetworkForm.AlphabetInput.Of(sources.File(alphabet.Source, model.Folder, model.Name), "what its classes write")] : [];

    private InputEdge? Audio(ModelRecipe model, SampleSpec sample)
    {
        var at = NetworkSamples.SoundInputs.At(sample.Name);
        switch (sample.Kind.Value)
        {
            case "wav":
                return context.Local($"{model.Folder}/{sample.Text}", at.Path, $"sample {sample.Name}");
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
