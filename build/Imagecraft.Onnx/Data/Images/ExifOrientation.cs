// Finds in Exif data how an image is to be turned, and turns it. Unaware of image formats.
// Source of the format: CIPA DC-008, "Exchangeable image file format for digital still cameras", section 4.6; TIFF 6.0.

using System.Buffers.Binary;

namespace Imagecraft.Onnx.Data.Images;

static class ExifOrientation
{
    const int ExifMarker = 0xE1, StartOfScan = 0xDA, EntryLength = 12, Tag = 0x0112, Short = 3;

    /// <summary>1 to 8, or 0 when no marker before the first scan of a JPEG says it.</summary>
    public static int OfJpeg(ReadOnlySpan<byte> file)
    {
        for (var at = 2; at + 4 <= file.Length && file[at] == 0xFF && file[at + 1] != StartOfScan;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (length < 2 || at + 2 + length > file.Length)
                return 0;
            if (file[at + 1] == ExifMarker && Of(file.Slice(at + 4, length - 2)) is > 0 and var found)
                return found;
            at += 2 + length;
        }
        return 0;
    }

    /// <summary>1 to 8, or 0 when the data do not say.</summary>
    /// <param name="marker">Content of an APP1 marker.</param>
    static int Of(ReadOnlySpan<byte> marker)
    {
        if (!marker.StartsWith("Exif\0\0"u8))
            return 0;
        var tiff = marker[6..];
        if (tiff.Length < 8 || !(tiff.StartsWith("II*\0"u8) || tiff.StartsWith("MM\0*"u8)))
            return 0;
        var isLittle = tiff[0] == 'I';
        var at = Long(tiff[4..], isLittle);
        if (at > tiff.Length - 2)
            return 0;
        var directory = tiff[(int)at..];
        for (var (i, count) = (0, Word(directory, isLittle)); i < count && directory.Length >= 2 + ((i + 1) * EntryLength); i++)
        {
            var entry = directory.Slice(2 + (i * EntryLength), EntryLength);
            if (Word(entry, isLittle) == Tag && Word(entry[2..], isLittle) == Short)
                return Word(entry[8..], isLittle) is >= 1 and <= 8 and var orientation ? orientation : 0;
        }
        return 0;
    }

    /// <summary>The image as it is to be seen; 0 and 1 leave it as it is.</summary>
    public static PixelImage Oriented(this PixelImage image, int orientation)
    {
        if (orientation < 2)
            return image;
        // 5 to 8 exchange rows and columns; whether columns or rows then run backwards.
        var isTurned = orientation >= 5;
        var (isMirrored, isUpsideDown) = (orientation is 2 or 3 or 6 or 7, orientation is 3 or 4 or 7 or 8);
        var (width, height) = isTurned ? (image.Height, image.Width) : (image.Width, image.Height);
        var samples = new byte[image.Samples.Length];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var (column, row) = (isMirrored ? width - 1 - x : x, isUpsideDown ? height - 1 - y : y);
                var from = (isTurned ? (column * image.Width) + row : (row * image.Width) + column) * image.Channels;
                image.Samples.AsSpan(from, image.Channels).CopyTo(samples.AsSpan(((y * width) + x) * image.Channels));
            }
        return new(width, height, image.Channels, samples);
    }

    static ushort Word(ReadOnlySpan<byte> bytes, bool isLittle) => isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    static uint Long(ReadOnlySpan<byte> bytes, bool isLittle) => isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
