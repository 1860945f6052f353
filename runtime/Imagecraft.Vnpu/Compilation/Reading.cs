// Reads operands and attributes of a node, and refuses what the accelerator has no command for. Unaware of operators.

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Imagecraft.Vnpu.Commands;
using Imagecraft.Vnpu.Networks;

namespace Imagecraft.Vnpu.Compilation;

/// <summary>Scale and zero point of a tensor.</summary>
internal readonly record struct Affine(float Scale, short Zero);

/// <summary>Each method gives what it is named for, or throws <see cref="NotTakenException"/> with the reason.</summary>
internal static class Reading
{
    /// <summary>An input that has to be there, of a known shape.</summary>
    public static NetworkValue Input(NetworkNode node, int at) => node.Inputs.ElementAtOrDefault(at) is { } value
        ? value.IsFixed ? value : throw new NotTakenException($"the shape of `{value.Name}` is not known")
        : throw new NotTakenException($"its input {at} is missing");

    /// <summary>An input of bytes that is computed, or a constant.</summary>
    public static NetworkValue Bytes(NetworkNode node, int at) => Input(node, at) is { IsBytes: true } value
        ? value
        : throw new NotTakenException($"`{node.Inputs[at]!.Name}` has no elements of 8 bits");

    /// <summary>An input of bytes whose elements are known.</summary>
    public static NetworkValue Constant(NetworkNode node, int at) => Bytes(node, at) is { Constant: not null } value
        ? value
        : throw new NotTakenException($"`{node.Inputs[at]!.Name}` is computed, the accelerator takes constants there");

    /// <summary>The one output, of bytes.</summary>
    public static NetworkValue Output(NetworkNode node) => node.Outputs is [{ IsFixed: true } value, .. var others] && others.All(other => other is null)
        ? value is { IsBytes: true } ? value : throw new NotTakenException($"`{value.Name}` has no elements of 8 bits")
        : throw new NotTakenException(node.Outputs.Count(output => output is not null) > 1 ? "it has more than one output" : "the shape of its output is not known");

    /// <summary>The one output, of the same type as the input.</summary>
    public static NetworkValue Output(NetworkNode node, NetworkValue input) => Output(node) is var output && output.Type == input.Type
        ? output
        : throw new NotTakenException("input and output have different types");

    /// <summary>A scale, or one for each channel: finite numbers above 0.</summary>
    public static ImmutableArray<float> Scales(NetworkNode node, int at, long channels)
    {
        var scales = Elements<float>(Input(node, at), ElementType.Float);
        if (scales.Length != 1 && scales.Length != channels)
            throw new NotTakenException($"`{node.Inputs[at]!.Name}` has {scales.Length} scales for {channels} channels");
        return scales.All(scale => float.IsFinite(scale) && scale > 0) ? scales : throw new NotTakenException($"`{node.Inputs[at]!.Name}` is no scale above 0");
    }

    /// <summary>A zero point that holds for all channels; 0 when it is left out.</summary>
    public static short Zero(NetworkNode node, int at)
    {
        if (node.Inputs.ElementAtOrDefault(at) is not { } value)
            return 0;
        var zeros = Constant(node, at).Constant!.Value.Span;
        return zeros.Length > 0 && !zeros.ContainsAnyExcept(zeros[0])
            ? value.Type == ElementType.Int8 ? unchecked((sbyte)zeros[0]) : zeros[0]
            : throw new NotTakenException($"the zero points `{value.Name}` differ between channels");
    }

    /// <summary>A scale at one input, its zero point at the next.</summary>
    public static Affine Affine(NetworkNode node, int at) => Scales(node, at, 1) is [var scale, ..] ? new(scale, Zero(node, at + 1)) : default;

    /// <summary>A bias for each channel; zeros when it is left out.</summary>
    public static ImmutableArray<int> Bias(NetworkNode node, int at, long channels)
    {
        if (node.Inputs.ElementAtOrDefault(at) is null)
            return [.. new int[channels]];
        var bias = Elements<int>(Input(node, at), ElementType.Int32);
        return bias.Length == channels ? bias
            : bias.Length == 1 ? [.. Enumerable.Repeat(bias[0], checked((int)channels))]
            : throw new NotTakenException($"the bias `{node.Inputs[at]!.Name}` has {bias.Length} elements for {channels} channels");
    }

    /// <summary>For each channel its bias and its factor.</summary>
    public static ReadOnlyMemory<byte> Parameters(ImmutableArray<int> bias, float input, ImmutableArray<float> weights, float output)
    {
        // In single precision and this order, as ONNX Runtime forms it.
        var parameters = bias.Select((value, i) => new ChannelParameters(value, input * weights[weights.Length == 1 ? 0 : i] / output)).ToArray();
        return parameters.All(parameter => float.IsFinite(parameter.Factor)) ? MemoryMarshal.AsBytes<ChannelParameters>(parameters).ToArray() : throw new NotTakenException("its scales give no finite factor");
    }

    /// <summary>Flags of the operands' signs.</summary>
    public static CommandFlags Signs(NetworkValue input, NetworkValue? second, NetworkValue output) =>
        (input.Type == ElementType.Int8 ? CommandFlags.SignedInput : 0) | (second?.Type == ElementType.Int8 ? CommandFlags.SignedSecond : 0) | (output.Type == ElementType.Int8 ? CommandFlags.SignedOutput : 0);

    /// <summary>A command with the operands' signs and the whole range of the output's type.</summary>
    public static Command Whole(Command command, NetworkValue input, NetworkValue? second, NetworkValue output) => command with
    {
        Flags = command.Flags | Signs(input, second, output),
        Least = (short)(output.Type == ElementType.Int8 ? sbyte.MinValue : byte.MinValue),
        Largest = (short)(output.Type == ElementType.Int8 ? sbyte.MaxValue : byte.MaxValue),
    };

    /// <summary>A number that fits a field of a command.</summary>
    /// <param name="value">The number.</param>
    /// <param name="largest">The largest that fits.</param>
    /// <param name="what">What it is, for the reason.</param>
    public static int Fits(long value, int largest, string what) => value >= 0 && value <= largest ? (int)value : throw new NotTakenException($"{what} is {value}, the accelerator takes up to {largest}");

    private static ImmutableArray<T> Elements<T>(NetworkValue value, ElementType type)
        where T : unmanaged
    {
        if (value.Constant is not { } constant)
            throw new NotTakenException($"`{value.Name}` is computed, the accelerator takes constants there");
        return value.Type == type ? [.. MemoryMarshal.Cast<byte, T>(constant.Span)] : throw new NotTakenException($"`{value.Name}` has elements of another type than {type}");
    }
}
