// Reads WAV files of 16-bit PCM. Unaware of networks.
// Source of the format: "Multimedia Programming Interface and Data Specifications 1.0", IBM and Microsoft, 1991.

using System.Buffers.Binary;

namespace Imagecraft.Onnx.Audio;

/// <summary>Sound as samples from -1 to below 1.</summary>
/// <param name="Rate">Samples per second.</param>
/// <param name="Samples">One channel.</param>
public sealed record Sound(int Rate, float[] Samples);

/// <summary>RIFF/WAVE, uncompressed, 16 bits, any number of channels (their mean is taken).</summary>
public static class WavReader
{
    const int Pcm = 1, ExtensibleFormat = 0xFFFE;

    /// <summary>Reads a file; anything wrong with it is an <see cref="OnnxException"/> that names it.</summary>
    public static Sound Read(string path) => Read(File.Exists(path) ? File.ReadAllBytes(path) : null, path);

    /// <summary>Reads the bytes of a file, null when it is not there; <paramref name="path"/> is for messages.</summary>
    public static Sound Read(byte[]? file, string path) => Parse(file ?? throw new OnnxException($"The sound `{path}` does not exist"), path);

    /// <summary>Reads the bytes of a file; <paramref name="path"/> is for messages.</summary>
    public static Sound Parse(ReadOnlySpan<byte> file, string path)
    {
        if (file.Length < 12 || !file.StartsWith("RIFF"u8) || !file[8..].StartsWith("WAVE"u8))
            throw Bad(path, "it does not begin like a WAV file");
        int rate = 0, channels = 0;
        for (var at = 12; at + 8 <= file.Length;)
        {
            var size = BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]);
            var content = file[(at + 8)..];
            if (size > content.Length)
                throw Bad(path, $"it ends {size - content.Length} bytes too early");
            content = content[..(int)size];
            if (file[at..].StartsWith("fmt "u8))
                (rate, channels) = Format(content, path);
            else if (file[at..].StartsWith("data"u8))
                return channels > 0 ? new(rate, Mix(content, channels)) : throw Bad(path, "its data come before its format");
            at += 8 + (int)Math.Min(size + (size & 1), int.MaxValue / 2);
        }
        throw Bad(path, "it has no data");
    }

    static (int Rate, int Channels) Format(ReadOnlySpan<byte> chunk, string path)
    {
        if (chunk.Length < 16)
            throw Bad(path, "its format is too short");
        var (tag, channels) = (BinaryPrimitives.ReadUInt16LittleEndian(chunk), BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]));
        var (rate, bits) = (BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]), BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]));
        return tag is Pcm or ExtensibleFormat && bits == 16 && channels is > 0 and <= 64 && rate is >= 1000 and <= 768000
            ? ((int)rate, channels)
            : throw Bad(path, $"it has format {tag} with {channels} channels of {bits} bits at {rate} Hz, but 16-bit PCM is needed");
    }

    static float[] Mix(ReadOnlySpan<byte> data, int channels)
    {
        var samples = new float[data.Length / (2 * channels)];
        for (var i = 0; i < samples.Length; i++)
        {
            var sum = 0;
            for (var channel = 0; channel < channels; channel++)
                sum += BinaryPrimitives.ReadInt16LittleEndian(data[(2 * ((i * channels) + channel))..]);
            samples[i] = sum / (32768f * channels);
        }
        return samples;
    }

    static OnnxException Bad(string path, string reason) => new($"`{path}` is not a usable WAV file: {reason}");
}
