// Decodes one frame of a FLAC stream to the samples of its channels. Unaware of files.
// Source of the format: RFC 9639, "Free Lossless Audio Codec (FLAC)", section 9.

namespace Imagecraft.Onnx.Audio;

static class FlacFrame
{
    const int Stereo = 8, LeftSide = 8, RightSide = 9, MidSide = 10;

    /// <summary>Samples by channel, and how many bytes the frame has.</summary>
    public static (long[][] Channels, int Length) Read(ReadOnlySpan<byte> bytes, int channels, int depth, string path)
    {
        var bits = new BitReader(bytes);
        if (bits.Take(15) != 0x7FFC)
            throw FlacReader.Bad(path, "a frame does not begin like one");
        bits.Take(1);
        var (sizeCode, rateCode, order, depthCode) = (bits.Take(4), bits.Take(4), (int)bits.Take(4), bits.Take(3));
        bits.Take(1);
        SkipNumber(ref bits, path);
        var size = sizeCode switch
        {
            1 => 192,
            >= 2 and <= 5 => 144 << (int)sizeCode,
            6 => (int)bits.Take(8) + 1,
            7 => (int)bits.Take(16) + 1,
            >= 8 => 1 << (int)sizeCode,
            _ => throw FlacReader.Bad(path, "a frame has the reserved size 0"),
        };
        bits.Take(rateCode switch { 12 => 8, 13 or 14 => 16, _ => 0 });
        var here = depthCode switch { 0 => depth, 1 => 8, 2 => 12, 4 => 16, 5 => 20, 6 => 24, 7 => 32, _ => -1 };
        if (here != depth || (order < Stereo ? order + 1 : 2) != channels || order > MidSide)
            throw FlacReader.Bad(path, "a frame has other channels or bits than the file states");
        bits.Take(8);
        var decoded = new long[channels][];
        for (var channel = 0; channel < channels; channel++)
        {
            var isSide = (order is LeftSide or MidSide && channel == 1) || (order == RightSide && channel == 0);
            decoded[channel] = FlacSubframe.Read(ref bits, size, depth + (isSide ? 1 : 0), path);
        }
        Correlate(decoded, order);
        bits.Align();
        bits.Take(16);
        return (decoded, bits.Position);
    }

    /// <summary>The frame's or sample's number, written like a character of UTF-8 of up to seven bytes.</summary>
    static void SkipNumber(ref BitReader bits, string path)
    {
        var first = (byte)bits.Take(8);
        var length = System.Numerics.BitOperations.LeadingZeroCount((uint)(byte)~first) - 24;
        if (length is 1 or > 7)
            throw FlacReader.Bad(path, "a frame's number is damaged");
        for (var i = 1; i < length; i++)
            bits.Take(8);
    }

    static void Correlate(long[][] channels, int order)
    {
        if (order < Stereo)
            return;
        var (one, other) = (channels[0], channels[1]);
        for (var i = 0; i < one.Length; i++)
        {
            if (order == LeftSide)
                other[i] = one[i] - other[i];
            else if (order == RightSide)
                one[i] += other[i];
            else
            {
                var (mid, side) = ((one[i] << 1) | (other[i] & 1), other[i]);
                (one[i], other[i]) = ((mid + side) >> 1, (mid - side) >> 1);
            }
        }
    }
}
