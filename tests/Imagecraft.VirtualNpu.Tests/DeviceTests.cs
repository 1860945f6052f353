// The accelerator as its driver sees it: firmware, ring, jobs, errors and faults.

using System.Runtime.InteropServices;
using Imagecraft.VfioUser;
using Imagecraft.Vnpu.Commands;
using Imagecraft.VirtualNpu.Jobs;
using static Imagecraft.VirtualNpu.Tests.DeviceDriver;

namespace Imagecraft.VirtualNpu.Tests;

public sealed class DeviceTests
{
    [Fact]
    public async Task A_job_is_copied_computed_and_told_by_a_record_and_an_interrupt()
    {
        await using var served = await ServedDevice.StartNpuAsync();
        using var machine = Ready(served);
        byte[] input = [0, 5, 100, 200, 255];
        input.CopyTo(machine.Memory[Data..]);

        var record = Run(machine, 0, [new(Address(Data), 16, 0), new(Address(Data + 0x1000), 16, 1)], [new() { Operation = Operation.Clamp, Count = 5, Least = 5, Largest = 120, Output = new(1, 3) }]);
        Assert.Equal(new CompletionRecord(100, JobStatus.Done, 1, Counters.CyclesPerCommand, 0), record);
        Assert.Equal([0, 0, 0, 5, 5, 100, 120, 120, 0], machine.Memory[(Data + 0x1000)..(Data + 0x1009)].ToArray());
        Assert.Equal((1ul, 1ul, 5ul, 5ul), (machine.ReadPair((uint)Register.Jobs), machine.ReadPair((uint)Register.Commands), machine.ReadPair((uint)Register.BytesRead), machine.ReadPair((uint)Register.BytesWritten)));
        Assert.Equal((1u, 1u), (machine.Read((uint)Register.RingHead), machine.Read((uint)Register.InterruptStatus)));
    }

    [Fact]
    public async Task Jobs_run_in_their_order_around_the_ring()
    {
        await using var served = await ServedDevice.StartNpuAsync();
        using var machine = Ready(served);
        for (var i = 0; i < 3 * Entries; i++)
            Assert.Equal(JobStatus.Done, Run(machine, (uint)(i % Entries), [new(Address(Data), 8, 1)], [new() { Operation = Operation.Fence, Count = (ulong)i }]).Status);
        Assert.Equal(3 * Entries - 1, MemoryMarshal.Read<ulong>(machine.Memory[Data..]));
    }

    public static TheoryData<string> AllBadJobs() => [.. BadJobs.Keys];

    private static readonly Dictionary<string, (JobStatus Status, JobBuffer[] Buffers, Command[] Commands)> BadJobs = new()
    {
        ["no operation"] = (JobStatus.BadCommand, [], [new()]),
        ["an operation that nobody knows"] = (JobStatus.BadCommand, [], [new() { Operation = (Operation)999, Count = 1 }]),
        ["nothing to copy"] = (JobStatus.BadCommand, [new(Address(Data), 16, 1)], [new() { Operation = Operation.Copy }]),
        ["groups that do not divide channels"] = (JobStatus.BadCommand, [new(Address(Data), 4096, 1)], [new() { Operation = Operation.Convolve, Channels = 3, Filters = 4, Groups = 2, Height = 1, Width = 1, OutputHeight = 1, OutputWidth = 1, KernelHeight = 1, KernelWidth = 1, StrideHeight = 1, StrideWidth = 1, DilationHeight = 1, DilationWidth = 1 }]),
        ["limits the wrong way round"] = (JobStatus.BadCommand, [new(Address(Data), 16, 1)], [new() { Operation = Operation.Clamp, Count = 1, Least = 9, Largest = 3 }]),
        ["a buffer that is not in the table"] = (JobStatus.OutOfBuffer, [new(Address(Data), 16, 1)], [new() { Operation = Operation.Copy, Count = 4, Input = new(7, 0) }]),
        ["beyond a buffer's end"] = (JobStatus.OutOfBuffer, [new(Address(Data), 16, 1)], [new() { Operation = Operation.Copy, Count = 4, Input = new(0, 13) }]),
        ["so far beyond that it comes round"] = (JobStatus.OutOfBuffer, [new(Address(Data), 16, 1)], [new() { Operation = Operation.Copy, Count = 4, Input = new(0, ulong.MaxValue - 1) }]),
        ["to a buffer that is only read"] = (JobStatus.OutOfBuffer, [new(Address(Data), 16, 0)], [new() { Operation = Operation.Copy, Count = 4 }]),
        ["a buffer that is none of the machine's memory"] = (JobStatus.MemoryFault, [new(0x10, 16, 1)], [new() { Operation = Operation.Copy, Count = 4 }]),
        ["a buffer that comes round"] = (JobStatus.OutOfBuffer, [new(ulong.MaxValue - 3, 16, 1)], [new() { Operation = Operation.Copy, Count = 4 }]),
        ["filters that would need gigabytes when they are widened"] = (JobStatus.BadCommand, [], [Windows(Operation.Convolve, 600, 1, 8, 250) with { Filters = 1, Groups = 1 }]),
        ["windows that would be looked at for seconds"] = (JobStatus.BadCommand, [], [Windows(Operation.MaximumPool, 1, 600, 360, 255)]),
        ["an image whose elements have no numbers of 32 bits"] = (JobStatus.BadCommand, [], [Windows(Operation.MaximumPool, 1, 65535, 1, 1)]),
        ["rows that have no numbers of 32 bits"] = (JobStatus.BadCommand, [], [new() { Operation = Operation.Multiply, Rows = 1u << 31, Depth = 1, Columns = 1, Largest = 255 }]),
        ["a row that would need gigabytes when it is widened"] = (JobStatus.BadCommand, [], [new() { Operation = Operation.Multiply, Rows = 1, Depth = 1 << 30, Columns = 1, Largest = 255 }]),
        ["more than anybody computes"] = (JobStatus.BadCommand, [], [new() { Operation = Operation.Multiply, Rows = uint.MaxValue, Depth = uint.MaxValue, Columns = uint.MaxValue }]),
    };

