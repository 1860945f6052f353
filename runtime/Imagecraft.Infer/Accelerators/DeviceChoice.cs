// On what a network is to run. Unaware of how that is done.

namespace Imagecraft.Infer.Accelerators;

/// <summary>The words of <c>--device</c>.</summary>
enum DeviceKind
{
    /// <summary>The processor alone.</summary>
    Cpu,

    /// <summary>The accelerator; an error when there is none.</summary>
    Npu,

    /// <summary>The accelerator where there is one.</summary>
    Auto,
}

/// <summary>What a command line asks for.</summary>
/// <param name="Kind">On what.</param>
/// <param name="IsRequired">Whether every node that multiplies has to run on the accelerator.</param>
sealed record DeviceChoice(DeviceKind Kind, bool IsRequired)
{
    /// <summary>The processor alone.</summary>
    public static DeviceChoice Cpu { get; } = new(DeviceKind.Cpu, false);
}
