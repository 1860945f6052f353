// What a network may cost on an accelerator. Unaware of networks.

namespace Imagecraft.Onnx.Profiles;

/// <summary>Limits; what is null is not limited.</summary>
public sealed record Budget
{
    /// <summary>Least share of the multiply-accumulates that the accelerator takes, from 0 to 1.</summary>
    public double? Share { get; init; }

    /// <summary>Most regions.</summary>
    public int? Regions { get; init; }

    /// <summary>Most values that change sides.</summary>
    public int? Crossings { get; init; }

    /// <summary>Most bytes of the activation arena.</summary>
    public long? Arena { get; init; }
}
