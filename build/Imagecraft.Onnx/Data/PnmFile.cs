// Reads and writes binary PGM and PPM images. Unaware of networks.
// Source of the formats: the Netpbm manual pages pgm(5) and ppm(5).

using System.Text;

namespace Imagecraft.Onnx.Data;

/// <summary>Binary gray (P5) and colour (P6) images of at most 255 levels.</summary>
public static class PnmFile
{
    const int MostLevels = 255;
    const long MostBytes = 1L << 30;

    /// <summary>Reads a file; anything wrong with it is an <see cref="OnnxException"/> that names it.</summary>
    public static PixelImage Read(string path) => Read(File.Exists(path) ? File.ReadAllBytes(path) : null, path);

    /// <summary>Reads the bytes of a file, null when it is not there; <paramref name="path"/> is for messages.</summary>
    public static PixelImage Read(byte[]? file, string path) => Parse(file ?? throw new OnnxException($"The image `{path}` does not exist"), path);

    /// <summary>Reads the bytes of a file; <paramref name="path"/> is for messages.</summary>
    public static PixelImage Parse(ReadOnlySpan<byte> file, string path)
    {
        var channels = file.StartsWith("P5"u8) ? 1 : file.StartsWith("P6"u8) ? 3 : throw Bad(path, "it begins neither with `P5` nor with `P6`");
        var at = 2;
        var (width, height, levels) = (Number(file, ref at, path), Number(file, ref at, path), Number(file, ref at, path));
        if (width == 0 || height == 0 || (long)width * height * channels > MostBytes)
            throw Bad(path, $"its size of {width} x {height} is not between 1 x 1 and {MostBytes} bytes");
        if (levels is 0 or > MostLevels)
            throw Bad(path, $"its largest value is {levels}, but 1 to {MostLevels} is needed");
        // One white-space character ends the header.
        at++;
        var length = width * height * channels;
        if (file.Length - at < length)
            throw Bad(path, $"it ends {length - Math.Max(file.Length - at, 0)} bytes too early");
        var samples = file.Slice(at, length).ToArray();
        if (levels < MostLevels)
            foreach (ref var sample in samples.AsSpan())
                sample = (byte)(Math.Min((int)sample, levels) * MostLevels / levels);
        return new(width, height, channels, samples) { Levels = levels };
    }

    /// <summary>Writes P5 or P6.</summary>
    public static void Write(PixelImage image, string path) =>
        File.WriteAllBytes(path, [.. Encoding.ASCII.GetBytes(FormattableString.Invariant($"P{(image.Channels == 1 ? 5 : 6)}\n{image.Width} {image.Height}\n{MostLevels}\n")), .. image.Samples]);

    /// <summary>The next number behind white space and comments.</summary>
    static int Number(ReadOnlySpan<byte> file, ref int at, string path)
    {
        while (at < file.Length && (char.IsWhiteSpace((char)file[at]) || file[at] == '#'))
        {
            if (file[at] == '#')
                while (at < file.Length && file[at] is not ((byte)'\n' or (byte)'\r'))
                    at++;
            else
                at++;
        }
        var value = 0;
        var start = at;
        for (; at < file.Length && char.IsAsciiDigit((char)file[at]) && at - start < 7; at++)
            value = (10 * value) + file[at] - '0';
        return at > start && at < file.Length && char.IsWhiteSpace((char)file[at]) ? value : throw Bad(path, $"byte {start} is not the beginning of a number of at most 7 digits");
    }

    static OnnxException Bad(string path, string reason) => new($"`{path}` is not a usable PGM or PPM image: {reason}");
}
