// Computes golden samples and puts together what is deployed for a network.

using System.Text.Json;
using Imagecraft.Engine.Actions;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Golden;
using Imagecraft.Planning;

namespace Imagecraft.BuiltIns.Models;

/// <summary>
/// <c>onnx-golden</c>: <c>/plan.json</c>, <c>/original.onnx</c>, <c>/model.onnx</c>, audio files <c>/sample/NAME</c>, the dataset <c>/golden</c>, the gate's <c>/accuracy.json</c> and <c>/quantization.json</c> if there are any. Output: <c>tree</c> with <c>usr/share/models/NAME</c>.
/// </summary>
public sealed class OnnxGolden() : BuiltInFunction("onnx-golden", typeof(ModelBuilder), typeof(ModelBuildPlan), typeof(Microsoft.ML.OnnxRuntime.InferenceSession))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var plan = ModelPlans.Read(await TextAsync(context, "/plan.json", cancellationToken));
        var original = await context.FileAsync(Input(context, "/original.onnx"), cancellationToken);
        var model = await context.FileAsync(Input(context, "/model.onnx"), cancellationToken);
        var audio = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var sample in plan.Samples.Where(s => s.Kind != "noise"))
            audio.Add(sample.Name, await context.FileAsync(Input(context, $"/sample/{sample.Name}"), cancellationToken));
        var dataset = plan.Golden is { } golden ? new DatasetFolder(await context.TreeAsync(Input(context, "/golden"), cancellationToken), golden.Dataset) : null;
        var accuracy = context.Inputs.Any(i => i.Name == "/accuracy.json") ? JsonSerializer.Deserialize(await TextAsync(context, "/accuracy.json", cancellationToken), AccuracyJson.Default.AccuracyResult) : null;
        var quantization = context.Inputs.Any(i => i.Name == "/quantization.json") ? await TextAsync(context, "/quantization.json", cancellationToken) : null;
        var tree = Path.Combine(context.Scratch, "tree");
        var folder = Directory.CreateDirectory(Path.Combine(tree, "usr/share/models", plan.Name)).FullName;
        var scratch = Directory.CreateDirectory(Path.Combine(context.Scratch, "work")).FullName;
        ModelPlans.Guard(() =>
        {
            foreach (var result in ModelBuilder.MakeGolden(original, model, Frames, accuracy, quantization, folder, ModelPlans.Options(plan), scratch, cancellationToken))
                context.Log($"{result.Sample}: {result.Frames} frames, mean {result.Mean:F4}, largest deviation {result.Deviation:E2}");
        });
        File.Copy(model, Path.Combine(folder, "model.onnx"));
        await context.OutputTreeAsync("tree", tree, cancellationToken);

        IReadOnlyList<LabelledSequence> Frames(TensorPort input)
        {
            var options = ModelPlans.Options(plan);
            var sounds = plan.Samples.Select(s => s.Kind == "noise" ? AudioSample.Noise(s.Name, s.Seed, s.Seconds) : AudioSample.Wav(s.Name, audio[s.Name]));
            return [.. sounds.Select(s => Framing.Sequence(s, input, options)), .. dataset?.Read(plan.Golden!.Split, input, options, plan.Golden.Count, cancellationToken) ?? []];
        }
    }
}
