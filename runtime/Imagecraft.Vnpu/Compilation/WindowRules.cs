// Operators that move windows over images, as commands. Unaware of memory.

using System.Collections.Immutable;
using Imagecraft.Vnpu.Commands;
using Imagecraft.Vnpu.Networks;

namespace Imagecraft.Vnpu.Compilation;

internal static class WindowRules
{
    /// <summary>Inputs: x, its scale and zero point, weights, theirs, scale and zero point of the output, bias.</summary>
    public static IEnumerable<Step> Convolve(NetworkNode node)
    {
        var (x, weights, y) = (Reading.Bytes(node, 0), Reading.Constant(node, 3), Reading.Output(node));
        var (input, output, filters) = (ImageShape.Of(x), ImageShape.Of(y), weights.Shape[0]);
        var (from, to) = (Reading.Affine(node, 1), Reading.Affine(node, 6));
        var command = Windows.Of(node, new() { Operation = Operation.Convolve }, input, output, weights.Shape[2..]) with
        {
            Groups = (ushort)Reading.Fits(node.Integer("group", 1), ushort.MaxValue, "the number of groups"),
            InputZero = from.Zero,
            SecondZero = Reading.Zero(node, 5),
            OutputZero = to.Zero,
        };
        var parameters = Reading.Parameters(Reading.Bias(node, 8, filters), from.Scale, Reading.Scales(node, 4, filters), to.Scale);
        return EachImage(Reading.Whole(command, x, weights, y), x, y, input, output).Select(step => step with { Second = weights, Parameters = parameters });
    }

    /// <summary>Inputs: x, its scale and zero point, scale and zero point of the output.</summary>
    public static IEnumerable<Step> Average(NetworkNode node)
    {
        var kernel = node.List("kernel_shape");
        var countsPads = node.Integer("count_include_pad", 0) != 0;
        if (countsPads && node.Integer("ceil_mode", 0) != 0)
            throw new NotTakenException("its means count pads, and its windows reach beyond them");
        return Means(node, kernel, countsPads ? CommandFlags.CountPads : CommandFlags.None);
    }

    /// <summary>As means of windows that are as large as the image.</summary>
    public static IEnumerable<Step> GlobalAverage(NetworkNode node) => Means(node, ImageShape.Of(Reading.Bytes(node, 0)) is var image ? [image.Height, image.Width] : [], CommandFlags.None);

    /// <summary>Input: x.</summary>
    public static IEnumerable<Step> Largest(NetworkNode node)
    {
        if (node.Integer("storage_order", 0) != 0)
            throw new NotTakenException("its order of storage is that of columns");
        var x = Reading.Bytes(node, 0);
        var y = Reading.Output(node, x);
        var (input, output) = (ImageShape.Of(x), ImageShape.Of(y));
        return EachImage(Reading.Whole(Windows.Of(node, new() { Operation = Operation.MaximumPool }, input, output, node.List("kernel_shape")), x, null, y), x, y, input, output);
    }

    private static IEnumerable<Step> Means(NetworkNode node, ImmutableArray<long> kernel, CommandFlags flags)
    {
        var x = Reading.Bytes(node, 0);
        var y = Reading.Output(node, x);
        var (input, output, from, to) = (ImageShape.Of(x), ImageShape.Of(y), Reading.Affine(node, 1), Reading.Affine(node, 3));
        var command = Windows.Of(node, new() { Operation = Operation.AveragePool, Flags = flags }, input, output, kernel) with { InputZero = from.Zero, OutputZero = to.Zero, InputFactor = from.Scale, SecondFactor = to.Scale };
        return EachImage(Reading.Whole(command, x, null, y), x, y, input, output);
    }

    private static IEnumerable<Step> EachImage(Command command, NetworkValue x, NetworkValue y, ImageShape input, ImageShape output)
    {
        for (var image = 0L; image < input.Images; image++)
            yield return new(command, x, y) { InputOffset = image * input.Size, OutputOffset = image * output.Size };
    }
}
