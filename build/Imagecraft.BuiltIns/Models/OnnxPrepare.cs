// Fixes shapes and optimizes a network.

using Imagecraft.Engine.Actions;
using Imagecraft.Onnx;
using Imagecraft.Planning;

namespace Imagecraft.BuiltIns.Models;

/// <summary><c>onnx-prepare</c>: <c>/plan.json</c> and <c>/model.onnx</c>. Output: <c>file</c>.</summary>
public sealed class OnnxPrepare() : BuiltInFunction("onnx-prepare", typeof(ModelBuilder), typeof(ModelBuildPlan), typeof(Microsoft.ML.OnnxRuntime.InferenceSession))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var plan = ModelPlans.Read(await TextAsync(context, "/plan.json", cancellationToken));
        var source = await context.FileAsync(Input(context, "/model.onnx"), cancellationToken);
        var prepared = Path.Combine(context.Scratch, "model.onnx");
        var scratch = Directory.CreateDirectory(Path.Combine(context.Scratch, "work")).FullName;
        ModelPlans.Guard(() => ModelBuilder.Prepare(source, prepared, [], ModelPlans.Options(plan), scratch, cancellationToken));
        await context.OutputFileAsync("file", prepared, executable: false, cancellationToken);
    }
}
