// Holds a network against what an accelerator takes.

using Imagecraft.Engine.Actions;
using Imagecraft.Onnx.Profiles;
using Imagecraft.Onnx;
using Imagecraft.Planning.Models;
using Imagecraft.Planning;

namespace Imagecraft.BuiltIns.Models;

/// <summary><c>onnx-profile</c>: <c>/plan.json</c> and <c>/model.onnx</c>. Output: <c>file</c>, the shares as JSON; it fails with all offending nodes when the network must fit and does not.</summary>
public sealed class OnnxProfile() : BuiltInFunction("onnx-profile", typeof(ModelBuilder), typeof(ModelBuildPlan), typeof(Microsoft.ML.OnnxRuntime.InferenceSession))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var plan = ModelPlans.Read(await TextAsync(context, "/plan.json", cancellationToken));
        var model = await context.FileAsync(Input(context, "/model.onnx"), cancellationToken);
        var scratch = Directory.CreateDirectory(Path.Combine(context.Scratch, "work")).FullName;
        ProfileReport? report = null;
        ModelPlans.Guard(() => report = ModelBuilder.Measure(model, ProfilePlans.Profile(plan.Profile!), plan.MustFit == true, plan.Name, scratch));
        context.Log($"`{plan.Profile!.Name}` takes {report!.Text}");
        await OutputTextAsync(context, "file", report.ToJson(), cancellationToken);
    }
}
