// Whether a network made small is worth deploying. Unaware of how it was made small.

using System.Globalization;

namespace Imagecraft.Onnx.Quantization;

/// <summary>Sizes of a network before and after, and what was asked of them. Sizes are the same on every build host; times are not, so they decide nothing.</summary>
/// <param name="FloatBytes">Size of the float network as it would be deployed.</param>
/// <param name="Bytes">Size of the quantized one.</param>
/// <param name="MaxSize">Largest share of the float network's size that is worth it; null: any that is smaller.</param>
public sealed record Payoff(long FloatBytes, long Bytes, double? MaxSize)
{
    /// <summary>Whether it is worth it.</summary>
    public bool Pays => MaxSize is { } most ? Bytes <= most * FloatBytes : Bytes < FloatBytes;

    /// <summary>Sizes and limit in words.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture,
        $"{Bytes} bytes quantized are {(double)Bytes / FloatBytes:0.00} times the {FloatBytes} in float, {(MaxSize is { } most ? $"at most {most:0.##} times are worth it" : "only fewer are worth it")}");
}
