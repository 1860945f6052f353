// Where in clean sound there is voice. Unaware of noise and networks.

using System.Collections.Immutable;
using Imagecraft.Onnx.Audio;

namespace Imagecraft.Onnx.Data;

/// <summary>Samples from <paramref name="Start"/> to below <paramref name="End"/> are voice.</summary>
public sealed record VoiceInterval(int Start, int End);

/// <summary>Voice by energy: windows of 10 ms no more than 40 dB below the loudest one; pauses below 300 ms between words belong to it.</summary>
public static class VoiceActivity
{
    const int WindowsPerSecond = 100;
    const double QuietestPower = 1e-4;
    const int LongestPause = 30;

    /// <summary>The intervals of voice in <paramref name="clean"/>, in order; none in silence.</summary>
    public static ImmutableArray<VoiceInterval> Of(Sound clean)
    {
        var window = clean.Rate / WindowsPerSecond;
        var powers = new double[clean.Samples.Length / window];
        for (var i = 0; i < powers.Length; i++)
            foreach (var sample in clean.Samples.AsSpan(i * window, window))
                powers[i] += (double)sample * sample;
        var threshold = powers.DefaultIfEmpty().Max() * QuietestPower;
        var intervals = ImmutableArray.CreateBuilder<VoiceInterval>();
        for (var i = 0; i < powers.Length; i++)
        {
            if (!(powers[i] > threshold))
                continue;
            var (start, end) = (i * window, (i + 1) * window);
            if (intervals.Count > 0 && start - intervals[^1].End < LongestPause * window)
                intervals[^1] = intervals[^1] with { End = end };
            else
                intervals.Add(new(start, end));
        }
        return intervals.ToImmutable();
    }

    /// <summary>1 for each frame of which at least half is voice, else 0.</summary>
    /// <param name="intervals">In samples at <paramref name="fileRate"/>.</param>
    /// <param name="fileRate">Samples per second of the file.</param>
    /// <param name="frameRate">Samples per second of the frames.</param>
    /// <param name="hop">New samples a frame.</param>
    /// <param name="count">How many frames.</param>
    internal static ImmutableArray<float> FrameLabels(IReadOnlyList<VoiceInterval> intervals, int fileRate, int frameRate, int hop, int count)
    {
        var voiced = new long[count];
        foreach (var interval in intervals)
        {
            var (start, end) = ((long)interval.Start * frameRate / fileRate, (long)interval.End * frameRate / fileRate);
            for (var frame = (int)(start / hop); frame < count && (long)frame * hop < end; frame++)
                voiced[frame] += Math.Min(end, (frame + 1L) * hop) - Math.Max(start, (long)frame * hop);
        }
        return [.. voiced.Select(samples => 2 * samples >= hop ? 1f : 0f)];
    }
}
