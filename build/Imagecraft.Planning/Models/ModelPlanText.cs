// What each step of a model build is told of the recipe, and nothing else, so that a change runs only the steps that it concerns.

using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.Engine.Actions;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning.Models;

internal static class ModelPlanText
{
    public static InputEdge Edge(ModelBuildPlan plan) => new("/plan.json", new InputSource.Inline(JsonSerializer.Serialize(plan, ModelBuildWriter.Default.ModelBuildPlan)), "what the model recipe says");

    /// <summary>Passes and their verification. Fused operators cannot compute on integers, and no accelerator knows them: fusing is left for afterwards.</summary>
    public static ModelBuildPlan Preparation(ModelRecipe model) => Samples(model) with
    {
        Optimize = model.Optimize?.Value == "none" ? "none" : "basic",
        Passes = model.Passes is { } passes ? new([.. passes.Without.Select(p => p.Value)], [.. passes.Only.Select(p => p.Value)]) : null,
    };

    public static ModelBuildPlan Fusion(ModelRecipe model) => Samples(model) with { Optimize = Optimize(model) };

    public static ModelBuildPlan Shrinking(Deployment deployment, QuantizeSpec quantize, Inference inference) => Form(deployment.Model) with
    {
        Optimize = inference.IsAccelerator && Optimize(deployment.Model) == "extended" ? "basic" : Optimize(deployment.Model),
        Preprocess = Preprocess(deployment.Model),
        Profile = inference.Profile,
        Quantize = new(
            quantize.Method,
            quantize.Calibration is { } data ? new(data.Dataset, data.Split, data.Count, data.Method?.Value, data.Percentile) : null,
            quantize.Activations?.Value,
            quantize.Weights?.Value,
            quantize.Symmetric,
            quantize.PerChannel,
            [.. quantize.Exclude.Select(e => e.Value)],
            quantize.FloatLayers),
        Evaluate = GateOf(deployment.Model, quantize) is { } gate ? Limits(gate, deployment) : null,
    };

    public static ModelBuildPlan Fitting(ModelRecipe model, ProfilePlan profile, bool mustFit) => new() { Name = model.Name, Profile = profile, MustFit = mustFit ? true : null };

    public static ModelBuildPlan Judgement(Deployment deployment, EvaluateSpec evaluate) => Form(deployment.Model) with
    {
        Preprocess = Preprocess(deployment.Model),
        Evaluate = Limits(evaluate, deployment),
    };

    public static ModelBuildPlan Whole(Deployment deployment)
    {
        var model = deployment.Model;
        return Samples(model) with
        {
            Tolerance = deployment.IsQuantized && model.Quantize?.Tolerance is { } own ? own : model.Tolerance,
            Outliers = deployment.IsQuantized && model.Quantize is { Outliers: > 0 and var share } ? share : null,
            Variant = deployment.Variant,
            Folder = deployment.Folder,
            Format = deployment.Format,
            Optimize = Optimize(model),
            Version = model.Version,
            License = model.License,
            Origin = model.Origin ?? "",
            TrainedOn = model.TrainedOn ?? "",
            Labels = [.. model.Labels.Select(l => l.Value)],
            Expect = [.. model.Expect.Select(e => new ExpectPlan(e.Sample, e.Min, e.Max))],
        };
    }

    /// <summary>Only static quantization has layers that can fall back.</summary>
    public static EvaluateSpec? GateOf(ModelRecipe model, QuantizeSpec quantize) => quantize.Calibration is null ? null : model.Evaluate;

    /// <summary>The level of ONNX Runtime behind the recipe's passes, as far as its own are not left out.</summary>
    public static string Optimize(ModelRecipe model) => model.Optimize?.Value switch
    {
        null or "extended" when model.Passes?.Runs(PassesSpec.Extended) != false => "extended",
        "none" => "none",
        _ => model.Passes?.Runs(PassesSpec.Basic) != false ? "basic" : "none",
    };

    private static ModelBuildPlan Form(ModelRecipe model) => new()
    {
        Name = model.Name,
        Shapes = model.Shapes,
        Constants = model.Constants,
        Carry = model.Carry,
        Context = model.Context,
    };

    private static ModelBuildPlan Samples(ModelRecipe model) => Form(model) with
    {
        Tolerance = model.Tolerance,
        Preprocess = Preprocess(model),
        Golden = model.Golden is { } golden ? new(golden.Dataset, golden.Split, golden.Count) : null,
        Samples = [.. model.Samples.Select(s => new SamplePlan(s.Name, s.Kind, s.Seed, s.Seconds))],
    };

    private static EvaluatePlan Limits(EvaluateSpec evaluate, Deployment deployment) =>
        new(evaluate.Dataset, evaluate.Split, evaluate.Metric, evaluate.Min?.Value, evaluate.MaxDrop?.Value, evaluate.Threshold?.Value, deployment.ReportOnly ? true : null);

    private static PreprocessPlan? Preprocess(ModelRecipe model) =>
        model.Preprocess is { } images ? new(images.Fit?.Value ?? "exact", images.Channels, images.Mean, images.Deviation) : null;
}
