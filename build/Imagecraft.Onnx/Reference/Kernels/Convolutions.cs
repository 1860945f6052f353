// Convolutions of floats. Unaware of activations and integers.

using System.Numerics;
using System.Runtime.CompilerServices;
using Imagecraft.Onnx.Reference.Arithmetic;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>
/// Each output is the sum over input channels, then rows, then columns of the kernel, and then the bias. Convolutions become matrix products whose right side is gathered panel by panel; depthwise ones run along rows.
/// </summary>
static unsafe class Convolutions
{
    public static IEnumerable<(string, Kernel)> All => [("Conv", call => [Of(call)])];

    public static Tensor Of(Call call)
    {
        var (x, w) = (call[0], call[1]);
        if (x.Type != ElementType.Float)
            throw call.Bad($"it has no arithmetic for {Tensor.Name(x.Type)}");
        var window = Window.Of(call, x.Shape[2..], w.Shape[2..]);
        var result = call.Make(ElementType.Float, [x.Shape[0], w.Shape[0], .. window.Output]);
        Apply(call, x, w, 1, window, (int)call.Integer("group", 1), result);
        if (call.Optional(2) is { } bias)
            AddByChannel(result.Span<float>(), bias.Span<float>(), Tensor.Product(window.Output));
        return result;
    }

    /// <summary>Adds a value to each channel.</summary>
    public static void AddByChannel(Span<float> values, ReadOnlySpan<float> bias, int size)
    {
        for (var at = 0; at < values.Length; at += size)
        {
            var row = values.Slice(at, size);
            var add = bias[at / size % bias.Length];
            System.Numerics.Tensors.TensorPrimitives.Add(row, add, row);
        }
    }

    /// <summary>Convolves without a bias.</summary>
    /// <param name="call">For scratch and what is kept of constant weights.</param>
    /// <param name="x">Input, [batch, channels, spatial...].</param>
    /// <param name="w">Weights, [output channels, channels of a group, kernel...].</param>
    /// <param name="weightInput">Which input of the node the weights are made of.</param>
    /// <param name="window">Where the windows lie.</param>
    /// <param name="groups">Groups of channels.</param>
    /// <param name="result">Takes the sums.</param>
    public static void Apply(Call call, Tensor x, Tensor w, int weightInput, Window window, int groups, Tensor result)
    {
        var (channels, filters) = (x.Shape[1] / groups, w.Shape[0] / groups);
        if (window.Kernel.Length > 2)
            throw call.Bad($"convolutions over {window.Kernel.Length} dimensions have no reference arithmetic");
        var flat = window.Flat();
        using var padded = new PaddedPlanes(call, x, flat);
        var (plane, depth, pixels) = (padded.Height * padded.Width, channels * flat.Size, flat.Output[0] * flat.Output[1]);
        fixed (byte* weights = w.Memory.Bytes, from = padded.Values.Memory.Bytes, to = result.Memory.Bytes)
        {
            var kernel = (float*)weights;
            var source = (float*)from;
            var target = (float*)to;
            if (channels == 1 && filters == 1)
            {
                for (var i = 0; i < x.Shape[0] * x.Shape[1]; i++)
                    Depthwise(source + ((long)i * plane), padded.Width, kernel + ((long)(i % x.Shape[1]) * flat.Size), flat, target + ((long)i * pixels));
                return;
            }
            var offsets = Offsets(flat, channels, plane, padded.Width);
            var packed = call.Keep(weightInput, () => Pack(w, groups, filters, depth));
            for (var batch = 0; batch < x.Shape[0]; batch++)
                for (var group = 0; group < groups; group++)
                {
                    var first = (long)((batch * groups) + group);
                    FloatProduct.Multiply(packed[group], Panels(source + (first * channels * plane), offsets, flat, padded.Width), pixels, target + (first * filters * pixels), pixels);
                }
        }
    }

    static PackedRows[] Pack(Tensor w, int groups, int filters, int depth)
    {
        var packed = new PackedRows[groups];
        for (var group = 0; group < groups; group++)
            packed[group] = PackedRows.Of(w.Span<float>().Slice(group * filters * depth, filters * depth), filters, depth, depth, 1);
        return packed;
    }

    /// <summary>From the first element of a window to each other, channel by channel.</summary>
    static int[] Offsets(Window window, int channels, int plane, int width)
    {
        var offsets = new int[channels * window.Size];
        for (var i = 0; i < offsets.Length; i++)
            offsets[i] = (i / window.Size * plane) + (i % window.Size / window.Kernel[1] * window.Dilations[0] * width) + (i % window.Kernel[1] * window.Dilations[1]);
        return offsets;
    }

