// From the plan's words to the options of the ONNX project, and its errors to failures of the recipe.

using System.Text.Json;
using Imagecraft.Engine.Actions;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Passes;
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
        Carry = plan.Carry,
        Context = plan.Context,
        Tolerance = plan.Tolerance,
        Expect = [.. plan.Expect.Select(e => new Expectation(e.Sample, e.Min, e.Max))],
    };

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
