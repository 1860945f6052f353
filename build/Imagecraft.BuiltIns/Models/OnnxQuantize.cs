// Makes a prepared network small.

using System.Globalization;
using Imagecraft.Engine.Actions;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx;
using Imagecraft.Requests.Models;

namespace Imagecraft.BuiltIns.Models;

/// <summary>The function of <see cref="OnnxQuantizeRequest"/>.</summary>
public sealed class OnnxQuantize() : BuiltInFunction<OnnxQuantizeRequest>(NetworkOptions.Deciders)
{
    /// <inheritdoc/>
    protected override async Task RunAsync(OnnxQuantizeRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var (name, options) = (request.Form.Name, NetworkOptions.Of(request.Form, context) with { Optimize = request.Optimize });
        var original = await context.FileAsync(OnnxQuantizeRequest.OriginalInput, cancellationToken);
        var prepared = await context.FileAsync(OnnxQuantizeRequest.NetworkInput, cancellationToken);
        var calibration = request.Calibration is { } data ? ModelSamples.Dataset(context, OnnxQuantizeRequest.CalibrationInput, data.Dataset) : null;
        var dataset = request.Goal is { } goal ? ModelSamples.Dataset(context, OnnxQuantizeRequest.DatasetInput, goal.Dataset) : null;
        var quantized = Path.Combine(context.Scratch, "model.onnx");
        var scratch = Directory.CreateDirectory(Path.Combine(context.Scratch, "work")).FullName;
        QuantizationReport? report = null;
        NetworkOptions.Guard(() =>
        {
            // Before a gate runs it on a whole split.
            if (request.Method != QuantizationMethod.Taken)
                QuantizedOperators.Refuse(OnnxFile.Read(original, name), name);
            using AccuracyGate? gate = dataset is null ? null : ModelBuilder.OpenGate(original, dataset, request.Goal!.Split, NetworkOptions.Limits(request.Goal, context), options, scratch, cancellationToken);
            report = ModelBuilder.Quantize(
                prepared,
                quantized,
                calibration is null ? null : input => calibration.Read(request.Calibration!.Split, input, options, request.Calibration.Count, cancellationToken),
                gate,
                NetworkOptions.Settings(request),
                options,
                scratch,
                cancellationToken);
        });
        context.Log(report!.Agreement is { } agreement
            ? string.Create(CultureInfo.InvariantCulture, $"{report.FloatBytes} bytes as prepared, {report.Bytes} bytes with the integers of its source, which give what their pairs mean within {agreement:0.0} dB")
            : $"{report.FloatBytes} bytes in float, {report.Bytes} bytes quantized; {report.Layers.Length} layers on integers, {report.FloatLayers.Length} left float for the accuracy");
        foreach (var node in report.FloatNodes)
            context.Log($"Not on integers: {node.Text}");
        await context.OutputAsync(OnnxQuantizeRequest.NetworkOutput, quantized, cancellationToken);
        await context.OutputTextAsync(OnnxQuantizeRequest.ReportOutput, report.ToJson(), cancellationToken);
    }
}
