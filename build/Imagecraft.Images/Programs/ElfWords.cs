// Numbers and texts of ELF files, whose header says how they are written. Pure.

using System.Buffers.Binary;
using System.Text;

namespace Imagecraft.Images.Programs;

/// <summary>Reads them where they lie.</summary>
/// <param name="Is64">Addresses have 64 bits, not 32.</param>
/// <param name="IsLittle">The lowest byte comes first.</param>
internal readonly record struct ElfWords(bool Is64, bool IsLittle)
{
    public ushort Half(ReadOnlySpan<byte> from, int at) => IsLittle ? BinaryPrimitives.ReadUInt16LittleEndian(from[at..]) : BinaryPrimitives.ReadUInt16BigEndian(from[at..]);

    public uint Word(ReadOnlySpan<byte> from, int at) => IsLittle ? BinaryPrimitives.ReadUInt32LittleEndian(from[at..]) : BinaryPrimitives.ReadUInt32BigEndian(from[at..]);

    public ulong Long(ReadOnlySpan<byte> from, int at) => IsLittle ? BinaryPrimitives.ReadUInt64LittleEndian(from[at..]) : BinaryPrimitives.ReadUInt64BigEndian(from[at..]);

    public ulong Address(ReadOnlySpan<byte> from, int at) => Is64 ? Long(from, at) : Word(from, at);

    /// <summary>The text up to its zero, or to the end.</summary>
    public static string Text(ReadOnlySpan<byte> from) => Encoding.UTF8.GetString(from.IndexOf((byte)0) is >= 0 and var end ? from[..end] : from);
}
