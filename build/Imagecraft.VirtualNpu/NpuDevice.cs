// The registers, the ring and the thread that works on it. Unaware of arithmetic and of messages.

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Imagecraft.VfioUser;
using Imagecraft.VirtualNpu.Jobs;

namespace Imagecraft.VirtualNpu;

/// <summary>
/// The virtual accelerator. Registers are written by the machine's thread, jobs run on one of the device's own, one after the other. What either changes is guarded by one lock, which nobody holds while a job runs.
/// </summary>
public sealed class NpuDevice : IVirtualDevice
{
    private const uint Identification = 0x5550_4e56, HardwareVersion = 0x0001_0000;
    private const uint MostOrder = 10;

    private readonly Lock _lock = new();
    private readonly GuestMemory _memory;
    private readonly Interrupts _interrupts;
    private readonly Faults _faults;
    private readonly Action _gone;
    private readonly JobRunner _runner;
    private readonly AutoResetEvent _doorbell = new(false);
    private readonly Thread _worker;
    private CancellationTokenSource _reset = new();
    private bool _isDisposed;

    // What is written.
    private ulong _firmwareAddress, _ringAddress, _recordsAddress;
    private uint _firmwareSize, _ringOrder, _tail, _interruptEnable;
    private bool _isEnabled, _isFirmwareWanted;

    // What is read.
    private Firmware? _firmware;
    private FirmwareStatus _firmwareStatus;
    private uint _head;
    private bool _isBusy, _isHalted;
    private InterruptBits _interruptStatus;
    private JobStatus _errorStatus;
    private ulong _errorAddress, _errorFence;
    private Counters _counters;
    private uint _upperHalf;

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
    public Counters Counters
    {
        get
        {
            lock (_lock)
                return _counters;
        }
    }

    /// <inheritdoc/>
    public void Read(int bar, ulong offset, Span<byte> target)
    {
        target.Fill(0xff);
        if (bar != 0 || target.Length != sizeof(uint) || offset % sizeof(uint) != 0)
            return;
        lock (_lock)
            BinaryPrimitives.WriteUInt32LittleEndian(target, Value((uint)offset));
    }

    /// <inheritdoc/>
    public void Write(int bar, ulong offset, ReadOnlySpan<byte> source)
    {
        if (bar != 0 || source.Length != sizeof(uint) || offset % sizeof(uint) != 0)
            return;
        var value = BinaryPrimitives.ReadUInt32LittleEndian(source);
        if (offset == (uint)Register.Control && ((ControlBits)value).HasFlag(ControlBits.Reset))
        {
            Reset();
            return;
        }

        InterruptBits raised;
        lock (_lock)
        {
            Set((uint)offset, value);
            raised = offset == (uint)Register.InterruptEnable ? Pending : InterruptBits.None;
        }

        if (raised != InterruptBits.None)
            _interrupts.Raise(0);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        lock (_lock)
        {
            // The job that runs belongs to the time before, and whatever it ends with is nobody's.
            _reset.Cancel();
            _reset = new();
            (_firmwareAddress, _ringAddress, _recordsAddress, _firmwareSize, _ringOrder, _tail, _interruptEnable) = (0, 0, 0, 0, 0, 0, 0);
            (_isEnabled, _isFirmwareWanted, _firmware, _firmwareStatus, _head, _isBusy, _isHalted) = (false, false, null, FirmwareStatus.None, 0, false, false);
            (_interruptStatus, _errorStatus, _errorAddress, _errorFence, _counters) = (InterruptBits.None, JobStatus.None, 0, 0, default);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _reset.Cancel();
        }

        _doorbell.Set();
        _worker.Join();
        _doorbell.Dispose();
        _reset.Dispose();
    }

    private InterruptBits Pending => _interruptStatus & (InterruptBits)_interruptEnable;

