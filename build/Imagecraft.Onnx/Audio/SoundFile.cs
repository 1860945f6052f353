// Reads a sound of any known format by its first bytes. Unaware of networks.

namespace Imagecraft.Onnx.Audio;

/// <summary>WAV and FLAC.</summary>
public static class SoundFile
{
    /// <summary>Endings of files that are sounds.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".wav", ".flac"];

    /// <summary>Samples of all channels of the longest sound that is read: more than an hour at 16 kHz.</summary>
    internal const long MostSamples = 1L << 26;

    /// <summary>Its sound, channels mixed.</summary>
    /// <param name="file">Its bytes; null when there is no file.</param>
    /// <param name="path">Names it in messages.</param>
    /// <exception cref="OnnxException">It is absent, damaged, too long, or of another kind; the message names the remedy.</exception>
    public static Sound Read(byte[]? file, string path) => file switch
    {
        null => throw new OnnxException($"The sound `{path}` does not exist"),
        [(byte)'f', (byte)'L', (byte)'a', (byte)'C', ..] => FlacReader.Parse(file, path),
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] => WavReader.Parse(file, path),
        _ => throw new OnnxException($"`{path}` is no sound that is read: it begins neither like a WAV nor like a FLAC file; convert it, e.g. by `sox`, or leave it out"),
    };
}
