// Undoes the filters of PNG lines, and knows the passes of interlaced images. Unaware of files.
// Source of the format: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", sections 8 and 9.

namespace Imagecraft.Onnx.Data.Images;

static class PngFilter
{
    const int None = 0, Sub = 1, Up = 2, Average = 3, Paeth = 4;

    /// <summary>Makes plain bytes of a line behind its filter's number; false for a number that does not exist.</summary>
    /// <param name="line">Number and filtered bytes.</param>
    /// <param name="before">The plain line above, behind any number; zeros above the first.</param>
    /// <param name="step">Bytes from a pixel to the next, at least 1.</param>
    public static bool Undo(Span<byte> line, ReadOnlySpan<byte> before, int step)
    {
        var filter = line[0];
        for (var i = 1; filter != None && i < line.Length; i++)
        {
            var (left, corner) = i > step ? (line[i - step], before[i - step]) : ((byte)0, (byte)0);
            line[i] += filter switch
            {
                Sub => left,
                Up => before[i],
                Average => (byte)((left + before[i]) / 2),
                Paeth => Nearest(left, before[i], corner),
                _ => 0,
            };
        }
        return filter <= Paeth;
    }

    static byte Nearest(int left, int above, int corner)
    {
        var guess = left + above - corner;
        var (toLeft, toAbove, toCorner) = (Math.Abs(guess - left), Math.Abs(guess - above), Math.Abs(guess - corner));
        return (byte)(toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner);
    }
}

/// <summary>Which pixels of an image come together.</summary>
/// <param name="Left">First column.</param>
/// <param name="Top">First row.</param>
/// <param name="Across">Columns from one to the next.</param>
/// <param name="Down">Rows from one to the next.</param>
readonly record struct PngPass(int Left, int Top, int Across, int Down)
{
    public static PngPass[] Whole { get; } = [new(0, 0, 1, 1)];

    public static PngPass[] Adam7 { get; } = [new(0, 0, 8, 8), new(4, 0, 8, 8), new(0, 4, 4, 8), new(2, 0, 4, 4), new(0, 2, 2, 4), new(1, 0, 2, 2), new(0, 1, 1, 2)];

    public int Width(int whole) => Math.Max(0, (whole - Left + Across - 1) / Across);

    public int Height(int whole) => Math.Max(0, (whole - Top + Down - 1) / Down);
}