    static PanelSource Panels(float* source, int[] offsets, Window window, int width)
    {
        var (columns, stepY, stepX) = (window.Output[1], window.Strides[0] * width, window.Strides[1]);
        // Without pads between, rows of outputs follow each other.
        var isLine = stepX == 1 && (window.Output[0] == 1 || (stepY == columns && width == columns));
        return (panel, from, count, panelWidth) =>
        {
            var (y, x) = (from / columns, from % columns);
            if (stepX == 1 && (isLine || x + count <= columns))
            {
                var first = source + ((long)y * stepY) + x;
                for (var k = 0; k < offsets.Length; k++, panel += panelWidth)
                {
                    new Span<float>(first + offsets[k], count).CopyTo(new(panel, count));
                    for (var i = count; i < panelWidth; i++)
                        panel[i] = 0;
                }
                return;
            }
            var starts = stackalloc int[count];
            for (var i = 0; i < count; i++)
            {
                starts[i] = (y * stepY) + (x * stepX);
                if (++x == columns)
                    (x, y) = (0, y + 1);
            }
            for (var k = 0; k < offsets.Length; k++, panel += panelWidth)
            {
                var shifted = source + offsets[k];
                for (var i = 0; i < count; i++)
                    panel[i] = shifted[starts[i]];
                for (var i = count; i < panelWidth; i++)
                    panel[i] = 0;
            }
        };
    }

    static void Depthwise(float* source, int width, float* kernel, Window window, float* target)
    {
        var (rows, columns, step) = (window.Output[0], window.Output[1], window.Strides[1]);
        // With a stride, each row is first sorted into its phases, so that vectors read runs.
        var phaseWidth = (width + step - 1) / step;
        var sorted = step == 1 ? null : new float[step * phaseWidth * window.Kernel[0]];
        var lines = stackalloc float*[window.Kernel[0]];
        fixed (float* phases = sorted)
        {
            for (var y = 0; y < rows; y++)
            {
                for (var k = 0; k < window.Kernel[0]; k++)
                {
                    var line = source + ((long)((y * window.Strides[0]) + (k * window.Dilations[0])) * width);
                    lines[k] = line;
                    if (step == 1)
                        continue;
                    lines[k] = phases + (k * step * phaseWidth);
                    for (var x = 0; x < width; x++)
                        lines[k][(x % step * phaseWidth) + (x / step)] = line[x];
                }
                Line(lines, kernel, window, step, phaseWidth, target + ((long)y * columns), columns);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Line(float** lines, float* kernel, Window window, int step, int phaseWidth, float* target, int columns)
    {
        var (rows, width) = (window.Kernel[0], window.Kernel[1]);
        var places = stackalloc int[width];
        for (var kx = 0; kx < width; kx++)
            places[kx] = kx * window.Dilations[1] is var offset && step == 1 ? offset : (offset % step * phaseWidth) + (offset / step);
        var (lanes, x) = (Vector<float>.Count, 0);
        for (; x <= columns - (4 * lanes); x += 4 * lanes)
        {
            var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
            for (var ky = 0; ky < rows; ky++)
                for (var kx = 0; kx < width; kx++)
                {
                    var (weight, from) = (new Vector<float>(kernel[(ky * width) + kx]), x + places[kx]);
                    a += weight * Vector.Load(lines[ky] + from);
                    b += weight * Vector.Load(lines[ky] + from + lanes);
                    c += weight * Vector.Load(lines[ky] + from + (2 * lanes));
                    d += weight * Vector.Load(lines[ky] + from + (3 * lanes));
                }
            a.Store(target + x);
            b.Store(target + x + lanes);
            c.Store(target + x + (2 * lanes));
            d.Store(target + x + (3 * lanes));
        }
        for (; x < columns; x++)
        {
            var sum = 0f;
            for (var ky = 0; ky < rows; ky++)
                for (var kx = 0; kx < width; kx++)
                    sum += kernel[(ky * width) + kx] * lines[ky][places[kx] + x];
            target[x] = sum;
        }
    }
}

/// <summary>Planes of floats with the window's pads around them; the tensor itself where there are none.</summary>
sealed class PaddedPlanes : IDisposable
{
    readonly Call call;

    public PaddedPlanes(Call call, Tensor x, Window window)
    {
        this.call = call;
        (Height, Width) = (window.Input[0] + window.Before[0] + window.After[0], window.Input[1] + window.Before[1] + window.After[1]);
        var planes = x.Reshaped([x.Shape[0] * x.Shape[1], window.Input[0], window.Input[1]]);
        if (Height == window.Input[0] && Width == window.Input[1])
        {
            Values = planes;
            return;
        }
        Values = Cutting.Padded(call, planes, [0, window.Before[0], window.Before[1]], [0, window.After[0], window.After[1]], "constant", 0);
        call.Free(planes);
    }

    public Tensor Values { get; }

    public int Height { get; }

    public int Width { get; }

    public void Dispose() => call.Free(Values);
}
