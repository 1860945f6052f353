// The blob that a driver loads. Unaware of where it lies.

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Imagecraft.Vnpu.Commands;

namespace Imagecraft.VirtualNpu;

/// <summary>What became of a firmware.</summary>
public enum FirmwareStatus : uint
{
    /// <summary>None was loaded.</summary>
    None = 0,

    /// <summary>It runs.</summary>
    Running = 1,

    /// <summary>It does not begin as a firmware does, or is shorter than it says.</summary>
    BadFormat = 2,

    /// <summary>Its content has another checksum.</summary>
    BadChecksum = 3,

    /// <summary>It is made for another device, or has a version that this one does not take.</summary>
    WrongVersion = 4,

    /// <summary>Its address is none of the machine's memory.</summary>
    MemoryFault = 5,
}

/// <summary>A firmware: its version, and which operations it has. 64 bytes of header, of which the last 32 are the SHA-256 of the rest, and two for each operation.</summary>
/// <param name="Version">Major times 65536, plus minor.</param>
/// <param name="Operations">What it runs.</param>
public sealed record Firmware(uint Version, ImmutableArray<Operation> Operations)
{
    /// <summary>The version that this device and its driver are made for.</summary>
    public const uint Current = 0x0001_0001;

    /// <summary>Larger ones are refused.</summary>
    public const uint MostBytes = 1 << 20;

    private const int HeaderSize = 64, HashAt = 32;
    private const uint Device = 1;

    private static ReadOnlySpan<byte> Magic => "VNPU-FW\0"u8;

    /// <summary>With all operations.</summary>
    public static Firmware Whole { get; } = new(Current, [.. Enum.GetValues<Operation>().Where(operation => operation != Operation.None)]);

    /// <summary>Reads a blob.</summary>
    /// <param name="blob">All of it.</param>
    /// <param name="wanted">The version that the device takes: the same major, at least this minor.</param>
    public static (FirmwareStatus Status, Firmware? Firmware) Read(ReadOnlySpan<byte> blob, uint wanted)
    {
        if (blob.Length < HeaderSize || !blob.StartsWith(Magic))
            return (FirmwareStatus.BadFormat, null);
        var (device, version, size) = (Word(blob, 8), Word(blob, 12), Word(blob, 16));
        if (size != blob.Length - HeaderSize || size % 2 != 0)
            return (FirmwareStatus.BadFormat, null);
        var content = blob[HeaderSize..];
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(blob.Slice(HashAt, SHA256.HashSizeInBytes)))
            return (FirmwareStatus.BadChecksum, null);
        if (device != Device || version >> 16 != wanted >> 16 || version < wanted)
            return (FirmwareStatus.WrongVersion, null);
        var operations = ImmutableArray.CreateBuilder<Operation>();
        for (var at = 0; at < content.Length; at += 2)
            operations.Add((Operation)BinaryPrimitives.ReadUInt16LittleEndian(content[at..]));
        return (FirmwareStatus.Running, new(version, operations.ToImmutable()));
    }

    /// <summary>The blob.</summary>
    public byte[] Write()
    {
        var blob = new byte[HeaderSize + (2 * Operations.Length)];
        Magic.CopyTo(blob);
        for (var i = 0; i < Operations.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(blob.AsSpan(HeaderSize + (2 * i)), (ushort)Operations[i]);
        SHA256.HashData(blob.AsSpan(HeaderSize), blob.AsSpan(HashAt));
        uint[] words = [Device, Version, (uint)(blob.Length - HeaderSize)];
        for (var i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(blob.AsSpan(8 + (4 * i)), words[i]);
        return blob;
    }

    private static uint Word(ReadOnlySpan<byte> blob, int at) => BinaryPrimitives.ReadUInt32LittleEndian(blob[at..]);
}
