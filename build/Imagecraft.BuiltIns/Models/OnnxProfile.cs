// Holds a network against what an accelerator takes.

using Imagecraft.Engine.Actions;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Profiles;
using Imagecraft.Requests.Models;

namespace Imagecraft.BuiltIns.Models;

/// <summary>The function of <see cref="OnnxProfileRequest"/>; it fails with all offending nodes when the network must fit and does not, or costs more than its budget.</summary>
public sealed class OnnxProfile() : BuiltInFunction<OnnxProfileRequest>(NetworkOptions.Deciders)
{
    /// <inheritdoc/>
    protected override async Task RunAsync(OnnxProfileRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var model = await context.FileAsync(OnnxProfileRequest.NetworkInput, cancellationToken);
        var scratch = Directory.CreateDirectory(Path.Combine(context.Scratch, "work")).FullName;
        ProfileReport? report = null;
        NetworkOptions.Guard(() => report = ModelBuilder.Measure(model, request.Profile, request.MustFit, request.Name, scratch));
        context.Log($"`{request.Profile.Name}` takes {report!.Text}");
        if (request.Budget is { } budget)
            NetworkOptions.Guard(() => report.Require(budget, request.Name));
        await context.OutputTextAsync(OnnxProfileRequest.ReportOutput, report.ToJson(), cancellationToken);
    }
}