    [Theory]
    [MemberData(nameof(AllBadJobs))]
    public async Task A_bad_command_ends_its_job_and_no_other(string what)
    {
        await using var served = await ServedDevice.StartNpuAsync();
        using var machine = Ready(served);
        var (status, buffers, commands) = BadJobs[what];
        JobBuffer[] good = [new(Address(Data), 8, 1)];

        var record = Run(machine, 0, buffers, [new() { Operation = Operation.Fence, Count = 1, Output = new(0, 0) }, .. commands]);
        // The first command needs a buffer, too.
        Assert.Equal(buffers is [{ IsWritable: 1, Address: not 0x10 and < ulong.MaxValue / 2 }, ..] ? (status, 1u) : (record.Status, record.Command), (record.Status, record.Command));
        Assert.Equal(status, Run(machine, 1, buffers, commands).Status);
        Assert.Equal(InterruptBits.Completion | InterruptBits.Error, (InterruptBits)machine.Read((uint)Register.InterruptStatus));
        Assert.Equal(JobStatus.Done, Run(machine, 2, good, [new() { Operation = Operation.Fence, Count = 7 }]).Status);
    }

    // Pages that a driver gives back after a reset are somebody else's.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task When_a_reset_is_answered_nothing_writes_to_memory_any_more(bool isOfTheBus)
    {
        const int side = 360;
        await using var served = await ServedDevice.StartNpuAsync();
        using var machine = Ready(served);
        machine.Memory.Slice(Data, 600 * 600).Fill(7);
        // A quarter of a second and more each, on one thread: no machine is done with them when the reset comes.
        Command[] slow = [.. Enumerable.Repeat(Windows(Operation.MaximumPool, 1, 600, side, 45) with { Output = new(1, 0) }, 64)];
        Assert.NotNull(CommandShape.Of(slow[0]));
        for (var round = 0; round < 3; round++)
        {
            var output = machine.Memory.Slice(0x90000, side * side);
            output.Clear();
            machine.Memory.Slice(Records, CompletionRecord.Size).Clear();
            Submit(machine, 0, [new(Address(Data), 600 * 600, 0), new(Address(0x90000), side * side, 1)], slow);
            Assert.True(SpinWait.SpinUntil(() => machine.Memory[0x90000] == 7, TimeSpan.FromMinutes(1)));
            if (isOfTheBus)
                machine.Ask(MessageCommand.Reset, []);
            else
                machine.Write((uint)Register.Control, (uint)ControlBits.Reset);
            machine.Memory.Slice(0x90000, side * side).Clear();
            Assert.False(machine.WaitForInterrupt(milliseconds: 300));
            Assert.DoesNotContain(machine.Memory.Slice(0x90000, side * side).ToArray(), value => value != 0);
            Assert.Equal(JobStatus.None, Record(machine, 0).Status);
            machine.WriteConfiguration(4, [6, 0]);
            machine.SetInterrupt();
            Setup(machine, Firmware.Whole, Address(Ring));
        }
    }

    [Fact]
    public async Task An_interrupt_that_nobody_takes_holds_nothing_up()
    {
        await using var served = await ServedDevice.StartNpuAsync();
        using (var machine = Ready(served))
        {
            machine.FillInterrupt();
            Submit(machine, 0, [new(Address(Data), 16, 1)], [new() { Operation = Operation.Fence, Count = 6 }]);
            Assert.True(SpinWait.SpinUntil(() => Record(machine, 0).Status == JobStatus.Done, TimeSpan.FromMinutes(1)));
            Assert.Equal(1u, machine.Read((uint)Register.RingHead));
        }

        using var next = Ready(served);
        Assert.Equal(0u, next.Read((uint)Register.Jobs));
    }

    [Fact]
    public async Task A_machine_has_some_thousand_regions_of_memory_at_most()
    {
        await using var served = await ServedDevice.StartNpuAsync();
        using var machine = Ready(served);
        const int count = 4095;
        for (var i = 0ul; i < count; i++)
            machine.MapMemory(0x1_0000_0000 + (i << 20), 4096);
        Assert.Throws<InvalidOperationException>(() => machine.MapMemory(0x100_0000_0000, 4096));
        Assert.Equal(JobStatus.Done, Run(machine, 0, [new(Address(Data), 16, 1)], [new() { Operation = Operation.Fence }]).Status);
    }

