// How a command lies in guest memory. Unaware of what is computed.

using System.Runtime.InteropServices;

namespace Imagecraft.Vnpu.Commands;

/// <summary>A place within one of the job's buffers.</summary>
/// <param name="Buffer">Number of the buffer.</param>
/// <param name="Offset">First byte in it.</param>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public readonly record struct Operand([field: FieldOffset(0)] uint Buffer, [field: FieldOffset(8)] ulong Offset);

/// <summary>128 bytes, little-endian. Fields that an operation does not use are zero.</summary>
/// <remarks>The data sheet, docs/virtual-npu.md, has the table.</remarks>
[StructLayout(LayoutKind.Explicit, Size = Size)]
public readonly record struct Command
{
    /// <summary>Bytes of a command.</summary>
    public const int Size = 128;

    /// <summary>What is computed.</summary>
    [field: FieldOffset(0)] public Operation Operation { get; init; }

    /// <summary>Signs and the like.</summary>
    [field: FieldOffset(2)] public CommandFlags Flags { get; init; }

    /// <summary>The input: bytes, channel by channel, row by row.</summary>
    [field: FieldOffset(8)] public Operand Input { get; init; }

    /// <summary>Weights, or the second summand.</summary>
    [field: FieldOffset(24)] public Operand Second { get; init; }

    /// <summary>For each filter or column a <see cref="ChannelParameters"/>.</summary>
    [field: FieldOffset(40)] public Operand Parameters { get; init; }

    /// <summary>The output.</summary>
    [field: FieldOffset(56)] public Operand Output { get; init; }

    /// <summary>Channels of the input.</summary>
    [field: FieldOffset(72)] public ushort Channels { get; init; }

    /// <summary>Rows of the input.</summary>
    [field: FieldOffset(74)] public ushort Height { get; init; }

    /// <summary>Columns of the input.</summary>
    [field: FieldOffset(76)] public ushort Width { get; init; }

    /// <summary>Channels of the output.</summary>
    [field: FieldOffset(78)] public ushort Filters { get; init; }

    /// <summary>Rows of the output.</summary>
    [field: FieldOffset(80)] public ushort OutputHeight { get; init; }

    /// <summary>Columns of the output.</summary>
    [field: FieldOffset(82)] public ushort OutputWidth { get; init; }

    /// <summary>Rows of the window.</summary>
    [field: FieldOffset(84)] public byte KernelHeight { get; init; }

    /// <summary>Columns of the window.</summary>
    [field: FieldOffset(85)] public byte KernelWidth { get; init; }

    /// <summary>Rows from window to window.</summary>
    [field: FieldOffset(86)] public byte StrideHeight { get; init; }

    /// <summary>Columns from window to window.</summary>
    [field: FieldOffset(87)] public byte StrideWidth { get; init; }

    /// <summary>Rows from element to element of a window.</summary>
    [field: FieldOffset(88)] public byte DilationHeight { get; init; }

    /// <summary>Columns from element to element of a window.</summary>
    [field: FieldOffset(89)] public byte DilationWidth { get; init; }

    /// <summary>Rows of pads above the input; what lies below or right of it needs no number.</summary>
    [field: FieldOffset(90)] public byte PadTop { get; init; }

    /// <summary>Columns of pads left of the input.</summary>
    [field: FieldOffset(91)] public byte PadLeft { get; init; }

    /// <summary>Groups of channels.</summary>
    [field: FieldOffset(92)] public ushort Groups { get; init; }

    /// <summary>Of a matrix product: rows of the input and of the output. Of a product of elements: elements of the second.</summary>
    [field: FieldOffset(72)] public uint Rows { get; init; }

    /// <summary>Of a matrix product: columns of the input, rows of the weights. Of a product of elements: how many neighbours share one of the second.</summary>
    [field: FieldOffset(76)] public uint Depth { get; init; }

    /// <summary>Of a matrix product: columns of the weights and of the output.</summary>
    [field: FieldOffset(80)] public uint Columns { get; init; }

    /// <summary>Zero point of the input.</summary>
    [field: FieldOffset(96)] public short InputZero { get; init; }

    /// <summary>Zero point of the weights.</summary>
    [field: FieldOffset(98)] public short SecondZero { get; init; }

    /// <summary>Zero point of the output.</summary>
    [field: FieldOffset(100)] public short OutputZero { get; init; }

    /// <summary>The least integer of the output.</summary>
    [field: FieldOffset(102)] public short Least { get; init; }

    /// <summary>The largest integer of the output.</summary>
    [field: FieldOffset(104)] public short Largest { get; init; }

    /// <summary>Scale of the input, or by what it, or a product of elements, is multiplied.</summary>
    [field: FieldOffset(108)] public float InputFactor { get; init; }

    /// <summary>By what the second summand is multiplied; of means the scale of the output.</summary>
    [field: FieldOffset(112)] public float SecondFactor { get; init; }

    /// <summary>What is added to a sum.</summary>
    [field: FieldOffset(116)] public float Summand { get; init; }

    /// <summary>Elements of a sum or a limitation, bytes of a copy, the number of a fence.</summary>
    [field: FieldOffset(120)] public ulong Count { get; init; }
}

/// <summary>What becomes of the sums of one channel.</summary>
/// <param name="Bias">Is added to them.</param>
/// <param name="Factor">Multiplies them then; finite.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ChannelParameters(int Bias, float Factor);
