// Makes a prepared network small.

using Imagecraft.Engine.Actions;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx;
using Imagecraft.Planning.Models;
using Imagecraft.Planning;

namespace Imagecraft.BuiltIns.Models;

/// <summary>
/// <c>onnx-quantize</c>: <c>/plan.json</c>, <c>/original.onnx</c>, <c>/model.onnx</c>, and the trees <c>/calibration</c> and <c>/dataset</c> (for the gate) if the plan names them.
/// Outputs: <c>file</c>, and <c>report</c> as JSON.
/// </summary>
public sealed class OnnxQuantize() : BuiltInFunction("onnx-quantize", typeof(ModelBuilder), typeof(ModelBuildPlan), typeof(Microsoft.ML.OnnxRuntime.InferenceSession))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var plan = ModelPlans.Read(await TextAsync(context, "/plan.json", cancellationToken));
        var original = await context.FileAsync(Input(context, "/original.onnx"), cancellationToken);
        var prepared = await context.FileAsync(Input(context, "/model.onnx"), cancellationToken);
        var quantize = plan.Quantize!;
        var calibration = quantize.Calibration is { } data ? ModelSamples.Dataset(context, "/calibration", data.Dataset) : null;
        var dataset = plan.Evaluate is { } evaluate ? ModelSamples.Dataset(context, "/dataset", evaluate.Dataset) : null;
        var quantized = Path.Combine(context.Scratch, "model.onnx");
        var scratch = Directory.CreateDirectory(Path.Combine(context.Scratch, "work")).FullName;
        QuantizationReport? report = null;
        ModelPlans.Guard(() =>
        {
            // Before a gate runs it on a whole split.
            QuantizedOperators.Refuse(OnnxFile.Read(original, plan.Name), plan.Name);
            var options = ModelPlans.Options(plan);
            AccuracyGate? gate = dataset is null ? null : ModelBuilder.OpenGate(original, dataset, plan.Evaluate!.Split, ModelPlans.Limits(plan.Evaluate), options, scratch, cancellationToken);
            report = ModelBuilder.Quantize(
                prepared,
                quantized,
                input => calibration?.Read(quantize.Calibration!.Split, input, options, quantize.Calibration.Count, cancellationToken) ?? [],
                gate,
                ModelPlans.Settings(quantize, plan.Profile, plan.Name, plan.Evaluate?.ReportOnly != true),
                options,
                scratch,
                cancellationToken);
        });
        context.Log($"{report!.FloatBytes} bytes in float, {report.Bytes} bytes quantized; {report.Layers.Length} layers on integers, {report.FloatLayers.Length} left float for the accuracy");
        foreach (var node in report.FloatNodes)
            context.Log($"Not on integers: {node.Text}");
        await context.OutputFileAsync("file", quantized, executable: false, cancellationToken);
        await OutputTextAsync(context, "report", report.ToJson(), cancellationToken);
    }
}
