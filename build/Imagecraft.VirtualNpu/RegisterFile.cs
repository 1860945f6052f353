// What the registers hold, and what writing them does. Unaware of memory, of threads' work and of messages.

using Imagecraft.VirtualNpu.Jobs;

namespace Imagecraft.VirtualNpu;

/// <summary>A firmware that is to be loaded.</summary>
/// <param name="Address">Its first byte.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Reset">Ends when the device is reset: what comes of it is nobody's then.</param>
internal sealed record FirmwareOrder(ulong Address, uint Size, CancellationToken Reset);

/// <summary>A job whose turn it is.</summary>
/// <param name="Descriptor">Address of its entry of the ring.</param>
/// <param name="Record">Address of its record.</param>
/// <param name="Firmware">What runs it.</param>
/// <param name="Reset">As of <see cref="FirmwareOrder"/>.</param>
internal sealed record JobOrder(ulong Descriptor, ulong Record, Firmware Firmware, CancellationToken Reset);

/// <summary>For the machine's thread, which reads and writes, and the device's own, which takes orders and finishes them: each call is one step under one lock.</summary>
internal sealed class RegisterFile : IDisposable
{
    private const uint Identification = 0x5550_4e56, HardwareVersion = 0x0001_0000;
    private const uint MostOrder = 10;

    private readonly Lock _lock = new();
    private CancellationTokenSource _reset = new();

    // Written by the driver.
    private ulong _firmwareAddress, _ringAddress, _recordsAddress;
    private uint _firmwareSize, _ringOrder, _tail, _interruptEnable;
    private bool _isEnabled, _isFirmwareWanted;

    // Read by it.
    private Firmware? _firmware;
    private FirmwareStatus _firmwareStatus;
    private uint _head;
    private bool _isBusy, _isHalted;
    private InterruptBits _interruptStatus;
    private JobStatus _errorStatus;
    private ulong _errorAddress, _errorFence;
    private Counters _counters;
    private uint _upperHalf;

    /// <summary>What was done since the last reset.</summary>
    public Counters Counters
    {
        get
        {
            lock (_lock)
                return _counters;
        }
    }

    /// <summary>Reads a register; all ones where there is none.</summary>
    public uint Read(uint offset)
    {
        lock (_lock)
            return Value(offset);
    }

    /// <summary>Writes a register.</summary>
    /// <returns>Whether there may be work now, and whether an interrupt is due.</returns>
    public (bool HasWork, bool IsRaised) Write(uint offset, uint value)
    {
        lock (_lock)
        {
            Set(offset, value);
            return ((Register)offset is Register.FirmwareLoad or Register.RingTail, (Register)offset == Register.InterruptEnable && Pending != InterruptBits.None);
        }
    }

    /// <summary>As after power-on; the job that runs belongs to the time before.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _reset.Cancel();
            _reset = new();
            (_firmwareAddress, _ringAddress, _recordsAddress, _firmwareSize, _ringOrder, _tail, _interruptEnable) = (0, 0, 0, 0, 0, 0, 0);
            (_isEnabled, _isFirmwareWanted, _firmware, _firmwareStatus, _head, _isBusy, _isHalted) = (false, false, null, FirmwareStatus.None, 0, false, false);
            (_interruptStatus, _errorStatus, _errorAddress, _errorFence, _counters) = (InterruptBits.None, JobStatus.None, 0, 0, default);
        }
    }

    /// <summary>The firmware that is asked for, once.</summary>
    public FirmwareOrder? TakeFirmware()
    {
        lock (_lock)
        {
            if (!_isFirmwareWanted)
                return null;
            _isFirmwareWanted = false;
            return new(_firmwareAddress, _firmwareSize, _reset.Token);
        }
    }

    /// <summary>The next job of the ring.</summary>
    public JobOrder? TakeJob()
    {
        lock (_lock)
        {
            if (!_isEnabled || _head == _tail || _firmware is null)
                return null;
            _isBusy = true;
            return new(_ringAddress + (_head * (ulong)JobDescriptor.Size), _recordsAddress + (_head * (ulong)CompletionRecord.Size), _firmware, _reset.Token);
        }
    }

    /// <summary>A firmware was loaded or refused.</summary>
    /// <returns>Whether an interrupt is due.</returns>
    public bool Finish(FirmwareOrder order, FirmwareStatus status, Firmware? firmware) =>
        Finish(InterruptBits.Firmware, () => (_firmwareStatus, _firmware) = (status, firmware), order.Reset);

    /// <summary>A job ended, and its record was written.</summary>
    /// <returns>Whether an interrupt is due.</returns>
    public bool Finish(JobOrder order, JobResult result, ulong fence)
    {
        var isBad = result.Status != JobStatus.Done;
        return Finish(
            InterruptBits.Completion | (isBad ? InterruptBits.Error : InterruptBits.None),
            () =>
            {
                (_head, _isBusy, _counters) = ((_head + 1) & Mask, false, _counters + result.Work);
                if (isBad && _errorStatus == JobStatus.None)
                    (_errorStatus, _errorAddress, _errorFence) = (result.Status, result.Address, fence);
            },
            order.Reset);
    }

    /// <summary>The ring cannot be read, or a record cannot be written: there is nobody to tell but by registers, until a reset.</summary>
    /// <returns>Whether an interrupt is due.</returns>
    public bool Halt(JobOrder order, ulong address) =>
        Finish(InterruptBits.Error, () => (_isHalted, _isEnabled, _isBusy, _errorStatus, _errorAddress) = (true, false, false, JobStatus.MemoryFault, address), order.Reset);

    public void Dispose() => _reset.Dispose();

    private InterruptBits Pending => _interruptStatus & (InterruptBits)_interruptEnable;

    private uint Mask => (1u << (int)_ringOrder) - 1;

    private bool Finish(InterruptBits bits, Action change, CancellationToken reset)
    {
        lock (_lock)
        {
            if (reset.IsCancellationRequested)
                return false;
            change();
            _interruptStatus |= bits;
            return Pending != InterruptBits.None;
        }
    }

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
            case Register.FirmwareLoad:
                _isFirmwareWanted |= value == 1 && !_isEnabled;
                break;
            case Register.RingOrder when !_isEnabled:
                (_ringOrder, _head, _tail) = (Math.Min(value, MostOrder), 0, 0);
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
}
