// Changes the size of one channel of an image, the same on every machine. Unaware of files and networks.

namespace Imagecraft.Onnx.Data;

/// <summary>
/// Bilinear interpolation between the centres of pixels ("half pixel": target x lies at (x + 0.5) * width / target width - 0.5), rims repeated,
/// no smoothing when shrinking. It is what OpenCV calls INTER_LINEAR and ONNX's Resize <c>linear</c> with <c>half_pixel</c>.
/// </summary>
static class BilinearResizer
{
    /// <summary>Channel <paramref name="channel"/> in its new size, values from 0 to 255.</summary>
    public static float[] Resize(PixelImage image, int channel, int width, int height)
    {
        var (columns, rows) = (Weights(image.Width, width), Weights(image.Height, height));
        var result = new float[width * height];
        for (var y = 0; y < height; y++)
        {
            var (top, bottom, down) = rows[y];
            for (var x = 0; x < width; x++)
            {
                var (left, right, along) = columns[x];
                var above = Between(At(left, top), At(right, top), along);
                var below = Between(At(left, bottom), At(right, bottom), along);
                result[(y * width) + x] = Between(above, below, down);
            }
        }
        return result;

        float At(int x, int y) => image.Samples[(((y * image.Width) + x) * image.Channels) + channel];
    }

    static float Between(float one, float other, float share) => one + ((other - one) * share);

    /// <summary>For each target position the two neighbours, and the share of the second.</summary>
    static (int First, int Second, float Share)[] Weights(int from, int to)
    {
        var weights = new (int, int, float)[to];
        for (var i = 0; i < to; i++)
        {
            var position = Math.Clamp(((i + 0.5) * from / to) - 0.5, 0, from - 1);
            var first = (int)position;
            weights[i] = (first, Math.Min(first + 1, from - 1), (float)(position - first));
        }
        return weights;
    }
}
