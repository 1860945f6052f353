// The frames of a recipe's samples and golden data, from the inputs of an action. Unaware of what they are for.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Store;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Golden;
using Imagecraft.Requests;
using Imagecraft.Requests.Models;

namespace Imagecraft.BuiltIns.Models;

/// <summary>Reads <see cref="NetworkSamples"/> and datasets.</summary>
internal static class ModelSamples
{
    /// <summary>A dataset that is given as a tree.</summary>
    public static DatasetFolder Dataset(BuiltInContext context, InputSlot slot, string name) => new(new TreeFiles(context.Tree(slot)), name);

    /// <summary>The frames for an input; null when the recipe names none, and noise for all inputs has to do.</summary>
    public static async Task<Func<TensorPort, IReadOnlyList<LabelledSequence>>?> ReadAsync(NetworkSamples samples, ModelOptions options, BuiltInContext context, CancellationToken cancellationToken)
    {
        if (samples.Sounds.IsEmpty && samples.Golden is null)
            return null;
        var audio = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var sound in samples.Sounds.Where(s => s.Noise is null))
            audio.Add(sound.Name, await context.FileAsync(NetworkSamples.SoundInputs.At(sound.Name), cancellationToken));
        var dataset = samples.Golden is { } golden ? Dataset(context, NetworkSamples.GoldenInput, golden.Dataset) : null;
        return input =>
        {
            var sounds = samples.Sounds.Select(s => s.Noise is { } noise ? AudioSample.Noise(s.Name, noise.Seed, noise.Seconds) : AudioSample.Wav(s.Name, audio[s.Name]));
            return [.. sounds.Select(s => Framing.Sequence(s, input, options)), .. dataset?.Read(samples.Golden!.Split, input, options, samples.Golden.Count, cancellationToken) ?? []];
        };
    }

    private sealed class TreeFiles(StoredTree tree) : IDatasetFiles
    {
        public IEnumerable<string> Folders => tree.Folders("");

        public byte[]? Read(string path) => tree.Read(path);
    }
}
