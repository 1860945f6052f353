// Reads PNG images. Unaware of networks.
// Source of the format: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)".

using System.Buffers.Binary;
using System.IO.Compression;

namespace Imagecraft.Onnx.Data.Images;

/// <summary>
/// Gray, colour and palette images of 1 to 16 bits, interlaced or not, to 8 bits: of 16 the upper eight, as libpng's <c>png_set_strip_16</c>; alpha is left out.
/// Checksums are checked, and not one byte more is inflated than the header promises.
/// </summary>
public static class PngFile
{
    const int Gray = 0, Colour = 2, Palette = 3, GrayAlpha = 4, ColourAlpha = 6;

    /// <summary>Reads the bytes of a file; <paramref name="path"/> is for messages.</summary>
    public static PixelImage Parse(ReadOnlyMemory<byte> file, string path)
    {
        var chunks = PngChunks.Of(file, path);
        var header = Header(chunks.First.Span, path);
        var palette = chunks.Palette.Span;
        if (header.Kind == Palette && palette.IsEmpty)
            throw Bad(path, "it has colours by number, but no palette");
        using var data = new ZLibStream(chunks.Data(), CompressionMode.Decompress);
        var channels = header.Kind is Gray or GrayAlpha ? 1 : 3;
        var samples = new byte[header.Width * header.Height * channels];
        try
        {
            foreach (var pass in header.IsInterlaced ? PngPass.Adam7 : PngPass.Whole)
                Read(pass);
            if (data.ReadByte() >= 0)
                throw Bad(path, "it has more data than its size needs");
        }
        catch (InvalidDataException problem)
        {
            throw Bad(path, $"its compressed data are damaged: {problem.Message}");
        }
        return new(header.Width, header.Height, channels, samples) { Levels = header.Kind == Palette ? byte.MaxValue : (1 << header.Depth) - 1 };

        void Read(PngPass pass)
        {
            var (width, height) = (pass.Width(header.Width), pass.Height(header.Height));
            if (width == 0 || height == 0)
                return;
            var length = ((width * header.BitsPerPixel) + 7) / 8;
            var (before, line) = (new byte[length + 1], new byte[length + 1]);
            for (var row = 0; row < height; row++)
            {
                if (data.ReadAtLeast(line, line.Length, throwOnEndOfStream: false) < line.Length)
                    throw Bad(path, "it ends too early");
                if (!PngFilter.Undo(line, before, Math.Max(1, header.BitsPerPixel / 8)))
                    throw Bad(path, $"it has the filter {line[0]}, but 0 to 4 exist");
                Lay(line.AsSpan(1), pass, row, width);
                (before, line) = (line, before);
            }
        }

        void Lay(ReadOnlySpan<byte> line, PngPass pass, int row, int width)
        {
            var from = header.Channels;
            for (var x = 0; x < width; x++)
            {
                var to = (((pass.Top + (row * pass.Down)) * header.Width) + pass.Left + (x * pass.Across)) * channels;
                if (header.Kind == Palette)
                {
                    var entry = 3 * Sample(line, x, header.Depth);
                    if (entry + 3 > chunks.Palette.Length)
                        throw Bad(path, $"a pixel has colour {entry / 3} of a palette of {chunks.Palette.Length / 3}");
                    chunks.Palette.Span.Slice(entry, 3).CopyTo(samples.AsSpan(to));
                }
                else
                {
                    for (var channel = 0; channel < channels; channel++)
                        samples[to + channel] = header.Depth switch
                        {
                            8 => line[(x * from) + channel],
                            16 => line[2 * ((x * from) + channel)],
                            _ => (byte)(Sample(line, x, header.Depth) * 255 / ((1 << header.Depth) - 1)),
                        };
                }
            }
        }
    }

    /// <summary>A number of at most 8 bits, the first of a byte in its upper bits.</summary>
    static int Sample(ReadOnlySpan<byte> line, int index, int depth) =>
        (line[index * depth / 8] >> (8 - depth - (index * depth % 8))) & ((1 << depth) - 1);

    static PngHeader Header(ReadOnlySpan<byte> chunk, string path)
    {
        if (chunk.Length != 13)
            throw Bad(path, "its header has not 13 bytes");
        var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(chunk), BinaryPrimitives.ReadUInt32BigEndian(chunk[4..]));
        ImageFile.CheckSize(width, height, path);
        var header = new PngHeader((int)width, (int)height, chunk[8], chunk[9], chunk[12] == 1);
        var isGood = (header.Kind, header.Depth) is (Gray, 1 or 2 or 4 or 8 or 16) or (Palette, 1 or 2 or 4 or 8) or (Colour or GrayAlpha or ColourAlpha, 8 or 16);
        return isGood && chunk[10] == 0 && chunk[11] == 0 && chunk[12] <= 1 ? header : throw Bad(path, $"its header states colour type {header.Kind} of {header.Depth} bits, compression {chunk[10]}, filter {chunk[11]} and interlacing {chunk[12]}, which is no PNG");
    }

    internal static OnnxException Bad(string path, string reason) => new($"`{path}` is not a usable PNG image: {reason}; save it anew or leave it out");

    sealed record PngHeader(int Width, int Height, int Depth, int Kind, bool IsInterlaced)
    {
        public int Channels => Kind switch { Colour => 3, GrayAlpha => 2, ColourAlpha => 4, _ => 1 };

        public int BitsPerPixel => Depth * Channels;
    }
}