    [Fact]
    public async Task A_firmware_is_loaded_and_a_bad_one_is_told()
    {
        var faults = new Faults();
        await using var served = await ServedDevice.StartNpuAsync(faults);
        using var machine = FakeMachine.Start(served.Path);
        var good = Firmware.Whole.Write();

        Assert.Equal(FirmwareStatus.BadFormat, Load(machine, [1, 2, 3]));
        Assert.Equal(FirmwareStatus.BadFormat, Load(machine, good[..^2]));
        Assert.Equal(FirmwareStatus.BadChecksum, Load(machine, [.. good[..^1], 0x55]));
        Assert.Equal(FirmwareStatus.WrongVersion, Load(machine, new Firmware(0x0002_0000, []).Write()));
        Assert.Equal(FirmwareStatus.MemoryFault, Load(machine, good, address: 0x10));
        Assert.Equal(0u, machine.Read((uint)Register.FirmwareVersion));
        faults.Add(Fault.FirmwareVersion, 1);
        Assert.Equal(FirmwareStatus.WrongVersion, Load(machine, good));
        // Without one the ring does not start.
        machine.Write((uint)Register.Control, (uint)ControlBits.EnableRing);
        Assert.Equal(0u, machine.Read((uint)Register.Control));
        Assert.Equal(FirmwareStatus.Running, Load(machine, good));
        Assert.Equal(Firmware.Current, machine.Read((uint)Register.FirmwareVersion));
    }

    [Fact]
    public async Task What_the_firmware_does_not_have_is_not_run()
    {
        await using var served = await ServedDevice.StartNpuAsync();
        using var machine = Ready(served, new Firmware(Firmware.Current, [Operation.Fence]));
        Assert.Equal(JobStatus.UnknownOperation, Run(machine, 0, [new(Address(Data), 16, 1)], [new() { Operation = Operation.Copy, Count = 4 }]).Status);
        Assert.Equal(JobStatus.Done, Run(machine, 1, [new(Address(Data), 16, 1)], [new() { Operation = Operation.Fence }]).Status);
    }

    [Fact]
    public async Task A_ring_that_cannot_be_read_halts_the_device_until_a_reset()
    {
        await using var served = await ServedDevice.StartNpuAsync();
        using var machine = Ready(served, ring: 0x10);
        machine.Write((uint)Register.RingTail, 1);
        Assert.True(machine.WaitForInterrupt());
        Assert.True(((StatusBits)machine.Read((uint)Register.Status)).HasFlag(StatusBits.Halted));
        Assert.Equal(0x10ul, machine.ReadPair((uint)Register.ErrorAddress));
        Setup(machine, Firmware.Whole, Address(Ring));
        Assert.Equal(JobStatus.Done, Run(machine, 0, [new(Address(Data), 16, 1)], [new() { Operation = Operation.Fence }]).Status);
    }

    [Fact]
    public async Task Each_fault_is_seen_as_what_it_is()
    {
        var (faults, gone) = (new Faults(), new TaskCompletionSource());
        await using var served = await ServedDevice.StartNpuAsync(faults, gone.SetResult);
        using var machine = Ready(served);
        JobBuffer[] buffers = [new(Address(Data), 16, 1)];
        Command[] fence = [new() { Operation = Operation.Fence, Count = 6 }];

        faults.Add(Fault.BadAddress, 1);
        Assert.Equal(JobStatus.MemoryFault, Run(machine, 0, buffers, fence).Status);
        faults.Add(Fault.BitFlip, 1);
        Run(machine, 1, buffers, fence);
        Assert.Equal(7, machine.Memory[Data]);
        faults.Add(Fault.LostInterrupt, 1);
        Submit(machine, 2, buffers, fence);
        Assert.True(SpinWait.SpinUntil(() => Record(machine, 2).Status == JobStatus.Done, TimeSpan.FromMinutes(1)));
        Assert.False(machine.WaitForInterrupt(milliseconds: 0));
        faults.Add(Fault.Stall, 1);
        Submit(machine, 3, buffers, fence);
        Assert.False(machine.WaitForInterrupt(milliseconds: 50));
        Assert.True(((StatusBits)machine.Read((uint)Register.Status)).HasFlag(StatusBits.Busy));
        Setup(machine, Firmware.Whole, Address(Ring));
        Assert.Equal(JobStatus.Done, Run(machine, 0, buffers, fence).Status);
        faults.Add(Fault.Gone, 1);
        Submit(machine, 1, buffers, fence);
        await gone.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    private static Command Windows(Operation operation, ushort channels, ushort side, ushort outputs, byte window) => new()
    {
        Operation = operation, Channels = channels, Height = side, Width = side, OutputHeight = outputs, OutputWidth = outputs, KernelHeight = window, KernelWidth = window,
        StrideHeight = 1, StrideWidth = 1, DilationHeight = 1, DilationWidth = 1, Largest = 255,
    };
}
