// The device's registers. Unaware of what happens when they are written.

namespace Imagecraft.VirtualNpu;

/// <summary>Offsets in the first memory region. All are 32 bits wide; of a pair the upper half comes second. The data sheet (docs/virtual-npu.md) has what each bit means.</summary>
internal enum Register : uint
{
    Identification = 0x00,
    Version = 0x04,
    Control = 0x08,
    Status = 0x0c,
    FirmwareAddress = 0x10,
    FirmwareSize = 0x18,
    FirmwareLoad = 0x1c,
    FirmwareStatus = 0x20,
    FirmwareVersion = 0x24,
    RingAddress = 0x30,
    RingOrder = 0x38,
    RingHead = 0x3c,
    RingTail = 0x40,
    RecordsAddress = 0x48,
    InterruptStatus = 0x50,
    InterruptEnable = 0x54,
    ErrorStatus = 0x60,
    ErrorAddress = 0x68,
    ErrorFence = 0x70,
    Jobs = 0x80,
    Commands = 0x88,
    Products = 0x90,
    BytesRead = 0x98,
    BytesWritten = 0xa0,
    Cycles = 0xa8,
    ClockHertz = 0xb0,
}

/// <summary>Bits of <see cref="Register.Control"/>.</summary>
[Flags]
internal enum ControlBits : uint
{
    EnableRing = 1,
    Reset = 2,
}

/// <summary>Bits of <see cref="Register.Status"/>.</summary>
[Flags]
internal enum StatusBits : uint
{
    FirmwareRuns = 1,
    RingEnabled = 2,
    Busy = 4,
    Halted = 8,
}

/// <summary>Bits of <see cref="Register.InterruptStatus"/> and of its mask.</summary>
[Flags]
internal enum InterruptBits : uint
{
    None = 0,
    Completion = 1,
    Error = 2,
    Firmware = 4,
}
