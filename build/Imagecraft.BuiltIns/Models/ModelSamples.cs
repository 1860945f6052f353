// The frames of a recipe's samples and golden data, from the inputs of an action. Unaware of what they are for.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Store;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Golden;
using Imagecraft.Planning.Models;
using Imagecraft.Planning;

namespace Imagecraft.BuiltIns.Models;

/// <summary>Audio files come as inputs <c>/sample/NAME</c>, the dataset as <c>/golden</c>.</summary>
internal static class ModelSamples
{
    /// <summary>A dataset that is given as a tree.</summary>
    public static DatasetFolder Dataset(BuiltInContext context, string input, string name) => new(new TreeFiles(context.Tree(context.Inputs.First(i => i.Name == input))), name);

    public static async Task<Func<TensorPort, IReadOnlyList<LabelledSequence>>> ReadAsync(ModelBuildPlan plan, BuiltInContext context, CancellationToken cancellationToken)
    {
        var audio = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var sample in plan.Samples.Where(s => s.Kind != "noise"))
            audio.Add(sample.Name, await context.FileAsync(context.Inputs.First(i => i.Name == $"/sample/{sample.Name}"), cancellationToken));
        var dataset = plan.Golden is { } golden ? Dataset(context, "/golden", golden.Dataset) : null;
        var options = ModelPlans.Options(plan);
        return input =>
        {
            var sounds = plan.Samples.Select(s => s.Kind == "noise" ? AudioSample.Noise(s.Name, s.Seed, s.Seconds) : AudioSample.Wav(s.Name, audio[s.Name]));
            return [.. sounds.Select(s => Framing.Sequence(s, input, options)), .. dataset?.Read(plan.Golden!.Split, input, options, plan.Golden.Count, cancellationToken) ?? []];
        };
    }

    private sealed class TreeFiles(StoredTree tree) : IDatasetFiles
    {
        public IEnumerable<string> Folders => tree.Folders("");

        public byte[]? Read(string path) => tree.Read(path);
    }
}
