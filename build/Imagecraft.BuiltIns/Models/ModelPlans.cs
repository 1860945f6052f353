// From the plan's words to the options of the ONNX project, and its errors to failures of the recipe.

using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.Engine.Actions;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Profiles;
using Imagecraft.Onnx.Quantization.Calibration;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx;
using Imagecraft.Planning.Models;
using Imagecraft.Planning.Recipes;
using Imagecraft.Planning;

namespace Imagecraft.BuiltIns.Models;

internal static class ModelPlans
{
    public static ModelBuildPlan Read(string json) => JsonSerializer.Deserialize(json, ModelBuildJson.Default.ModelBuildPlan)!;

    public static ModelOptions Options(ModelBuildPlan plan) => new()
    {
        Name = plan.Name,
        Version = plan.Version,
        License = plan.License,
        Origin = plan.Origin,
        TrainedOn = plan.TrainedOn,
        Preprocess = plan.Preprocess is { } images ? Preprocess(images) : null,
        Labels = plan.Labels,
        Shapes = plan.Shapes,
        Constants = plan.Constants,
        Optimize = plan.Optimize switch
        {
            "none" => OptimizationLevel.None,
            "basic" => OptimizationLevel.Basic,
            "extended" => OptimizationLevel.Extended,
            var other => throw new ActionFailedException($"Model `{plan.Name}`: `optimize: {other}` is unknown; write one of [none, basic, extended]"),
        },
        WithoutPasses = plan.Passes is { } passes ? Without(passes) : [],
        Carry = plan.Carry,
        Context = plan.Context,
        Tolerance = plan.Tolerance,
        Outliers = plan.Outliers ?? 0,
        Expect = [.. plan.Expect.Select(e => new Expectation(e.Sample, e.Min, e.Max))],
    };

    public static AccuracyLimits Limits(EvaluatePlan plan) => new(Metric.Named(plan.Metric, plan.Threshold ?? Metric.UsualThreshold), plan.Min, plan.MaxDrop);

    /// <summary>The settings of a quantization within what runs the network.</summary>
    /// <exception cref="OnnxException">The recipe wants what the profile does not take.</exception>
    public static QuantizationSettings Settings(QuantizePlan plan, ProfilePlan? profile, string name, bool mustHold) => new(
        plan.Method switch
        {
            "static" => QuantizationMethod.Static,
            "dynamic" => QuantizationMethod.Dynamic,
            "float16" => QuantizationMethod.Float16,
            var other => throw new ActionFailedException($"`method: {other}` is unknown; write one of [static, dynamic, float16]"),
        },
        plan.Method == "float16" ? new() : ProfileOptions.Of(profile is null ? Everything : ProfilePlans.Profile(profile), Wishes(plan), name),
        plan.FloatLayers) { MustHold = mustHold };

    /// <summary>A CPU of which nothing is said.</summary>
    private static readonly Profile Everything = new() { Name = "cpu", Operators = null, Target = QuantizationTarget.OnnxRuntime };

    private static QuantizationWishes Wishes(QuantizePlan plan) => new()
    {
        Calibration = plan.Calibration is { } data ? Calibration(data) : new(),
        ActivationType = plan.Activations is { } activations ? ProfilePlans.Type(activations) : null,
        WeightType = plan.Weights is { } weights ? ProfilePlans.Type(weights) : null,
        SymmetricActivations = plan.Symmetric,
        PerChannel = plan.PerChannel,
        Exclude = [.. plan.Exclude],
    };

    private static ImmutableArray<string> Without(PassesPlan passes) =>
        passes.Only.IsEmpty ? passes.Without : [.. StandardPasses.Names.Except(passes.Only)];

    private static CalibrationOptions Calibration(CalibrationPlan plan)
    {
        var options = new CalibrationOptions
        {
            Method = plan.Method switch
            {
                null or "min-max" => CalibrationMethod.MinMax,
                "entropy" => CalibrationMethod.Entropy,
                "percentile" => CalibrationMethod.Percentile,
                var other => throw new ActionFailedException($"`method: {other}` of the calibration is unknown; write one of [min-max, entropy, percentile]"),
            },
        };
        return plan.Percentile is { } percentile ? options with { Percentile = percentile } : options;
    }

    private static ImagePreprocessing Preprocess(PreprocessPlan plan) => new()
    {
        Fit = plan.Fit switch
        {
            "exact" => ImageFit.Exact,
            "stretch" => ImageFit.Stretch,
            "pad" => ImageFit.Pad,
            "pad-width" => ImageFit.PadWidth,
            var other => throw new ActionFailedException($"`fit: {other}` is unknown; write one of [exact, stretch, pad, pad-width]"),
        },
        Channels = plan.Channels switch
        {
            "gray" => ChannelOrder.Gray,
            "rgb" => ChannelOrder.Rgb,
            "bgr" => ChannelOrder.Bgr,
            var other => throw new ActionFailedException($"`channels: {other}` is unknown; write one of [gray, rgb, bgr]"),
        },
        Mean = plan.Mean,
        Deviation = plan.Std,
    };

    /// <summary>Runs work whose input is the user's: its errors are the recipe's.</summary>
    public static void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (OnnxException problem)
        {
            throw new ActionFailedException(problem.Message, problem);
        }
    }
}