    private uint Value(uint offset) => (Register)offset switch
    {
        Register.Identification => Identification,
        Register.Version => HardwareVersion,
        Register.Control => _isEnabled ? (uint)ControlBits.EnableRing : 0,
        Register.Status => (uint)((_firmware is null ? 0 : StatusBits.FirmwareRuns) | (_isEnabled ? StatusBits.RingEnabled : 0) | (_isBusy ? StatusBits.Busy : 0) | (_isHalted ? StatusBits.Halted : 0)),
        Register.FirmwareSize => _firmwareSize,
        Register.FirmwareStatus => (uint)_firmwareStatus,
        Register.FirmwareVersion => _firmware?.Version ?? 0,
        Register.RingOrder => _ringOrder,
        Register.RingHead => _head,
        Register.RingTail => _tail,
        Register.InterruptStatus => (uint)_interruptStatus,
        Register.InterruptEnable => _interruptEnable,
        Register.ErrorStatus => (uint)_errorStatus,
        Register.ClockHertz => Counters.ClockHertz,
        _ => offset % 8 == 0 ? Lower(offset) : Upper(offset),
    };

    // Reading the lower half keeps the upper one, so that both are of one moment.
    private uint Lower(uint offset)
    {
        var value = Pair(offset);
        _upperHalf = (uint)((value ?? ulong.MaxValue) >> 32);
        return (uint)(value ?? uint.MaxValue);
    }

    private uint Upper(uint offset) => Pair(offset - 4) is null ? uint.MaxValue : _upperHalf;

    private ulong? Pair(uint offset) => (Register)offset switch
    {
        Register.FirmwareAddress => _firmwareAddress,
        Register.RingAddress => _ringAddress,
        Register.RecordsAddress => _recordsAddress,
        Register.ErrorAddress => _errorAddress,
        Register.ErrorFence => _errorFence,
        Register.Jobs => _counters.Jobs,
        Register.Commands => _counters.Commands,
        Register.Products => _counters.Products,
        Register.BytesRead => _counters.BytesRead,
        Register.BytesWritten => _counters.BytesWritten,
        Register.Cycles => _counters.Cycles,
        _ => null,
    };

    private void Set(uint offset, uint value)
    {
        switch ((Register)offset)
        {
            case Register.Control:
                _isEnabled = ((ControlBits)value).HasFlag(ControlBits.EnableRing) && _firmware is not null && !_isHalted;
                break;
            case Register.FirmwareSize:
                _firmwareSize = value;
                break;
            case Register.FirmwareLoad when value == 1 && !_isEnabled:
                _isFirmwareWanted = true;
                break;
            case Register.RingOrder when !_isEnabled:
                _ringOrder = Math.Min(value, MostOrder);
                (_head, _tail) = (0, 0);
                break;
            case Register.RingTail when _isEnabled:
                _tail = value & Mask;
                break;
            case Register.InterruptStatus:
                _interruptStatus &= ~(InterruptBits)value;
                break;
            case Register.InterruptEnable:
                _interruptEnable = value;
                break;
            case Register.ErrorStatus:
                (_errorStatus, _errorAddress, _errorFence) = (JobStatus.None, 0, 0);
                break;
            default:
                SetHalf(offset, value);
                break;
        }

        if ((Register)offset is Register.FirmwareLoad or Register.RingTail)
            _doorbell.Set();
    }

    private void SetHalf(uint offset, uint value)
    {
        if (_isEnabled)
            return;
        switch ((Register)(offset & ~4u))
        {
            case Register.FirmwareAddress:
                _firmwareAddress = With(_firmwareAddress);
                break;
            case Register.RingAddress:
                _ringAddress = With(_ringAddress);
                break;
            case Register.RecordsAddress:
                _recordsAddress = With(_recordsAddress);
                break;
        }

        ulong With(ulong pair) => offset % 8 == 0 ? (pair & ~(ulong)uint.MaxValue) | value : (pair & uint.MaxValue) | ((ulong)value << 32);
    }

    private uint Mask => (1u << (int)_ringOrder) - 1;

    private void Work()
    {
        while (_doorbell.WaitOne())
        {
            LoadFirmware();
            while (RunNext())
            {
            }

            lock (_lock)
                if (_isDisposed)
                    return;
        }
    }

    private void LoadFirmware()
    {
        ulong address;
        uint size;
        CancellationToken reset;
        lock (_lock)
        {
            if (!_isFirmwareWanted)
                return;
            (address, size, reset, _isFirmwareWanted) = (_firmwareAddress, _firmwareSize, _reset.Token, false);
        }

        var (status, firmware) = Fetch(address, size) is { } blob ? Firmware.Read(blob, _faults.Take(Fault.FirmwareVersion) ? Firmware.Current + (1 << 16) : Firmware.Current) : (size is 0 or > Firmware.MostBytes ? FirmwareStatus.BadFormat : FirmwareStatus.MemoryFault, null);
        Finish(InterruptBits.Firmware, () => (_firmwareStatus, _firmware) = (status, firmware), reset);
    }

