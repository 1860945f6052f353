// Computes golden samples and puts together what is deployed for a network.

using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.Engine.Actions;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Requests.Models;

namespace Imagecraft.BuiltIns.Models;

/// <summary>The function of <see cref="OnnxGoldenRequest"/>.</summary>
public sealed class OnnxGolden() : BuiltInFunction<OnnxGoldenRequest>(NetworkOptions.Deciders)
{
    /// <inheritdoc/>
    protected override async Task RunAsync(OnnxGoldenRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var options = Options(request, context);
        var original = await context.FileAsync(OnnxGoldenRequest.OriginalInput, cancellationToken);
        var deployed = await context.FileAsync(OnnxGoldenRequest.DeployedInput, cancellationToken);
        var samples = await ModelSamples.ReadAsync(request.Samples, options, context, cancellationToken);
        var facts = await FactsAsync(request, context, cancellationToken);
        if (facts.NotDeployed is not null)
            options = options with { Tolerance = request.FloatTolerance };
        var tree = Path.Combine(context.Scratch, "tree");
        var folder = Directory.CreateDirectory(tree + OnnxGoldenRequest.PathOf(request.Folder)).FullName;
        var target = Path.Combine(folder, $"model.{request.Format}");
        var scratch = Directory.CreateDirectory(Path.Combine(context.Scratch, "work")).FullName;
        NetworkOptions.Guard(() =>
        {
            OnnxFile.Deploy(deployed, target);
            facts = facts with { DeployedPath = target };
            foreach (var result in ModelBuilder.MakeGolden(original, deployed, samples, facts, folder, options, scratch, cancellationToken))
                context.Log($"{result.Sample}: {result.Frames} frames, mean {result.Mean:F4}, largest deviation {result.Deviation:E2}");
        });
        if (facts.Quantization is null && QuantizedOperators.Counts(OnnxFile.Read(facts.GraphPath ?? deployed, request.Form.Name)) is { Length: > 0 } counts)
            context.Log($"`{request.Form.Name}` is quantized by its source: it has [{counts}]; `quantize: {{ method: taken }}` in its recipe makes of that the variant int8");
        if (context.Find(OnnxGoldenRequest.ContextsInput) is { } contexts && await context.FileAsync(contexts, cancellationToken) is var compiled && new FileInfo(compiled).Length > 0)
            OnnxFile.Deploy(compiled, Path.Combine(folder, "model_ctx.onnx"));
        await context.OutputTextAsync(OnnxGoldenRequest.CardOutput, await File.ReadAllTextAsync(Path.Combine(folder, "card.json"), cancellationToken), cancellationToken);
        await context.OutputAsync(OnnxGoldenRequest.TreeOutput, tree, cancellationToken);
    }

    private static ModelOptions Options(OnnxGoldenRequest request, BuiltInContext context) => NetworkOptions.Of(request.Form, context) with
    {
        Version = request.Version,
        License = request.License,
        Origin = request.Origin,
        TrainedOn = request.TrainedOn,
        Labels = request.Labels,
        Optimize = request.Optimize,
        OptimizeAtLoad = request.OptimizeAtLoad,
        Tolerance = request.Tolerance,
        Goal = request.Goal,
        Expect = request.Expect,
    };

    private static async Task<CardFacts> FactsAsync(OnnxGoldenRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var profiles = ImmutableArray.CreateBuilder<string>();
        foreach (var (_, profile) in context.InputsOf(OnnxGoldenRequest.ProfileInputs))
            profiles.Add(await context.TextAsync(profile, cancellationToken));
        var quantization = context.Find(OnnxGoldenRequest.QuantizationInput) is { } report ? await context.TextAsync(report, cancellationToken) : null;
        var reason = quantization is null ? null : OnnxChoose.ReasonAgainst(quantization);
        return new()
        {
            Variant = reason is null ? request.Variant : "float",
            NotDeployed = reason,
            GraphPath = context.Find(OnnxGoldenRequest.GraphInput) is { } graph ? await context.FileAsync(graph, cancellationToken) : null,
            Accuracy = context.Find(OnnxGoldenRequest.AccuracyInput) is { } accuracy ? JsonSerializer.Deserialize(await context.TextAsync(accuracy, cancellationToken), AccuracyJson.Default.AccuracyResult) : null,
            Quantization = reason is null ? quantization : null,
            Profiles = profiles.ToImmutable(),
        };
    }
}
