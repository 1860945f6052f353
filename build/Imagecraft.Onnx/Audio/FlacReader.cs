// Reads FLAC files. Unaware of networks.
// Source of the format: RFC 9639, "Free Lossless Audio Codec (FLAC)".

using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Imagecraft.Onnx.Audio;

/// <summary>Native FLAC of up to 32 bits, any number of channels (their mean is taken). The checksum that the encoder took of the samples must hold.</summary>
public static class FlacReader
{
    const int StreamInfo = 0, StreamInfoLength = 34, LastBlock = 0x80;

    /// <summary>Reads the bytes of a file; <paramref name="path"/> is for messages.</summary>
    public static Sound Parse(ReadOnlySpan<byte> file, string path)
    {
        try
        {
            return Read(file, path);
        }
        catch (EndOfStreamException)
        {
            throw Bad(path, "it ends too early");
        }
    }

    static Sound Read(ReadOnlySpan<byte> file, string path)
    {
        var (info, at) = Blocks(file, path);
        var bits = new BitReader(info.AsSpan(10));
        var (rate, channels, depth) = ((int)bits.Take(20), (int)bits.Take(3) + 1, (int)bits.Take(5) + 1);
        var total = ((long)bits.Take(4) << 32) | bits.Take(32);
        if (rate is < 1000 or > 768000 || depth < 4)
            throw Bad(path, $"it states {rate} Hz and {depth} bits, but 1000 to 768000 Hz and at least 4 bits are needed");
        if (total * channels > SoundFile.MostSamples)
            throw Bad(path, $"it has {total * channels} samples, more than the {SoundFile.MostSamples} that are read");
        var samples = new List<float>((int)total);
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        while (at < file.Length && (total == 0 || samples.Count < total))
        {
            var (block, length) = FlacFrame.Read(file[at..], channels, depth, path);
            at += length;
            if ((long)(samples.Count + block[0].Length) * channels > SoundFile.MostSamples)
                throw Bad(path, $"it has more than the {SoundFile.MostSamples} samples that are read");
            Add(block, depth, samples, sum);
        }
        if (total != 0 && samples.Count != total)
            throw Bad(path, $"it has {samples.Count} of {total} samples");
        var stated = info.AsSpan(18);
        if (stated.ContainsAnyExcept((byte)0) && !stated.SequenceEqual(sum.GetHashAndReset()))
            throw Bad(path, "its samples do not have the checksum that it states");
        return new(rate, [.. samples]) { Channels = channels };
    }

    static (byte[] Info, int End) Blocks(ReadOnlySpan<byte> file, string path)
    {
        byte[]? info = null;
        for (var at = 4; ;)
        {
            if (file.Length < at + 4)
                throw new EndOfStreamException();
            var (kind, length) = (file[at], BinaryPrimitives.ReadInt32BigEndian(file[at..]) & 0xFFFFFF);
            at += 4;
            if (file.Length < at + length)
                throw new EndOfStreamException();
            if ((kind & ~LastBlock) == StreamInfo && length == StreamInfoLength)
                info = file.Slice(at, length).ToArray();
            at += length;
            if ((kind & LastBlock) != 0)
                return (info ?? throw Bad(path, "it does not state rate and channels"), at);
        }
    }

    /// <summary>Mixes the channels, and adds the samples as they are to the checksum: little-endian, as many whole bytes as a sample needs.</summary>
    static void Add(long[][] block, int depth, List<float> samples, IncrementalHash sum)
    {
        var width = (depth + 7) / 8;
        var plain = new byte[block[0].Length * block.Length * width];
        var scale = block.Length * (double)(1L << (depth - 1));
        for (int i = 0, to = 0; i < block[0].Length; i++)
        {
            var mix = 0L;
            foreach (var channel in block)
            {
                mix += channel[i];
                for (var part = 0; part < width; part++)
                    plain[to++] = (byte)(channel[i] >> (8 * part));
            }
            samples.Add((float)(mix / scale));
        }
        sum.AppendData(plain);
    }

    internal static OnnxException Bad(string path, string reason) => new($"`{path}` is not a usable FLAC file: {reason}; encode it anew, e.g. by `flac`, or leave it out");
}
