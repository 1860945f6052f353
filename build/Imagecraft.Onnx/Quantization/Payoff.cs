// Whether a network made small is worth deploying. Unaware of how it was made small.

using System.Globalization;

namespace Imagecraft.Onnx.Quantization;

/// <summary>Sizes of a network before and after, and what was asked of them. Sizes and counted instructions are the same on every build host; times are not, so they decide nothing.</summary>
/// <param name="FloatBytes">Size of the float network as it would be deployed.</param>
/// <param name="Bytes">Size of the quantized one.</param>
/// <param name="MaxSize">Largest share of the float network's size that is worth it; null: any that is smaller.</param>
public sealed record Payoff(long FloatBytes, long Bytes, double? MaxSize)
{
    /// <summary>How much faster it is; null when nobody asked for that.</summary>
    public Speedup? Speed { get; init; }

    /// <summary>Whether it is worth it.</summary>
    public bool Pays => (MaxSize is { } most ? Bytes <= most * FloatBytes : Bytes < FloatBytes) && Speed is not { IsEnough: false };

    /// <summary>Sizes, instructions and limits in words.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture,
        $"{Bytes} bytes quantized are {(double)Bytes / FloatBytes:0.00} times the {FloatBytes} in float, {(MaxSize is { } most ? $"at most {most:0.##} times are worth it" : "only fewer are worth it")}{(Speed is { } speed ? $"; {speed.Text}" : "")}");
}

/// <summary>Instructions of an inference before and after.</summary>
/// <param name="FloatInstructions">Of the float network.</param>
/// <param name="Instructions">Of the quantized one.</param>
/// <param name="Least">Least ratio that is worth it.</param>
public sealed record Speedup(long FloatInstructions, long Instructions, double Least)
{
    /// <summary>How many times as many instructions the float network takes.</summary>
    public double Ratio => (double)FloatInstructions / Instructions;

    /// <summary>Whether it is worth it.</summary>
    public bool IsEnough => Ratio >= Least;

    /// <summary>Both and the limit in words.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Instructions} instructions an inference are {Ratio:0.00} times as fast as the {FloatInstructions} in float, at least {Least:0.##} times are worth it");
}
