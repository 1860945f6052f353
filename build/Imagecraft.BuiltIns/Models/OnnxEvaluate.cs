// Judges a prepared network on its whole test set.

using System.Text.Json.Serialization;
using System.Text.Json;
using Imagecraft.Engine.Actions;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx;
using Imagecraft.Planning.Models;
using Imagecraft.Planning;

namespace Imagecraft.BuiltIns.Models;

/// <summary><c>onnx-evaluate</c>: <c>/plan.json</c>, <c>/original.onnx</c>, <c>/model.onnx</c> and the tree <c>/dataset</c>. Output: <c>file</c>, the figures as JSON; it fails when the gate does not hold.</summary>
public sealed class OnnxEvaluate() : BuiltInFunction("onnx-evaluate", typeof(ModelBuilder), typeof(ModelBuildPlan), typeof(Microsoft.ML.OnnxRuntime.InferenceSession))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var plan = ModelPlans.Read(await TextAsync(context, "/plan.json", cancellationToken));
        var original = await context.FileAsync(Input(context, "/original.onnx"), cancellationToken);
        var model = await context.FileAsync(Input(context, "/model.onnx"), cancellationToken);
        var evaluate = plan.Evaluate!;
        var dataset = ModelSamples.Dataset(context, "/dataset", evaluate.Dataset);
        var scratch = Directory.CreateDirectory(Path.Combine(context.Scratch, "work")).FullName;
        AccuracyResult? result = null;
        ModelPlans.Guard(() =>
        {
            var gate = ModelBuilder.OpenGate(original, dataset, evaluate.Split, ModelPlans.Limits(evaluate), ModelPlans.Options(plan), scratch, cancellationToken);
            result = gate.Judge(model, cancellationToken);
        });
        context.Log(result!.Text);
        if (!result.Holds && evaluate.ReportOnly != true)
            throw new ActionFailedException(result.Text);
        await OutputTextAsync(context, "file", JsonSerializer.Serialize(result, AccuracyJson.Default.AccuracyResult), cancellationToken);
    }
}

/// <summary>How the figures travel to the card.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, NewLine = "\n")]
[JsonSerializable(typeof(AccuracyResult))]
internal sealed partial class AccuracyJson : JsonSerializerContext;
