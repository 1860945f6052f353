// Reads numbers of any width from bytes, the upper bits first. Unaware of what they mean.

namespace Imagecraft.Onnx.Audio;

/// <summary>A place between bits. What lies behind the end is an <see cref="EndOfStreamException"/>.</summary>
ref struct BitReader(ReadOnlySpan<byte> bytes)
{
    readonly ReadOnlySpan<byte> bytes = bytes;
    long at;

    /// <summary>The next whole byte.</summary>
    public readonly int Position => (int)((at + 7) / 8);

    /// <summary>Goes to the next whole byte.</summary>
    public void Align() => at = 8L * Position;

    /// <summary>A number of up to 32 bits from 0 up.</summary>
    public uint Take(int bits)
    {
        if (at + bits > 8L * bytes.Length)
            throw new EndOfStreamException();
        ulong value = 0;
        for (var left = bits; left > 0;)
        {
            var offset = (int)(at & 7);
            var some = Math.Min(left, 8 - offset);
            value = (value << some) | (uint)((bytes[(int)(at >> 3)] >> (8 - offset - some)) & ((1 << some) - 1));
            at += some;
            left -= some;
        }
        return (uint)value;
    }

    /// <summary>A number of 1 to 33 bits in two's complement.</summary>
    public long TakeSigned(int bits)
    {
        if (bits > 32)
            return (TakeSigned(bits - 32) << 32) | Take(32);
        return (long)((ulong)Take(bits) << (64 - bits)) >> (64 - bits);
    }

    /// <summary>How many zeros come before the next one, which is taken too.</summary>
    public uint TakeZeros()
    {
        uint count = 0;
        while (Take(1) == 0)
            count++;
        return count;
    }
}
