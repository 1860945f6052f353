// The virtual accelerator: registers for the machine's thread, and a thread of its own that works on jobs. Unaware of arithmetic and of messages.

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Imagecraft.VfioUser;
using Imagecraft.VirtualNpu.Jobs;

namespace Imagecraft.VirtualNpu;

/// <summary>Jobs run one after the other, in the order of the ring.</summary>
public sealed class NpuDevice : IVirtualDevice
{
    private readonly RegisterFile _registers = new();
    private readonly GuestMemory _memory;
    private readonly Interrupts _interrupts;
    private readonly Faults _faults;
    private readonly Action _gone;
    private readonly JobRunner _runner;
    // Held while the machine's memory is worked on.
    private readonly Lock _working = new();
    private readonly AutoResetEvent _doorbell = new(false);
    private readonly Thread _worker;
    private volatile bool _isDisposed;

    /// <summary>Makes a device that waits for its driver.</summary>
    /// <param name="memory">The machine's memory.</param>
    /// <param name="interrupts">Takes the one interrupt.</param>
    /// <param name="faults">What goes wrong.</param>
    /// <param name="gone">Is called when the device is to go; it does not come back.</param>
    /// <param name="threads">How many threads work on a command.</param>
    public NpuDevice(GuestMemory memory, Interrupts interrupts, Faults faults, Action gone, int threads)
    {
        (_memory, _interrupts, _faults, _gone, _runner) = (memory, interrupts, faults, gone, new(memory, threads));
        _worker = new(Work) { IsBackground = true, Name = "jobs" };
        _worker.Start();
    }

    /// <summary>As it stands on the bus: registers in the first region, the table of interrupts in the third.</summary>
    public static PciDescription Description { get; } = new(0x1234, 0x11e9, 0x120000, [4096, 0, 4096, 0, 0, 0], 1);

    /// <summary>What was done since the last reset.</summary>
    public Counters Counters => _registers.Counters;

    /// <inheritdoc/>
    public void Read(int bar, ulong offset, Span<byte> target)
    {
        target.Fill(0xff);
        if (IsRegister(bar, offset, target.Length))
            BinaryPrimitives.WriteUInt32LittleEndian(target, _registers.Read((uint)offset));
    }

    /// <inheritdoc/>
    public void Write(int bar, ulong offset, ReadOnlySpan<byte> source)
    {
        if (!IsRegister(bar, offset, source.Length))
            return;
        var value = BinaryPrimitives.ReadUInt32LittleEndian(source);
        if ((Register)offset == Register.Control && ((ControlBits)value).HasFlag(ControlBits.Reset))
        {
            Reset();
            return;
        }

        var (hasWork, isRaised) = _registers.Write((uint)offset, value);
        Interrupt(isRaised);
        if (hasWork)
            _doorbell.Set();
    }

    /// <inheritdoc/>
    public void Reset()
    {
        // What runs ends, and when this returns, nothing of it touches the machine's memory any more.
        _registers.Reset();
        lock (_working)
        {
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        // What runs ends, and nothing follows it.
        _registers.Reset();
        _doorbell.Set();
        _worker.Join();
        _doorbell.Dispose();
        _registers.Dispose();
    }

    private static bool IsRegister(int bar, ulong offset, int length) => bar == 0 && length == sizeof(uint) && offset % sizeof(uint) == 0;

    private void Interrupt(bool isRaised)
    {
        if (isRaised)
            _interrupts.Raise(0);
    }

    private void Work()
    {
        while (_doorbell.WaitOne() && !_isDisposed)
        {
            lock (_working)
                if (_registers.TakeFirmware() is { } firmware)
                    Load(firmware);
            while (WorkOnce())
            {
            }
        }
    }

    private bool WorkOnce()
    {
        lock (_working)
            return _registers.TakeJob() is { } job && Run(job);
    }

    private void Load(FirmwareOrder order)
    {
        var wanted = _faults.Take(Fault.FirmwareVersion) ? Firmware.Current + (1 << 16) : Firmware.Current;
        var (status, firmware) = order.Size is 0 or > Firmware.MostBytes ? (FirmwareStatus.BadFormat, null)
            : Fetch(order.Address, order.Size) is { } blob ? Firmware.Read(blob, wanted)
            : (FirmwareStatus.MemoryFault, null);
        Interrupt(_registers.Finish(order, status, firmware));
    }

    /// <summary>Runs a job; false when the device stops.</summary>
    private bool Run(JobOrder order)
    {
        if (Fetch(order.Descriptor, JobDescriptor.Size) is not { } bytes)
        {
            Interrupt(_registers.Halt(order, order.Descriptor));
            return false;
        }

        if (_faults.Take(Fault.Gone))
        {
            _gone();
            return false;
        }

        if (_faults.Take(Fault.Stall))
            order.Reset.WaitHandle.WaitOne();
        var job = MemoryMarshal.Read<JobDescriptor>(bytes);
        var result = _faults.Take(Fault.BadAddress) ? new(JobStatus.MemoryFault, 0, ulong.MaxValue, new(1, 0, 0, 0, 0, 0)) : _runner.Run(job, order.Firmware, order.Reset);
        if (order.Reset.IsCancellationRequested)
            return false;
        if (_faults.Take(Fault.BitFlip))
            _runner.Flip(job);
        if (!Answer(order.Record, new(job.Fence, result.Status, result.Command, result.Work.Cycles, result.Work.Products)))
        {
            Interrupt(_registers.Halt(order, order.Record));
            return false;
        }

        var isRaised = _registers.Finish(order, result, job.Fence);
        Interrupt(isRaised && !_faults.Take(Fault.LostInterrupt));
        return true;
    }

    private unsafe byte[]? Fetch(ulong address, uint size)
    {
        using var held = _memory.Hold();
        var found = _memory.Find(address, size, isWritten: false);
        return found == null ? null : new ReadOnlySpan<byte>(found, (int)size).ToArray();
    }

    // The status comes last, so whoever sees it sees all the rest.
    private unsafe bool Answer(ulong address, CompletionRecord record)
    {
        using var held = _memory.Hold();
        var found = _memory.Find(address, CompletionRecord.Size, isWritten: true);
        if (found == null)
            return false;
        MemoryMarshal.Write(new Span<byte>(found, CompletionRecord.Size), record with { Status = JobStatus.None });
        Thread.MemoryBarrier();
        *(JobStatus*)(found + sizeof(ulong)) = record.Status;
        return true;
    }
}