    private unsafe byte[]? Fetch(ulong address, uint size)
    {
        if (size is 0 or > Firmware.MostBytes)
            return null;
        using var held = _memory.Hold();
        var found = _memory.Find(address, size, isWritten: false);
        return found == null ? null : new ReadOnlySpan<byte>(found, (int)size).ToArray();
    }

    /// <summary>Runs the next job of the ring; false when there is none.</summary>
    private bool RunNext()
    {
        ulong descriptorAddress, recordAddress;
        Firmware firmware;
        CancellationToken reset;
        lock (_lock)
        {
            if (_isDisposed || !_isEnabled || _isHalted || _head == _tail || _firmware is null)
                return false;
            (descriptorAddress, recordAddress, firmware, reset, _isBusy) = (_ringAddress + (_head * (ulong)JobDescriptor.Size), _recordsAddress + (_head * (ulong)CompletionRecord.Size), _firmware, _reset.Token, true);
        }

        if (Descriptor(descriptorAddress) is not { } job)
        {
            Halt(descriptorAddress, reset);
            return false;
        }

        if (_faults.Take(Fault.Gone))
        {
            _gone();
            return false;
        }

        if (_faults.Take(Fault.Stall))
        {
            reset.WaitHandle.WaitOne();
            return false;
        }

        var result = _faults.Take(Fault.BadAddress) ? new(JobStatus.MemoryFault, 0, ulong.MaxValue, new(1, 0, 0, 0, 0, 0)) : _runner.Run(job, firmware, reset);
        if (_faults.Take(Fault.BitFlip))
            _runner.Flip(job);
        if (!Record(recordAddress, new(job.Fence, result.Status, result.Command, result.Work.Cycles, result.Work.Products), reset))
        {
            Halt(recordAddress, reset);
            return false;
        }

        var isBad = result.Status != JobStatus.Done;
        Finish(InterruptBits.Completion | (isBad ? InterruptBits.Error : InterruptBits.None), () =>
        {
            (_head, _isBusy, _counters) = ((_head + 1) & Mask, false, _counters + result.Work);
            if (isBad && _errorStatus == JobStatus.None)
                (_errorStatus, _errorAddress, _errorFence) = (result.Status, result.Address, job.Fence);
        }, reset);
        return true;
    }

    // A ring that cannot be read, or a record that cannot be written: there is nobody to tell but by registers.
    private void Halt(ulong address, CancellationToken reset) => Finish(InterruptBits.Error, () => (_isHalted, _isEnabled, _isBusy, _errorStatus, _errorAddress) = (true, false, false, JobStatus.MemoryFault, address), reset);

    private void Finish(InterruptBits bits, Action change, CancellationToken reset)
    {
        var isLost = bits.HasFlag(InterruptBits.Completion) && _faults.Take(Fault.LostInterrupt);
        bool isRaised;
        lock (_lock)
        {
            if (reset.IsCancellationRequested)
                return;
            change();
            _interruptStatus |= bits;
            isRaised = Pending != InterruptBits.None;
        }

        if (isRaised && !isLost)
            _interrupts.Raise(0);
    }

    private unsafe JobDescriptor? Descriptor(ulong address)
    {
        using var held = _memory.Hold();
        var found = _memory.Find(address, JobDescriptor.Size, isWritten: false);
        return found == null ? null : MemoryMarshal.Read<JobDescriptor>(new ReadOnlySpan<byte>(found, JobDescriptor.Size));
    }

    // The status comes last, so whoever sees it sees all the rest.
    private unsafe bool Record(ulong address, CompletionRecord record, CancellationToken reset)
    {
        using var held = _memory.Hold();
        var found = _memory.Find(address, CompletionRecord.Size, isWritten: true);
        if (found == null || reset.IsCancellationRequested)
            return found != null;
        MemoryMarshal.Write(new Span<byte>(found, CompletionRecord.Size), record with { Status = JobStatus.None });
        Thread.MemoryBarrier();
        *(JobStatus*)(found + sizeof(ulong)) = record.Status;
        return true;
    }
}
