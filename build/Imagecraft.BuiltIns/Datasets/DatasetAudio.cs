// Mixes spoken sentences with noise and notes where the voice is.

using System.Text;
using Imagecraft.BuiltIns.Models;
using Imagecraft.Engine.Actions;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data;
using Imagecraft.Requests.Datasets;

namespace Imagecraft.BuiltIns.Datasets;

/// <summary>The function of <see cref="DatasetAudioRequest"/>; the tree is as <see cref="DatasetFolder"/> reads it, at 16 kHz.</summary>
public sealed class DatasetAudio() : BuiltInFunction<DatasetAudioRequest>(typeof(DatasetFolder))
{
    private const int Rate = 16000;

    /// <inheritdoc/>
    protected override async Task RunAsync(DatasetAudioRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var speech = context.Tree(DatasetAudioRequest.SpeechInput);
        var tree = Path.Combine(context.Scratch, "tree");
        foreach (var split in request.Items.GroupBy(i => i.Split))
        {
            var folder = Directory.CreateDirectory(Path.Combine(tree, split.Key)).FullName;
            var (list, seconds) = (new StringBuilder(), 0.0);
            foreach (var item in split)
            {
                cancellationToken.ThrowIfCancellationRequested();
                NetworkOptions.Guard(() =>
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

        await context.OutputAsync(DatasetAudioRequest.TreeOutput, tree, cancellationToken);
    }
}
