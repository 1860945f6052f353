// Converts a network to ONNX Runtime's own format.

using Imagecraft.Engine.Actions;
using Imagecraft.Onnx.Execution;
using Imagecraft.Requests.Models;

namespace Imagecraft.BuiltIns.Models;

/// <summary>The function of <see cref="OnnxConvertRequest"/>.</summary>
public sealed class OnnxConvert() : BuiltInFunction<OnnxConvertRequest>(typeof(OrtFile), typeof(Microsoft.ML.OnnxRuntime.InferenceSession))
{
    /// <inheritdoc/>
    protected override async Task RunAsync(OnnxConvertRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var model = await context.FileAsync(OnnxConvertRequest.NetworkInput, cancellationToken);
        var converted = Path.Combine(context.Scratch, "model.ort");
        NetworkOptions.Guard(() => OrtFile.Convert(model, converted, request.Name));
        await context.OutputAsync(OnnxConvertRequest.NetworkOutput, converted, cancellationToken);
    }
}
