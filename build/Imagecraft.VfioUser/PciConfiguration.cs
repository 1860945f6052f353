// The configuration space of a PCI Express endpoint. Unaware of messages and of what the device does.

using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Imagecraft.VfioUser;

/// <summary>What a device says of itself on the bus.</summary>
/// <param name="Vendor">Number of the vendor.</param>
/// <param name="Device">Number of the device.</param>
/// <param name="Class">Class, subclass and interface: 24 bits, such as 0x120000 for a processing accelerator.</param>
/// <param name="Bars">Bytes of each of the six memory regions: a power of two from 4096 on, or 0.</param>
/// <param name="Vectors">Interrupts (MSI-X), at least one; their table lies in the last region that is there.</param>
public sealed record PciDescription(ushort Vendor, ushort Device, int Class, ImmutableArray<uint> Bars, int Vectors)
{
    /// <summary>Number of the silicon's revision.</summary>
    public byte Revision { get; init; } = 1;
}

/// <summary>4096 bytes, of which a mask says which bits can be written.</summary>
/// <remarks>Source: PCI Express Base Specification, chapter 7.5; the sizes of BARs are found by writing ones.</remarks>
internal sealed class PciConfiguration
{
    public const int Size = 4096;

    private const int Command = 0x04, Status = 0x06, FirstBar = 0x10, Subsystem = 0x2c, FirstCapability = 0x34, Line = 0x3c, Express = 0x40, MsiX = 0x80;
    private const int MemorySpace = 2, BusMaster = 4, HasCapabilities = 0x10;

    private readonly byte[] _values = new byte[Size], _writable = new byte[Size];

    public PciConfiguration(PciDescription description)
    {
        Put(0, (uint)(description.Vendor | (description.Device << 16)));
        Put(Status & ~3, HasCapabilities << 16);
        Put(0x08, description.Revision | ((uint)description.Class << 8));
        Put(Subsystem, (uint)(description.Vendor | (1 << 16)));
        _values[FirstCapability] = Express;
        Allow(Command, MemorySpace | BusMaster | 0x0540);
        _writable[Line] = 0xff;
        for (var bar = 0; bar < description.Bars.Length; bar++)
            if (description.Bars[bar] > 0)
                Allow(FirstBar + (4 * bar), ~(description.Bars[bar] - 1));

        // An endpoint of version 2 with one lane of the first speed.
        Put(Express, 0x10 | (MsiX << 8) | (2 << 16));
        Allow(Express + 8, 0xffff);
        Put(Express + 0x0c, 0x11);
        Allow(Express + 0x10, 0xffff);
        Put(Express + 0x10, 0x11 << 16);
        var table = (uint)description.Bars.ToList().FindLastIndex(size => size > 0);
        Put(MsiX, 0x11 | ((uint)(description.Vectors - 1) << 16));
        Allow(MsiX, 0xc0000000);
        Put(MsiX + 4, table);
        Put(MsiX + 8, (description.Bars[(int)table] / 2) | table);
    }

    /// <summary>Whether the device may reach memory.</summary>
    public bool IsBusMaster => (_values[Command] & BusMaster) != 0;

    public void Read(int offset, Span<byte> to) => _values.AsSpan(offset, to.Length).CopyTo(to);

    public void Write(int offset, ReadOnlySpan<byte> from)
    {
        for (var i = 0; i < from.Length; i++)
            _values[offset + i] = (byte)((_values[offset + i] & ~_writable[offset + i]) | (from[i] & _writable[offset + i]));
    }

    /// <summary>As after power-on.</summary>
    public void Reset()
    {
        for (var i = 0; i < Size; i++)
            _values[i] &= (byte)~_writable[i];
    }

    private void Put(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_values.AsSpan(offset), BinaryPrimitives.ReadUInt32LittleEndian(_values.AsSpan(offset)) | value);

    private void Allow(int offset, uint mask) => BinaryPrimitives.WriteUInt32LittleEndian(_writable.AsSpan(offset), BinaryPrimitives.ReadUInt32LittleEndian(_writable.AsSpan(offset)) | mask);
}
