// Numbers of the vfio-user protocol. Unaware of sockets and of devices.

namespace Imagecraft.VfioUser;

/// <summary>What a message asks for.</summary>
/// <remarks>Source: QEMU, docs/interop/vfio-user.rst.</remarks>
internal enum MessageCommand : ushort
{
    Version = 1,
    MapMemory = 2,
    UnmapMemory = 3,
    DeviceInfo = 4,
    RegionInfo = 5,
    InterruptInfo = 7,
    SetInterrupts = 8,
    ReadRegion = 9,
    WriteRegion = 10,
    Reset = 13,
}

/// <summary>The 16 bytes before each message's content, in the order of the host.</summary>
/// <param name="Id">Is repeated in the reply.</param>
/// <param name="Command">What is asked for.</param>
/// <param name="Size">Bytes of the message, these 16 included.</param>
/// <param name="Flags">See the constants.</param>
/// <param name="Error">An errno, in a reply that has <see cref="IsError"/>.</param>
internal readonly record struct MessageHeader(ushort Id, MessageCommand Command, uint Size, uint Flags, uint Error)
{
    public const int Bytes = 16;

    /// <summary>Flags: what kind of message, whether nobody waits for a reply, whether the reply is an error.</summary>
    public const uint KindMask = 0xf, Request = 0, Reply = 1, NoReply = 0x10, IsError = 0x20;
}

/// <summary>Reasons for which a message is refused, as Linux numbers them.</summary>
internal enum Errno : uint
{
    None = 0,
    NoEntry = 2,
    Invalid = 22,
    NotSupported = 95,
}

/// <summary>Indexes of regions and of kinds of interrupts of a PCI device.</summary>
internal static class PciIndex
{
    public const int Bars = 6, ConfigurationSpace = 7, Regions = 9, MsiX = 2, InterruptKinds = 5;
}
