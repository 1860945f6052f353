// Fixes shapes and optimizes a network.

using Imagecraft.Engine.Actions;
using Imagecraft.Onnx;
using Imagecraft.Planning.Models;
using Imagecraft.Planning;

namespace Imagecraft.BuiltIns.Models;

/// <summary><c>onnx-prepare</c>: <c>/plan.json</c>, <c>/model.onnx</c> and the recipe's samples, on which each pass is verified. Output: <c>file</c>.</summary>
public sealed class OnnxPrepare() : BuiltInFunction("onnx-prepare", typeof(ModelBuilder), typeof(ModelBuildPlan), typeof(Microsoft.ML.OnnxRuntime.InferenceSession))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var plan = ModelPlans.Read(await TextAsync(context, "/plan.json", cancellationToken));
        var source = await context.FileAsync(Input(context, "/model.onnx"), cancellationToken);
        var samples = await ModelSamples.ReadAsync(plan, context, cancellationToken);
        var prepared = Path.Combine(context.Scratch, "model.onnx");
        var scratch = Directory.CreateDirectory(Path.Combine(context.Scratch, "work")).FullName;
        ModelPlans.Guard(() => ModelBuilder.Prepare(source, prepared, samples, ModelPlans.Options(plan), scratch, cancellationToken));
        await context.OutputFileAsync("file", prepared, executable: false, cancellationToken);
    }
}

/// <summary><c>onnx-fuse</c>: as <see cref="OnnxPrepare"/>, of a prepared network. Output: <c>file</c>.</summary>
public sealed class OnnxFuse() : BuiltInFunction("onnx-fuse", typeof(ModelBuilder), typeof(ModelBuildPlan), typeof(Microsoft.ML.OnnxRuntime.InferenceSession))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var plan = ModelPlans.Read(await TextAsync(context, "/plan.json", cancellationToken));
        var prepared = await context.FileAsync(Input(context, "/model.onnx"), cancellationToken);
        var samples = await ModelSamples.ReadAsync(plan, context, cancellationToken);
        var fused = Path.Combine(context.Scratch, "model.onnx");
        var scratch = Directory.CreateDirectory(Path.Combine(context.Scratch, "work")).FullName;
        ModelPlans.Guard(() => ModelBuilder.Fuse(prepared, fused, samples, ModelPlans.Options(plan), scratch, cancellationToken));
        await context.OutputFileAsync("file", fused, executable: false, cancellationToken);
    }
}
