// One machine's messages, answered one after the other. Unaware of sockets and of what the device does.

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.VfioUser;

/// <summary>From version to end of file. A message that cannot be fulfilled gets an error and changes nothing.</summary>
/// <param name="connection">Where messages come from.</param>
/// <param name="description">The device on the bus.</param>
/// <param name="factory">Makes the device.</param>
internal sealed class DeviceSession(Connection connection, PciDescription description, DeviceFactory factory) : IDisposable
{
    private const uint ReadableRegion = 3, WritableMemory = 2, UnmapAll = 2;

    private static readonly byte[] Capabilities = Encoding.ASCII.GetBytes("{\"capabilities\":{\"max_msg_fds\":16,\"max_data_xfer_size\":1048576}}\0");

    private readonly PciConfiguration _configuration = new(description);
    private readonly GuestMemory _memory = new();
    private readonly Interrupts _interrupts = new(description.Vectors);
    private IVirtualDevice? _device;

    /// <summary>Answers until the client goes.</summary>
    public void Run()
    {
        _device = factory(_memory, _interrupts);
        while (connection.Read() is { } message)
            using (message)
                Answer(message);
    }

    public void Dispose()
    {
        _device?.Dispose();
        _interrupts.Dispose();
        _memory.Dispose();
    }

    private void Answer(Message message)
    {
        var header = message.Header;
        if ((header.Flags & MessageHeader.KindMask) != MessageHeader.Request)
            throw new ProtocolException("A client sent a reply to nothing that was asked");
        var (reply, error) = Reply(message);
        if ((header.Flags & MessageHeader.NoReply) == 0)
            connection.Reply(header, error == Errno.None ? reply : [], error);
    }

    private (byte[] Reply, Errno Error) Reply(Message message) => message.Header.Command switch
    {
        MessageCommand.Version => Version(message.Content),
        MessageCommand.MapMemory => Map(message),
        MessageCommand.UnmapMemory => Unmap(message.Content),
        MessageCommand.DeviceInfo => (Words(16, 3, PciIndex.Regions, PciIndex.InterruptKinds), Errno.None),
        MessageCommand.RegionInfo => RegionInfo(message.Content),
        MessageCommand.InterruptInfo => InterruptInfo(message.Content),
        MessageCommand.SetInterrupts => SetInterrupts(message),
        MessageCommand.ReadRegion => Read(message.Content),
        MessageCommand.WriteRegion => Write(message.Content),
        MessageCommand.Reset => Reset(),
        _ => ([], Errno.NotSupported),
    };

    // The version that is asked for; the text behind it must not be longer than what was sent.
    private static (byte[], Errno) Version(byte[] content) =>
        content.Length < 4 ? Refused : content.Length < 4 + Capabilities.Length ? (content[..4], Errno.None) : ([.. content[..4], .. Capabilities], Errno.None);

    private (byte[], Errno) Map(Message message)
    {
        if (message.Content.Length < 32)
            return Refused;
        var (flags, offset, address, length) = (Word(message.Content, 4), Long(message.Content, 8), Long(message.Content, 16), Long(message.Content, 24));
        return _memory.Map(address, length, (flags & WritableMemory) != 0, message.Files.FirstOrDefault(), offset) ? ([], Errno.None) : Refused;
    }

    private (byte[], Errno) Unmap(byte[] content)
    {
        if (content.Length < 24)
            return Refused;
        if ((Word(content, 4) & UnmapAll) != 0)
            _memory.Clear();
        else if (!_memory.Unmap(Long(content, 8), Long(content, 16)))
            return ([], Errno.NoEntry);
        return (content, Errno.None);
    }

    private (byte[], Errno) RegionInfo(byte[] content)
    {
        if (content.Length < 12 || Word(content, 8) >= PciIndex.Regions)
            return Refused;
        var index = Word(content, 8);
        var size = RegionSize((int)index);
        return ([.. Words(32, size > 0 ? ReadableRegion : 0, index, 0), .. Words((uint)size, 0, 0, 0)], Errno.None);
    }

    private (byte[], Errno) InterruptInfo(byte[] content)
    {
        if (content.Length < 12 || Word(content, 8) >= PciIndex.InterruptKinds)
            return Refused;
        var index = Word(content, 8);
        var isOurs = index == PciIndex.MsiX;
        // By event descriptors, and without changing how many there are.
        return (Words(16, isOurs ? 9u : 0, index, isOurs ? (uint)description.Vectors : 0), Errno.None);
    }

    private (byte[], Errno) SetInterrupts(Message message)
    {
        const uint none = 1, events = 4, trigger = 0x20;
        if (message.Content.Length < 20)
            return Refused;
        var (flags, index, first, count) = (Word(message.Content, 4), Word(message.Content, 8), Word(message.Content, 12), Word(message.Content, 16));
        if (index != PciIndex.MsiX)
            return count == 0 && index < PciIndex.InterruptKinds ? ([], Errno.None) : Refused;
        if (first > description.Vectors || count > description.Vectors - first || (flags & trigger) == 0)
            return Refused;
        if ((flags & none) != 0 && count == 0)
            _interrupts.Set(0, new SafeFileHandle?[description.Vectors]);
        else if ((flags & events) != 0 && (message.Files.Count == 0 || message.Files.Count == count))
        {
            _interrupts.Set((int)first, message.Files.Count == 0 ? new SafeFileHandle?[count] : [.. message.Files]);
            message.Files.Clear();
        }
        else
            return Refused;
        return ([], Errno.None);
    }

    private (byte[], Errno) Read(byte[] content)
    {
        if (content.Length < 16 || Access(content, Word(content, 12)) is not { } at)
            return Refused;
        var data = new byte[at.Count];
        if (at.Region == PciIndex.ConfigurationSpace)
            _configuration.Read((int)at.Offset, data);
        else
            _device!.Read(at.Region, at.Offset, data);
        return ([.. content[..16], .. data], Errno.None);
    }

    private (byte[], Errno) Write(byte[] content)
    {
        if (content.Length < 16 || Access(content, Word(content, 12)) is not { } at || content.Length - 16 != at.Count)
            return Refused;
        if (at.Region == PciIndex.ConfigurationSpace)
        {
            _configuration.Write((int)at.Offset, content.AsSpan(16));
            _memory.IsReachable = _configuration.IsBusMaster;
        }
        else
            _device!.Write(at.Region, at.Offset, content.AsSpan(16));
        return (content[..16], Errno.None);
    }

    private (byte[], Errno) Reset()
    {
        _configuration.Reset();
        _memory.IsReachable = false;
        _device!.Reset();
        return ([], Errno.None);
    }

    private (int Region, ulong Offset, int Count)? Access(byte[] content, uint count)
    {
        var (offset, region) = (Long(content, 0), Word(content, 8));
        var size = region < PciIndex.Regions ? RegionSize((int)region) : 0;
        return count <= size && offset <= size - count ? ((int)region, offset, (int)count) : null;
    }

    private ulong RegionSize(int index) => index == PciIndex.ConfigurationSpace ? PciConfiguration.Size : index < description.Bars.Length ? description.Bars[index] : 0;

    private static (byte[], Errno) Refused => ([], Errno.Invalid);

    private static uint Word(byte[] content, int at) => BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(at));

    private static ulong Long(byte[] content, int at) => BinaryPrimitives.ReadUInt64LittleEndian(content.AsSpan(at));

    private static byte[] Words(params ReadOnlySpan<uint> words) => MemoryMarshal.AsBytes(words).ToArray();
}
