// Judges a prepared network on its whole test set.

using System.Text.Json.Serialization;
using System.Text.Json;
using Imagecraft.Engine.Actions;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx;
using Imagecraft.Requests.Models;

namespace Imagecraft.BuiltIns.Models;

/// <summary>The function of <see cref="OnnxEvaluateRequest"/>; it fails when the gate does not hold.</summary>
public sealed class OnnxEvaluate() : BuiltInFunction<OnnxEvaluateRequest>(NetworkOptions.Deciders)
{
    /// <inheritdoc/>
    protected override async Task RunAsync(OnnxEvaluateRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var (goal, options) = (request.Goal, NetworkOptions.Of(request.Form, context));
        var original = await context.FileAsync(OnnxEvaluateRequest.OriginalInput, cancellationToken);
        var model = await context.FileAsync(OnnxEvaluateRequest.NetworkInput, cancellationToken);
        var dataset = ModelSamples.Dataset(context, OnnxEvaluateRequest.DatasetInput, goal.Dataset);
        var scratch = Directory.CreateDirectory(Path.Combine(context.Scratch, "work")).FullName;
        AccuracyResult? result = null;
        NetworkOptions.Guard(() =>
        {
            using var gate = ModelBuilder.OpenGate(original, dataset, goal.Split, NetworkOptions.Limits(goal, context), options, scratch, cancellationToken);
            result = gate.Judge(model, cancellationToken);
        });
        context.Log(result!.Text);
        if (!result.Holds && !goal.ReportOnly)
            throw new ActionFailedException(result.Text);
        await context.OutputTextAsync(OnnxEvaluateRequest.FiguresOutput, JsonSerializer.Serialize(result, AccuracyJson.Default.AccuracyResult), cancellationToken);
    }
}

/// <summary>How the figures travel to the card.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, NewLine = "\n", NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(AccuracyResult))]
internal sealed partial class AccuracyJson : JsonSerializerContext;
