// Makes one file of a network and the files that its values lie in.

using Imagecraft.Engine.Actions;
using Imagecraft.Onnx;
using Imagecraft.Requests.Models;

namespace Imagecraft.BuiltIns.Models;

/// <summary>The function of <see cref="OnnxGatherRequest"/>.</summary>
public sealed class OnnxGather() : BuiltInFunction<OnnxGatherRequest>(typeof(OnnxFile))
{
    /// <inheritdoc/>
    protected override async Task RunAsync(OnnxGatherRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var network = await context.FileAsync(OnnxGatherRequest.NetworkInput, cancellationToken);
        var data = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < request.Files.Length; i++)
            data.Add(request.Files[i], await context.FileAsync(OnnxGatherRequest.DataInputs.At(i), cancellationToken));
        var gathered = Path.Combine(context.Scratch, "model.onnx");
        NetworkOptions.Guard(() => OnnxFile.Gather(network, data, gathered, request.Name));
        await context.OutputAsync(OnnxGatherRequest.NetworkOutput, gathered, cancellationToken);
    }
}
