// Computes golden samples and puts together what is deployed for a network.

using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.Engine.Actions;
using Imagecraft.Onnx;
using Imagecraft.Planning.Models;
using Imagecraft.Planning;

namespace Imagecraft.BuiltIns.Models;

/// <summary>
/// <c>onnx-golden</c>: <c>/plan.json</c>, <c>/original.onnx</c>, <c>/deployed</c>, the recipe's samples, and if there are any <c>/model.onnx</c> (what the deployed file was made of), the gate's <c>/accuracy.json</c>,
/// <c>/quantization.json</c> and <c>/profile/NAME</c>. Outputs: <c>tree</c> with <c>usr/share/models/FOLDER</c>, and its <c>card</c>.
/// </summary>
public sealed class OnnxGolden() : BuiltInFunction("onnx-golden", typeof(ModelBuilder), typeof(ModelBuildPlan), typeof(Microsoft.ML.OnnxRuntime.InferenceSession))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var plan = ModelPlans.Read(await TextAsync(context, "/plan.json", cancellationToken));
        var original = await context.FileAsync(Input(context, "/original.onnx"), cancellationToken);
        var deployed = await context.FileAsync(Input(context, "/deployed"), cancellationToken);
        var samples = await ModelSamples.ReadAsync(plan, context, cancellationToken);
        var facts = await FactsAsync(plan, context, cancellationToken);
        var tree = Path.Combine(context.Scratch, "tree");
        var folder = Directory.CreateDirectory(Path.Combine(tree, "usr/share/models", plan.Folder!)).FullName;
        var scratch = Directory.CreateDirectory(Path.Combine(context.Scratch, "work")).FullName;
        ModelPlans.Guard(() =>
        {
            foreach (var result in ModelBuilder.MakeGolden(original, deployed, samples, facts, folder, ModelPlans.Options(plan), scratch, cancellationToken))
                context.Log($"{result.Sample}: {result.Frames} frames, mean {result.Mean:F4}, largest deviation {result.Deviation:E2}");
        });
        File.Copy(deployed, Path.Combine(folder, $"model.{plan.Format}"));
        await OutputTextAsync(context, "card", await File.ReadAllTextAsync(Path.Combine(folder, "card.json"), cancellationToken), cancellationToken);
        await context.OutputTreeAsync("tree", tree, cancellationToken);
    }

    private static async Task<CardFacts> FactsAsync(ModelBuildPlan plan, BuiltInContext context, CancellationToken cancellationToken)
    {
        var profiles = ImmutableArray.CreateBuilder<string>();
        foreach (var profile in context.Inputs.Where(i => i.Name.StartsWith("/profile/", StringComparison.Ordinal)))
            profiles.Add(await TextAsync(context, profile.Name, cancellationToken));
        return new()
        {
            Variant = plan.Variant!,
            GraphPath = Has("/model.onnx") ? await context.FileAsync(Input(context, "/model.onnx"), cancellationToken) : null,
            Accuracy = Has("/accuracy.json") ? JsonSerializer.Deserialize(await TextAsync(context, "/accuracy.json", cancellationToken), AccuracyJson.Default.AccuracyResult) : null,
            Quantization = Has("/quantization.json") ? await TextAsync(context, "/quantization.json", cancellationToken) : null,
            Profiles = profiles.ToImmutable(),
        };

        bool Has(string name) => context.Inputs.Any(i => i.Name == name);
    }
}
