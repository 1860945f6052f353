// Writes FlatBuffers. Unaware of schemas.
// Source: the binary format of FlatBuffers.

using System.Collections.Immutable;
using System.Text;

namespace Imagecraft.Onnx.Execution;

/// <summary>Writes a FlatBuffer from front to back: an offset is a hole that is filled when what it leads to is written.</summary>
sealed class FlatWriter
{
    readonly List<byte> bytes = [0, 0, 0, 0, .. "ORTM"u8];

    public int Length => bytes.Count;

    public byte[] ToArray() => [.. bytes];

    /// <summary>A list of field offsets for tables of a size.</summary>
    public int Offsets(ushort size, params ReadOnlySpan<ushort> fields)
    {
        var at = Length;
        foreach (var value in (ReadOnlySpan<ushort>)[(ushort)(4 + (2 * fields.Length)), size, .. fields])
            bytes.AddRange(BitConverter.GetBytes(value));
        return at;
    }

    /// <summary>The begin of a table; its fields are written next.</summary>
    public int Table(int offsets)
    {
        Pad(4, 0);
        Int(Length - offsets);
        return Length - 4;
    }

    public int Hole()
    {
        Int(0);
        return Length - 4;
    }

    public void Int(int value) => bytes.AddRange(BitConverter.GetBytes(value));

    public void Point(int hole, int target)
    {
        var offset = BitConverter.GetBytes(target - hole);
        for (var i = 0; i < offset.Length; i++)
            bytes[hole + i] = offset[i];
    }

    public void Text(int hole, string text)
    {
        Pad(4, 0);
        Point(hole, Length);
        var utf8 = Encoding.UTF8.GetBytes(text);
        Int(utf8.Length);
        bytes.AddRange([.. utf8, 0]);
    }

    public void Vector<T>(int hole, ImmutableArray<T> items, Action<int, T> write)
    {
        Pad(4, 0);
        Point(hole, Length);
        Int(items.Length);
        var holes = items.Select(_ => Hole()).ToArray();
        for (var i = 0; i < holes.Length; i++)
            write(holes[i], items[i]);
    }

    /// <summary>Zeros until what has <paramref name="more"/> bytes further ends at a multiple.</summary>
    public void Pad(int multiple, int more)
    {
        while ((Length + more) % multiple != 0)
            bytes.Add(0);
    }
}
