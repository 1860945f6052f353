// Speaks to a device as QEMU does. Unaware of what the device computes.

using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Imagecraft.VfioUser;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.VirtualNpu.Tests;

/// <summary>A machine with a mebibyte of memory at <see cref="MemoryAddress"/> and one interrupt.</summary>
internal sealed unsafe partial class FakeMachine : IDisposable
{
    public const ulong MemoryAddress = 0x4000_0000;
    public const int MemorySize = 1 << 20;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _file = Path.GetTempFileName();
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly SafeFileHandle _event;
    private ushort _id;

    private FakeMachine(string path)
    {
        _socket.Connect(new UnixDomainSocketEndPoint(path));
        _socket.ReceiveTimeout = 60_000;
        _map = MemoryMappedFile.CreateFromFile(_file, FileMode.Open, null, MemorySize);
        _view = _map.CreateViewAccessor();
        _event = new(EventFile(0, 0), ownsHandle: true);
    }

    /// <summary>The machine's memory.</summary>
    public Span<byte> Memory
    {
        get
        {
            byte* start = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            return new(start, MemorySize);
        }
    }

    /// <summary>A machine that just came.</summary>
    public static FakeMachine Connect(string path) => new(path);

    /// <summary>What QEMU and Linux do before a driver comes: version, memory, interrupt, bus mastering.</summary>
    public static FakeMachine Start(string path)
    {
        var machine = new FakeMachine(path);
        machine.Ask(MessageCommand.Version, [0, 0, 0, 0, .. new byte[200]]);
        machine.MapMemory(MemoryAddress, MemorySize);
        machine.SetInterrupt();
        machine.Ask(MessageCommand.Reset, []);
        machine.WriteConfiguration(4, [6, 0]);
        return machine;
    }

    public void MapMemory(ulong address, ulong size)
    {
        using var file = File.OpenHandle(_file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Ask(MessageCommand.MapMemory, [.. Words(32, 3), .. Longs(0, address, size)], file);
    }

    public void SetInterrupt() => Ask(MessageCommand.SetInterrupts, Words(20, 0x24, PciIndex.MsiX, 0, 1), _event);

    public byte[] ReadConfiguration(ulong offset, int count) => Ask(MessageCommand.ReadRegion, [.. Longs(offset), .. Words(PciIndex.ConfigurationSpace, (uint)count)])[16..];

    public void WriteConfiguration(ulong offset, byte[] bytes) => Ask(MessageCommand.WriteRegion, [.. Longs(offset), .. Words(PciIndex.ConfigurationSpace, (uint)bytes.Length), .. bytes]);

    public uint Read(uint register) => BinaryPrimitives.ReadUInt32LittleEndian(Ask(MessageCommand.ReadRegion, [.. Longs(register), .. Words(0, 4)]).AsSpan(16));

    public ulong ReadPair(uint register) => Read(register) | ((ulong)Read(register + 4) << 32);

    public void Write(uint register, uint value) => Ask(MessageCommand.WriteRegion, [.. Longs(register), .. Words(0, 4, value)]);

    public void WritePair(uint register, ulong value)
    {
        Write(register, (uint)value);
        Write(register + 4, (uint)(value >> 32));
    }

    /// <summary>Waits for an interrupt; false when none came in time.</summary>
    public bool WaitForInterrupt(int milliseconds = 60_000)
    {
        var poll = new Poll { File = (int)_event.DangerousGetHandle(), Events = 1 };
        if (PollFiles(&poll, 1, milliseconds) != 1)
            return false;
        ulong count;
        return ReadFile(_event, &count, sizeof(ulong)) == sizeof(ulong);
    }

    /// <summary>Lets so many interrupts wait that no other can be added.</summary>
    public void FillInterrupt()
    {
        ulong count = ulong.MaxValue - 1;
        Assert.Equal(sizeof(ulong), WriteFile(_event, &count, sizeof(ulong)));
    }

    /// <summary>Sends a message and gives the content of its reply; an error is an <see cref="InvalidOperationException"/> with its number.</summary>
    public byte[] Ask(MessageCommand command, byte[] content, SafeHandle? file = null)
    {
        Send(command, content, file);
        var head = Receive(MessageHeader.Bytes);
        var header = MemoryMarshal.Read<MessageHeader>(head);
        var reply = Receive((int)header.Size - MessageHeader.Bytes);
        Assert.Equal((_id, command, MessageHeader.Reply), (header.Id, header.Command, header.Flags & MessageHeader.KindMask));
        return (header.Flags & MessageHeader.IsError) == 0 ? reply : throw new InvalidOperationException($"{(Errno)header.Error}");
    }

    public void Send(MessageCommand command, byte[] content, SafeHandle? file = null)
    {
        var bytes = new byte[MessageHeader.Bytes + content.Length];
        MemoryMarshal.Write(bytes, new MessageHeader(++_id, command, (uint)bytes.Length, 0, 0));
        content.CopyTo(bytes.AsSpan(MessageHeader.Bytes));
        SendRaw(bytes, file);
    }

    public void SendRaw(byte[] bytes, SafeHandle? file = null)
    {
        if (file is null)
        {
            _socket.Send(bytes);
            return;
        }

        var control = stackalloc byte[24];
        *(Native.ControlHeader*)control = new() { Length = (nuint)sizeof(Native.ControlHeader) + sizeof(int), Level = Native.SocketLevel, Kind = Native.Rights };
        *(int*)(control + sizeof(Native.ControlHeader)) = (int)file.DangerousGetHandle();
        fixed (byte* start = bytes)
        {
            var vector = new Native.Vector { Start = start, Length = (nuint)bytes.Length };
            var message = new Native.Message { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = 24 };
            Assert.Equal(bytes.Length, SendMessage(_socket.SafeHandle, &message, 0));
        }
    }

    public static byte[] Words(params uint[] words) => MemoryMarshal.AsBytes<uint>(words).ToArray();

    public static byte[] Longs(params ulong[] longs) => MemoryMarshal.AsBytes<ulong>(longs).ToArray();

    public void Dispose()
    {
        _socket.Dispose();
        _view.Dispose();
        _map.Dispose();
        _event.Dispose();
        File.Delete(_file);
    }

    private byte[] Receive(int count)
    {
        var bytes = new byte[count];
        for (var filled = 0; filled < count;)
        {
            var some = _socket.Receive(bytes.AsSpan(filled));
            filled += some > 0 ? some : throw new EndOfStreamException();
        }

        return bytes;
    }

    private struct Poll
    {
        public int File;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteFile(SafeHandle file, ulong* value, nuint count);

    [LibraryImport("libc", EntryPoint = "eventfd")]
    private static partial int EventFile(uint count, int flags);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int PollFiles(Poll* files, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint ReadFile(SafeHandle file, ulong* value, nuint count);

    [LibraryImport("libc", EntryPoint = "sendmsg")]
    private static partial nint SendMessage(SafeHandle socket, Native.Message* message, int flags);
}
