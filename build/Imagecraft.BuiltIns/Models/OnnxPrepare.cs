// Fixes shapes and optimizes a network.

using Imagecraft.Engine.Actions;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Passes;
using Imagecraft.Requests.Models;

namespace Imagecraft.BuiltIns.Models;

/// <summary>The function of <see cref="OnnxPrepareRequest"/>.</summary>
public sealed class OnnxPrepare() : BuiltInFunction<OnnxPrepareRequest>(NetworkOptions.Deciders)
{
    /// <inheritdoc/>
    protected override async Task RunAsync(OnnxPrepareRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var options = NetworkOptions.Of(request.Form, context) with
        {
            Optimize = request.Optimize,
            WithoutPasses = request.Only.IsEmpty ? request.Without : [.. StandardPasses.Names.Except(request.Only)],
            Tolerance = request.Tolerance,
        };
        var source = await context.FileAsync(OnnxPrepareRequest.NetworkInput, cancellationToken);
        var samples = await ModelSamples.ReadAsync(request.Samples, options, context, cancellationToken);
        var prepared = Path.Combine(context.Scratch, "model.onnx");
        var scratch = Directory.CreateDirectory(Path.Combine(context.Scratch, "work")).FullName;
        NetworkOptions.Guard(() => ModelBuilder.Prepare(source, prepared, samples, options, scratch, cancellationToken));
        await context.OutputAsync(OnnxPrepareRequest.NetworkOutput, prepared, cancellationToken);
    }
}
