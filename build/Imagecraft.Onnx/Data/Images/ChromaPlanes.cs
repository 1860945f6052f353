// From the planes of a JPEG, of which those of colour may be smaller, to pixels. Unaware of files.
// Sources: ITU-T T.871, "JPEG File Interchange Format", section 7 (colours); the Independent JPEG Group's jdsample.c and jdcolor.c, whose whole numbers are those of libjpeg-turbo, Pillow and OpenCV.

namespace Imagecraft.Onnx.Data.Images;

/// <summary>A plane of samples in rows.</summary>
/// <param name="Width">Samples of a row that belong to the image.</param>
/// <param name="Height">Rows that belong to it.</param>
/// <param name="Rows">As many or more, as long or longer.</param>
sealed record Plane(int Width, int Height, byte[][] Rows)
{
    /// <summary>Twice as wide, twice as high or both, each value made of the nearest with three quarters of the weight and its neighbour with one; rims repeated.</summary>
    public Plane Enlarged(int across, int down)
    {
        if (across == 1 && down == 1)
            return this;
        var rows = new byte[Height * down][];
        for (var y = 0; y < rows.Length; y++)
            rows[y] = across == 1 ? Between(y) : down == 1 ? Wider(Rows[y]) : Both(y);
        return new(Width * across, rows.Length, rows);
    }

    byte[] Neighbour(int y) => Rows[Math.Clamp((y / 2) + (y % 2 == 0 ? -1 : 1), 0, Height - 1)];

    byte[] Between(int y)
    {
        var (near, far, bias) = (Rows[y / 2], Neighbour(y), 1 + (y % 2));
        var row = new byte[Width];
        for (var x = 0; x < Width; x++)
            row[x] = (byte)(((3 * near[x]) + far[x] + bias) >> 2);
        return row;
    }

    byte[] Wider(byte[] from)
    {
        var row = new byte[2 * Width];
        for (var x = 0; x < Width; x++)
        {
            // Too narrow ones are repeated.
            var (left, right) = Width > 2 ? (from[Math.Max(x - 1, 0)], from[Math.Min(x + 1, Width - 1)]) : (from[x], from[x]);
            row[2 * x] = (byte)(((3 * from[x]) + left + 1) >> 2);
            row[(2 * x) + 1] = (byte)(((3 * from[x]) + right + 2) >> 2);
        }
        return row;
    }

    byte[] Both(int y)
    {
        var row = new byte[2 * Width];
        // Too narrow ones are repeated.
        var (near, far) = (Rows[y / 2], Width > 2 ? Neighbour(y) : Rows[y / 2]);
        for (var x = 0; x < Width; x++)
        {
            var (here, left, right) = (Sum(x), Sum(Width > 2 ? Math.Max(x - 1, 0) : x), Sum(Width > 2 ? Math.Min(x + 1, Width - 1) : x));
            row[2 * x] = (byte)(((3 * here) + left + 8) >> 4);
            row[(2 * x) + 1] = (byte)(((3 * here) + right + 7) >> 4);
        }
        return row;

        int Sum(int x) => (3 * near[x]) + far[x];
    }
}

/// <summary>Luma and the two differences of colour to red, green and blue.</summary>
static class ChromaPlanes
{
    const int Bits = 16, Half = 1 << (Bits - 1);

    static readonly int _redOfRed = Fixed(1.402), _greenOfRed = Fixed(0.71414), _greenOfBlue = Fixed(0.34414), _blueOfBlue = Fixed(1.772);

    /// <summary>Pixels, red first.</summary>
    public static byte[] ToColours(Plane luma, Plane blue, Plane red, int width, int height)
    {
        var samples = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var (light, b, r) = (luma.Rows[y][x], blue.Rows[y][x] - 128, red.Rows[y][x] - 128);
                var to = ((y * width) + x) * 3;
                samples[to] = Byte(light + (((_redOfRed * r) + Half) >> Bits));
                samples[to + 1] = Byte(light + (((-_greenOfBlue * b) - (_greenOfRed * r) + Half) >> Bits));
                samples[to + 2] = Byte(light + (((_blueOfBlue * b) + Half) >> Bits));
            }
        return samples;
    }

    static byte Byte(int value) => (byte)Math.Clamp(value, 0, 255);

    static int Fixed(double value) => (int)((value * (1 << Bits)) + 0.5);
}
