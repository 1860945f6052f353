// Converts a network to ONNX Runtime's own format.

using Imagecraft.Engine.Actions;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.BuiltIns.Models;

/// <summary><c>onnx-convert</c>: parameter <c>name</c>, input <c>/model.onnx</c>. Output: <c>file</c>.</summary>
public sealed class OnnxConvert() : BuiltInFunction("onnx-convert", typeof(OrtFile), typeof(Microsoft.ML.OnnxRuntime.InferenceSession))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var model = await context.FileAsync(Input(context, "/model.onnx"), cancellationToken);
        var converted = Path.Combine(context.Scratch, "model.ort");
        ModelPlans.Guard(() => OrtFile.Convert(model, converted, context.Parameters["name"]));
        await context.OutputFileAsync("file", converted, executable: false, cancellationToken);
    }
}
