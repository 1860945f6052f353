// How a job ends. Unaware of interrupts.

namespace Imagecraft.VirtualNpu.Jobs;

/// <summary>The status in a completion record.</summary>
public enum JobStatus : uint
{
    /// <summary>Not yet written.</summary>
    None = 0,

    /// <summary>All commands ran.</summary>
    Done = 1,

    /// <summary>The job's descriptor has a kind, a number or a reserved field that the device does not know.</summary>
    BadDescriptor = 2,

    /// <summary>A command has no such operation, or numbers that do not fit together.</summary>
    BadCommand = 3,

    /// <summary>The firmware that runs does not have the operation.</summary>
    UnknownOperation = 4,

    /// <summary>A command reaches beyond one of the job's buffers, or writes to one that is only read.</summary>
    OutOfBuffer = 5,

    /// <summary>An address is none of the machine's memory.</summary>
    MemoryFault = 6,

    /// <summary>The device was reset.</summary>
    Aborted = 7,
}
