// Reads WAV files. Unaware of networks.
// Source of the format: "Multimedia Programming Interface and Data Specifications 1.0", IBM and Microsoft, 1991; "Multiple Channel Audio Data and WAVE Files", Microsoft, 2001.

using System.Buffers.Binary;

namespace Imagecraft.Onnx.Audio;

/// <summary>RIFF/WAVE, uncompressed, whole numbers of 8, 16, 24 or 32 bits or float numbers of 32, any number of channels (their mean is taken).</summary>
public static class WavReader
{
    const int Pcm = 1, Floats = 3, ExtensibleFormat = 0xFFFE;

    /// <summary>Reads a file; anything wrong with it is an <see cref="OnnxException"/> that names it.</summary>
    public static Sound Read(string path) => Read(File.Exists(path) ? File.ReadAllBytes(path) : null, path);

    /// <summary>Reads the bytes of a file, null when it is not there; <paramref name="path"/> is for messages.</summary>
    public static Sound Read(byte[]? file, string path) => Parse(file ?? throw new OnnxException($"The sound `{path}` does not exist"), path);

    /// <summary>Reads the bytes of a file; <paramref name="path"/> is for messages.</summary>
    public static Sound Parse(ReadOnlySpan<byte> file, string path)
    {
        if (file.Length < 12 || !file.StartsWith("RIFF"u8) || !file[8..].StartsWith("WAVE"u8))
            throw Bad(path, "it does not begin like a WAV file");
        WavFormat? format = null;
        for (var at = 12; at + 8 <= file.Length;)
        {
            var size = BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]);
            var content = file[(at + 8)..];
            if (size > content.Length)
                throw Bad(path, $"it ends {size - content.Length} bytes too early");
            content = content[..(int)size];
            if (file[at..].StartsWith("fmt "u8))
                format = Format(content, path);
            else if (file[at..].StartsWith("data"u8))
                return format is not null ? Mix(content, format, path) : throw Bad(path, "its data come before its format");
            at += 8 + (int)Math.Min(size + (size & 1), int.MaxValue / 2);
        }
        throw Bad(path, "it has no data");
    }

    static WavFormat Format(ReadOnlySpan<byte> chunk, string path)
    {
        if (chunk.Length < 16)
            throw Bad(path, "its format is too short");
        var (tag, channels) = (BinaryPrimitives.ReadUInt16LittleEndian(chunk), BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]));
        var (rate, bits) = (BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]), BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]));
        // The long form has the kind in the first bytes of an identifier.
        var kind = tag == ExtensibleFormat && chunk.Length >= 26 ? BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..]) : tag == ExtensibleFormat ? Pcm : tag;
        return (kind, bits) is (Pcm, 8 or 16 or 24 or 32) or (Floats, 32) && channels is > 0 and <= 64 && rate is >= 1000 and <= 768000
            ? new((int)rate, channels, bits / 8, kind == Floats)
            : throw Bad(path, $"it has format {tag} with {channels} channels of {bits} bits at {rate} Hz, but PCM of 8, 16, 24 or 32 bits or float numbers of 32 are needed");
    }

    static Sound Mix(ReadOnlySpan<byte> data, WavFormat format, string path)
    {
        if (data.Length / format.Bytes > SoundFile.MostSamples)
            throw Bad(path, $"it has {data.Length / format.Bytes} samples, more than the {SoundFile.MostSamples} that are read");
        var samples = new float[data.Length / (format.Bytes * format.Channels)];
        for (var i = 0; i < samples.Length; i++)
        {
            var frame = data.Slice(i * format.Bytes * format.Channels, format.Bytes * format.Channels);
            if (format.IsFloat)
            {
                var sum = 0.0;
                for (var channel = 0; channel < format.Channels; channel++)
                    sum += BinaryPrimitives.ReadSingleLittleEndian(frame[(4 * channel)..]);
                samples[i] = (float)(sum / format.Channels);
                if (!float.IsFinite(samples[i]))
                    throw Bad(path, $"sample {i} is not a finite number");
            }
            else
            {
                var sum = 0L;
                for (var channel = 0; channel < format.Channels; channel++)
                    sum += Whole(frame.Slice(format.Bytes * channel, format.Bytes));
                samples[i] = (float)(sum / (format.Channels * (double)(1L << ((8 * format.Bytes) - 1))));
            }
        }
        return new(format.Rate, samples) { Channels = format.Channels };
    }

    /// <summary>Bytes stand for 0 to 255 with silence at 128, wider numbers are signed.</summary>
    static int Whole(ReadOnlySpan<byte> sample) => sample.Length switch
    {
        1 => sample[0] - 128,
        2 => BinaryPrimitives.ReadInt16LittleEndian(sample),
        3 => sample[0] | (sample[1] << 8) | ((sbyte)sample[2] << 16),
        _ => BinaryPrimitives.ReadInt32LittleEndian(sample),
    };

    static OnnxException Bad(string path, string reason) => new($"`{path}` is not a usable WAV file: {reason}");

    sealed record WavFormat(int Rate, int Channels, int Bytes, bool IsFloat);
}
