// Reads images and the windows that operators move over them. Unaware of what is computed of a window.

using System.Collections.Immutable;
using Imagecraft.Vnpu.Commands;
using Imagecraft.Vnpu.Networks;

namespace Imagecraft.Vnpu.Compilation;

/// <summary>An image of a batch: sound has one row.</summary>
/// <param name="Images">How many images.</param>
/// <param name="Channels">Of each.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
internal readonly record struct ImageShape(long Images, long Channels, long Height, long Width)
{
    /// <summary>Elements of one image.</summary>
    public long Size => Channels * Height * Width;

    /// <summary>The shape of a value whose axes are image, channel and one or two of space.</summary>
    public static ImageShape Of(NetworkValue value) => value.Shape switch
    {
        [var images, var channels, var width] => new(images, channels, 1, width),
        [var images, var channels, var height, var width] => new(images, channels, height, width),
        _ => throw new NotTakenException($"`{value.Name}` has {value.Shape.Length} axes, the accelerator takes images and sounds"),
    };
}

internal static class Windows
{
    private const int MostSide = ushort.MaxValue, MostWindow = byte.MaxValue;

    /// <summary>A command with the sizes of one image, its output and its windows.</summary>
    /// <param name="node">Has the attributes of a convolution or a pool.</param>
    /// <param name="command">What is computed.</param>
    /// <param name="input">The image.</param>
    /// <param name="output">What comes out.</param>
    /// <param name="kernel">Sides of the window: one or two.</param>
    public static Command Of(NetworkNode node, Command command, ImageShape input, ImageShape output, ImmutableArray<long> kernel)
    {
        if (node.Integer("channels_last", 0) != 0)
            throw new NotTakenException("its channels come last");
        var (tall, wide) = Pair(kernel, 1);
        var (down, right) = Pair(node.List("strides"), 1);
        var (sparse, loose) = Pair(node.List("dilations"), 1);
        var (top, left) = (Before(node, 0, input.Height, output.Height, ((tall - 1) * sparse) + 1, down), Before(node, 1, input.Width, output.Width, ((wide - 1) * loose) + 1, right));
        return command with
        {
            Channels = (ushort)Reading.Fits(input.Channels, MostSide, "the number of channels"),
            Height = (ushort)Reading.Fits(input.Height, MostSide, "the height"),
            Width = (ushort)Reading.Fits(input.Width, MostSide, "the width"),
            Filters = (ushort)(command.Operation == Operation.Convolve ? Reading.Fits(output.Channels, MostSide, "the number of filters") : 0),
            OutputHeight = (ushort)Reading.Fits(output.Height, MostSide, "the height of the output"),
            OutputWidth = (ushort)Reading.Fits(output.Width, MostSide, "the width of the output"),
            KernelHeight = (byte)Reading.Fits(tall, MostWindow, "the height of the window"),
            KernelWidth = (byte)Reading.Fits(wide, MostWindow, "the width of the window"),
            StrideHeight = (byte)Reading.Fits(down, MostWindow, "the stride"),
            StrideWidth = (byte)Reading.Fits(right, MostWindow, "the stride"),
            DilationHeight = (byte)Reading.Fits(sparse, MostWindow, "the dilation"),
            DilationWidth = (byte)Reading.Fits(loose, MostWindow, "the dilation"),
            PadTop = (byte)Reading.Fits(top, MostWindow, "the pad"),
            PadLeft = (byte)Reading.Fits(left, MostWindow, "the pad"),
        };
    }

    // Of sound there is one axis, and it is the columns.
    private static (long Rows, long Columns) Pair(ImmutableArray<long> sides, long otherwise) => sides switch
    {
        [] => (otherwise, otherwise),
        [var columns] => (otherwise, columns),
        [var rows, var columns] => (rows, columns),
        _ => throw new NotTakenException($"its windows have {sides.Length} axes, the accelerator takes images and sounds"),
    };

    // Pads before an axis: those of all axes come first, then those behind.
    private static long Before(NetworkNode node, int axis, long input, long output, long extent, long stride)
    {
        switch (node.Texts.GetValueOrDefault("auto_pad", "NOTSET"))
        {
            case "VALID":
                return 0;
            case "SAME_UPPER":
                return Math.Max(0, ((output - 1) * stride) + extent - input) / 2;
            case "SAME_LOWER":
                return (Math.Max(0, ((output - 1) * stride) + extent - input) + 1) / 2;
            default:
                return node.List("pads") switch
                {
                    [] => 0,
                    [var before, _] => axis == 1 ? before : 0,
                    [var top, var left, _, _] => axis == 0 ? top : left,
                    var pads => throw new NotTakenException($"it has {pads.Length} pads, the accelerator takes images and sounds"),
                };
        }
    }
}
