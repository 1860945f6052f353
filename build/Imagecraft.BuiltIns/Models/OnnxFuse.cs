// Fuses operators of a prepared network.

using Imagecraft.Engine.Actions;
using Imagecraft.Onnx;
using Imagecraft.Requests.Models;

namespace Imagecraft.BuiltIns.Models;

/// <summary>The function of <see cref="OnnxFuseRequest"/>.</summary>
public sealed class OnnxFuse() : BuiltInFunction<OnnxFuseRequest>(NetworkOptions.Deciders)
{
    /// <inheritdoc/>
    protected override async Task RunAsync(OnnxFuseRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var options = NetworkOptions.Of(request.Form, context) with { Optimize = request.Optimize, Tolerance = request.Tolerance };
        var prepared = await context.FileAsync(OnnxFuseRequest.NetworkInput, cancellationToken);
        var samples = await ModelSamples.ReadAsync(request.Samples, options, context, cancellationToken);
        var fused = Path.Combine(context.Scratch, "model.onnx");
        var scratch = Directory.CreateDirectory(Path.Combine(context.Scratch, "work")).FullName;
        NetworkOptions.Guard(() => ModelBuilder.Fuse(prepared, fused, samples, options, scratch, cancellationToken));
        await context.OutputAsync(OnnxFuseRequest.NetworkOutput, fused, cancellationToken);
    }
}
