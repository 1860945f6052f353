// Reads an image of any known format by its first bytes. Unaware of networks.

namespace Imagecraft.Onnx.Data.Images;

/// <summary>PNG, JPEG and binary PGM and PPM.</summary>
public static class ImageFile
{
    /// <summary>Pixels of the largest image that is read; a header that promises more is taken for a decompression bomb.</summary>
    public const long MostPixels = 100_000_000;

    /// <summary>Endings of files that are images.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".png", ".jpg", ".jpeg", ".pgm", ".ppm"];

    /// <summary>The image that its viewers show: turned as its Exif orientation says, its alpha channel left out.</summary>
    /// <param name="file">Its bytes; null when there is no file.</param>
    /// <param name="path">Names it in messages.</param>
    /// <exception cref="OnnxException">It is absent, damaged, too large, or of another kind; the message names the remedy.</exception>
    public static PixelImage Read(byte[]? file, string path) => file switch
    {
        null => throw new OnnxException($"The image `{path}` does not exist"),
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => PngFile.Parse(file, path),
        [0xFF, 0xD8, ..] => JpegFile.Parse(file, path),
        [(byte)'P', (byte)'5' or (byte)'6', ..] => PnmFile.Parse(file, path),
        _ => throw new OnnxException($"`{path}` is no image that is read: it begins neither like a PNG nor like a JPEG, PGM or PPM; convert it, e.g. by `gm convert`, or leave it out"),
    };

    /// <summary>Refuses sizes that no memory is spent on.</summary>
    internal static void CheckSize(long width, long height, string path)
    {
        if (width < 1 || height < 1 || width * height > MostPixels)
            throw new OnnxException($"`{path}` has {width} x {height} pixels, but from 1 to {MostPixels} altogether are read; make it smaller or leave it out");
    }
}
