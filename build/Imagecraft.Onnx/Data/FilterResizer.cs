// Changes the size of one channel of an image by filters with any support, the same on every machine. Unaware of files and networks.

namespace Imagecraft.Onnx.Data;

/// <summary>
/// Columns first, then rows. With <c>antialias</c> a filter is as wide as the pixels that a target pixel covers and its weights are made to sum to one at the rims, as Pillow and PyTorch do it (cubic curves with a = -0.5);
/// without it, cubic curves have a = -0.75 and rims are repeated, as OpenCV and PyTorch do it. Rounding after each of both passes in whole numbers of 22 bits behind the point gives Pillow's very bytes.
/// </summary>
static class FilterResizer
{
    const int Precision = 22;

    /// <summary>Channel <paramref name="channel"/> in its new size, values from 0 to 255, beyond that where cubic curves overshoot and nothing is rounded.</summary>
    public static float[] Resize(PixelImage image, int channel, int width, int height, ImageFilter filter, bool antialias, bool round)
    {
        var plane = new float[image.Width * image.Height];
        for (var i = 0; i < plane.Length; i++)
            plane[i] = image.Samples[(i * image.Channels) + channel];
        var columns = Pass(plane, image.Width, image.Height, width, 1, image.Width, filter, antialias, round);
        return Pass(columns, image.Height, width, height, width, 1, filter, antialias, round);
    }

    /// <summary>Resizes along one axis.</summary>
    /// <param name="values">Row by row.</param>
    /// <param name="from">Length along the axis.</param>
    /// <param name="lines">How many lines lie beside each other.</param>
    /// <param name="to">New length along the axis.</param>
    /// <param name="step">From a value of a line to its next.</param>
    /// <param name="stride">From a line to the next one.</param>
    /// <param name="filter">Kind of curves.</param>
    /// <param name="antialias">Whether they widen.</param>
    /// <param name="round">Whether results are bytes.</param>
    static float[] Pass(float[] values, int from, int lines, int to, int step, int stride, ImageFilter filter, bool antialias, bool round)
    {
        if (from == to)
            return values;
        var result = new float[to * lines];
        var (newStep, newStride) = step == 1 ? (1, to) : (step, 1);
        for (var i = 0; i < to; i++)
        {
            var (first, weights) = Weights(i, from, to, filter, antialias);
            var whole = round ? Array.ConvertAll(weights, weight => (int)(weight < 0 ? (weight * (1 << Precision)) - 0.5 : (weight * (1 << Precision)) + 0.5)) : [];
            for (var line = 0; line < lines; line++)
                result[(i * newStep) + (line * newStride)] = round ? Bytes(line * stride) : Curve(line * stride);

            float Curve(int start)
            {
                var sum = 0.0;
                for (var k = 0; k < weights.Length; k++)
                    sum += weights[k] * values[start + (Math.Clamp(first + k, 0, from - 1) * step)];
                return (float)sum;
            }

            float Bytes(int start)
            {
                var sum = 1L << (Precision - 1);
                for (var k = 0; k < whole.Length; k++)
                    sum += whole[k] * (long)values[start + (Math.Clamp(first + k, 0, from - 1) * step)];
                return Math.Clamp(sum >> Precision, 0, 255);
            }
        }
        return result;
    }

    /// <summary>The first of the source values that a target value is made of, which may lie before the rim, and their weights.</summary>
    static (int First, double[] Weights) Weights(int target, int from, int to, ImageFilter filter, bool antialias)
    {
        var scale = (double)from / to;
        var centre = (target + 0.5) * scale;
        if (filter == ImageFilter.Nearest)
            return ((int)centre, [1]);
        var widening = antialias ? Math.Max(scale, 1) : 1;
        var support = (filter == ImageFilter.Bicubic ? 2 : 1) * widening;
        var (first, end) = antialias
            ? (Math.Max(0, (int)(centre - support + 0.5)), Math.Min(from, (int)(centre + support + 0.5)))
            : ((int)Math.Floor(centre - 0.5) - (int)support + 1, (int)Math.Floor(centre - 0.5) + (int)support + 1);
        var weights = new double[end - first];
        for (var k = 0; k < weights.Length; k++)
            weights[k] = Curve((first + k - centre + 0.5) / widening, filter, antialias ? -0.5 : -0.75);
        var total = weights.Sum();
        return (first, [.. weights.Select(weight => weight / total)]);
    }

    /// <remarks>Source: R. Keys, "Cubic Convolution Interpolation for Digital Image Processing", IEEE 1981.</remarks>
    static double Curve(double x, ImageFilter filter, double a)
    {
        x = Math.Abs(x);
        if (filter == ImageFilter.Bilinear)
            return x < 1 ? 1 - x : 0;
        return x < 1 ? (((((a + 2) * x) - (a + 3)) * x * x) + 1) : x < 2 ? (((((x - 5) * x) + 8) * x) - 4) * a : 0;
    }
}
