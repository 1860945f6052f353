// Mixes spoken sentences with noise and notes where the voice is.

using System.Text.Json;
using System.Text;
using Imagecraft.BuiltIns.Models;
using Imagecraft.Engine.Actions;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data;
using Imagecraft.Planning.Models;
using Imagecraft.Planning;

namespace Imagecraft.BuiltIns.Datasets;

/// <summary><c>dataset-audio</c>: <c>/plan.json</c> and the tree <c>/speech</c> of clean WAV files. Output: <c>tree</c>, as <see cref="DatasetFolder"/> reads it, at 16 kHz.</summary>
public sealed class DatasetAudio() : BuiltInFunction("dataset-audio", typeof(DatasetFolder), typeof(AudioDatasetPlan))
{
    private const int Rate = 16000;

    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var plan = JsonSerializer.Deserialize(await TextAsync(context, "/plan.json", cancellationToken), ModelBuildJson.Default.AudioDatasetPlan)!;
        var speech = context.Tree(Input(context, "/speech"));
        var tree = Path.Combine(context.Scratch, "tree");
        foreach (var split in plan.Items.GroupBy(i => i.Split))
        {
            var folder = Directory.CreateDirectory(Path.Combine(tree, split.Key)).FullName;
            var (list, seconds) = (new StringBuilder(), 0.0);
            foreach (var item in split)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ModelPlans.Guard(() =>
                {
                    var voice = item.Speech is { } file ? WavReader.Read(speech.Read(file), file) : null;
                    var (sound, intervals) = VoiceMixer.Mix(voice, item.Noise, item.Seed, item.Decibel, item.Seconds, Rate);
                    WavWriter.Write(Path.Combine(folder, $"{item.Name}.wav"), sound);
                    list.Append($"{item.Name}.wav\t{string.Join(',', intervals.Select(i => $"{i.Start}-{i.End}"))}\n");
                    seconds += (double)sound.Samples.Length / Rate;
                });
            }

            await File.WriteAllTextAsync(Path.Combine(folder, DatasetFolder.ListFile), list.ToString(), cancellationToken);
            context.Log($"{split.Key}: {split.Count()} sounds, {seconds / 60:F1} minutes");
        }

        await context.OutputTreeAsync("tree", tree, cancellationToken);
    }
}
