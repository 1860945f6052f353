// The smallest device: a register that counts, and one that copies sixteen bytes of memory, turned.

using System.Buffers.Binary;
using Imagecraft.VfioUser;

namespace Imagecraft.VirtualNpu.Tests;

public sealed class TinyDeviceTests
{
    private static readonly PciDescription Description = new(0x1234, 0x11ea, 0xff0000, [4096, 0, 4096, 0, 0, 0], 1);

    [Fact]
    public async Task A_device_of_a_few_lines_has_registers_memory_and_an_interrupt()
    {
        await using var served = await ServedDevice.StartAsync(Description, (memory, interrupts) => new TinyDevice(memory, interrupts));
        using var machine = FakeMachine.Start(served.Path);

        Assert.Equal([0u, 1u, 2u], [machine.Read(0), machine.Read(0), machine.Read(0)]);
        "sixteen letters!"u8.CopyTo(machine.Memory[64..]);
        machine.Write(4, (uint)FakeMachine.MemoryAddress + 64);
        Assert.True(machine.WaitForInterrupt());
        Assert.Equal("!srettel neetxis"u8, machine.Memory[64..80]);
    }

    [Fact]
    public async Task The_bus_sees_what_the_device_says_of_itself()
    {
        await using var served = await ServedDevice.StartAsync(Description, (memory, interrupts) => new TinyDevice(memory, interrupts));
        using var machine = FakeMachine.Start(served.Path);

        Assert.Equal([0x34, 0x12, 0xea, 0x11], machine.ReadConfiguration(0, 4));
        // Sizes are found by writing ones.
        machine.WriteConfiguration(0x10, [0xff, 0xff, 0xff, 0xff]);
        Assert.Equal(0xfffff000, BinaryPrimitives.ReadUInt32LittleEndian(machine.ReadConfiguration(0x10, 4)));
        machine.WriteConfiguration(0x14, [0xff, 0xff, 0xff, 0xff]);
        Assert.Equal(0u, BinaryPrimitives.ReadUInt32LittleEndian(machine.ReadConfiguration(0x14, 4)));
        // From capability to capability: PCI Express, then MSI-X with one vector, whose table lies in the third region.
        var first = machine.ReadConfiguration(0x34, 1)[0];
        Assert.Equal(0x10, machine.ReadConfiguration(first, 1)[0]);
        var second = machine.ReadConfiguration((ulong)first + 1, 1)[0];
        Assert.Equal([0x11, 0, 0, 0, 2, 0, 0, 0], machine.ReadConfiguration(second, 8));
        Assert.Equal(FakeMachine.Words(16, 3, 9, 5), machine.Ask(MessageCommand.DeviceInfo, FakeMachine.Words(16, 0, 0, 0)));
        Assert.Equal([.. FakeMachine.Words(32, 3, 0, 0, 4096, 0, 0, 0)], machine.Ask(MessageCommand.RegionInfo, [.. FakeMachine.Words(32, 0, 0, 0), .. new byte[16]]));
        Assert.Equal(FakeMachine.Words(16, 9, 2, 1), machine.Ask(MessageCommand.InterruptInfo, FakeMachine.Words(16, 0, 2, 0)));
    }

    [Fact]
    public async Task Without_bus_mastering_a_device_reaches_no_memory()
    {
        await using var served = await ServedDevice.StartAsync(Description, (memory, interrupts) => new TinyDevice(memory, interrupts));
        using var machine = FakeMachine.Start(served.Path);
        machine.WriteConfiguration(4, [2, 0]);
        "sixteen letters!"u8.CopyTo(machine.Memory);
        machine.Write(4, (uint)FakeMachine.MemoryAddress);
        Assert.False(machine.WaitForInterrupt(milliseconds: 0));
        Assert.Equal("sixteen letters!"u8, machine.Memory[..16]);
    }

    [Theory]
    [InlineData("a region of no bytes", 32u, 3u, 0ul, 0x8000_0000ul, 0ul)]
    [InlineData("one over another", 32u, 3u, 0ul, FakeMachine.MemoryAddress, 4096ul)]
    [InlineData("one beyond its file", 32u, 3u, 0ul, 0x8000_0000ul, 1ul << 30)]
    [InlineData("one beyond all addresses", 32u, 3u, 0ul, ulong.MaxValue - 10, 4096ul)]
    [InlineData("one at a place that is no page", 32u, 3u, 5ul, 0x8000_0000ul, 4096ul)]
    public async Task Memory_that_cannot_be_is_refused_and_the_rest_stays(string what, uint size, uint flags, ulong offset, ulong address, ulong length)
    {
        await using var served = await ServedDevice.StartAsync(Description, (memory, interrupts) => new TinyDevice(memory, interrupts));
        using var machine = FakeMachine.Start(served.Path);
        using var file = File.OpenHandle("/proc/self/exe");
        Assert.True(Assert.Throws<InvalidOperationException>(() => machine.Ask(MessageCommand.MapMemory, [.. FakeMachine.Words(size, flags), .. FakeMachine.Longs(offset, address, length)], file)).Message == nameof(Errno.Invalid), what);
        machine.Write(4, (uint)FakeMachine.MemoryAddress);
        Assert.True(machine.WaitForInterrupt());
    }

    private sealed class TinyDevice(GuestMemory memory, Interrupts interrupts) : IVirtualDevice
    {
        private uint _count;

        public void Read(int bar, ulong offset, Span<byte> target) => BinaryPrimitives.WriteUInt32LittleEndian(target, _count++);

        public unsafe void Write(int bar, ulong offset, ReadOnlySpan<byte> source)
        {
            using var held = memory.Hold();
            var found = memory.Find(BinaryPrimitives.ReadUInt32LittleEndian(source), 16, isWritten: true);
            if (found == null)
                return;
            new Span<byte>(found, 16).Reverse();
            interrupts.Raise(0);
        }

        public void Reset() => _count = 0;

        public void Dispose()
        {
        }
    }
}
