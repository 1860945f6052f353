// What the driver writes for each job, and what the device answers. Unaware of registers.

using System.Runtime.InteropServices;

namespace Imagecraft.VirtualNpu.Jobs;

/// <summary>An entry of the ring: 64 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
public readonly record struct JobDescriptor
{
    /// <summary>Bytes of an entry.</summary>
    public const int Size = 64;

    /// <summary>The one kind there is: commands.</summary>
    public const uint Commands = 1;

    /// <summary>More commands or buffers are nobody's.</summary>
    public const uint MostCommands = 1 << 16, MostBuffers = 1 << 10;

    /// <summary><see cref="Commands"/>.</summary>
    [field: FieldOffset(0)] public uint Kind { get; init; }

    /// <summary>0.</summary>
    [field: FieldOffset(4)] public uint Reserved { get; init; }

    /// <summary>Address of the first command.</summary>
    [field: FieldOffset(8)] public ulong CommandAddress { get; init; }

    /// <summary>How many commands, 0 to <see cref="MostCommands"/>.</summary>
    [field: FieldOffset(16)] public uint CommandCount { get; init; }

    /// <summary>How many buffers.</summary>
    [field: FieldOffset(20)] public uint BufferCount { get; init; }

    /// <summary>Address of the table of buffers.</summary>
    [field: FieldOffset(24)] public ulong BufferAddress { get; init; }

    /// <summary>Comes back in the record.</summary>
    [field: FieldOffset(32)] public ulong Fence { get; init; }
}

/// <summary>A buffer of a job: 32 bytes. A command names buffers by their place in the table, so it reaches no others.</summary>
/// <param name="Address">Its first byte.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="IsWritable">1: the device may write to it; 0: it is only read.</param>
[StructLayout(LayoutKind.Explicit, Size = Size)]
public readonly record struct JobBuffer([field: FieldOffset(0)] ulong Address, [field: FieldOffset(8)] ulong Length, [field: FieldOffset(16)] uint IsWritable)
{
    /// <summary>Bytes of an entry of the table.</summary>
    public const int Size = 32;
}

/// <summary>What the device writes when a job has ended, at the place of its entry: 32 bytes.</summary>
/// <param name="Fence">That of the descriptor.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Command">The command at which it ended; the number of commands when all ran.</param>
/// <param name="Cycles">Of the nominal clock.</param>
/// <param name="Products">Multiplications with an addition.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct CompletionRecord(ulong Fence, JobStatus Status, uint Command, ulong Cycles, ulong Products)
{
    /// <summary>Bytes of a record.</summary>
    public const int Size = 32;
}
