// Reads JPEG images by LibJpeg.NET. Unaware of networks.

using BitMiracle.LibJpeg.Classic;

namespace Imagecraft.Onnx.Data.Images;

/// <summary>
/// Gray and colour images, baseline and progressive. The inverse transform is the accurate integer one (<c>JDCT_ISLOW</c>) of managed code without pointers, so pixels are the same on every processor
/// and a hostile file cannot write beyond its arrays. What libjpeg only warns of (cut or damaged data) is an error here.
/// </summary>
public static class JpegFile
{
    const int BlockSize = 8;

    /// <summary>Scans of the most patient progressive encoder are some 30; each makes a decoder go through the whole image again.</summary>
    const int MostScans = 200;

    /// <summary>Reads the bytes of a file; <paramref name="path"/> is for messages.</summary>
    public static PixelImage Parse(byte[] file, string path)
    {
        try
        {
            if (Scans(file) is > MostScans and var scans)
                throw Bad(path, $"it has {scans} scans, more than the {MostScans} that are read");
            return Decode(file, path);
        }
        catch (Exception problem) when (problem is not (OnnxException or OutOfMemoryException))
        {
            throw Bad(path, problem.Message);
        }
    }

    static PixelImage Decode(byte[] file, string path)
    {
        var decoder = new jpeg_decompress_struct(new StrictErrors(path));
        decoder.jpeg_stdio_src(new MemoryStream(file, writable: false));
        decoder.jpeg_read_header(true);
        var (width, height) = (decoder.Image_width, decoder.Image_height);
        ImageFile.CheckSize(width, height, path);
        if (decoder.Jpeg_color_space is not (J_COLOR_SPACE.JCS_GRAYSCALE or J_COLOR_SPACE.JCS_YCbCr or J_COLOR_SPACE.JCS_RGB))
            throw Bad(path, $"its {decoder.Num_components} channels are neither gray nor colour for screens but ink (CMYK)");
        var channels = decoder.Jpeg_color_space == J_COLOR_SPACE.JCS_GRAYSCALE ? 1 : 3;
        decoder.Out_color_space = channels == 1 ? J_COLOR_SPACE.JCS_GRAYSCALE : J_COLOR_SPACE.JCS_RGB;
        decoder.Dct_method = J_DCT_METHOD.JDCT_ISLOW;
        var samples = HasSmallChroma(decoder) ? OfPlanes(decoder) : OfLines(decoder, channels, path);
        decoder.jpeg_finish_decompress();
        return new PixelImage(width, height, channels, samples).Oriented(ExifOrientation.OfJpeg(file));
    }

    /// <summary>Colour at half the width or height. The library would compute it as a part of the inverse transform, all others from neighbours.</summary>
    static bool HasSmallChroma(jpeg_decompress_struct decoder) =>
        decoder.Jpeg_color_space == J_COLOR_SPACE.JCS_YCbCr && decoder.Comp_info is [{ H_samp_factor: 1 or 2, V_samp_factor: 1 or 2 } luma, { H_samp_factor: 1, V_samp_factor: 1 }, { H_samp_factor: 1, V_samp_factor: 1 }] && luma.H_samp_factor * luma.V_samp_factor > 1;

    static byte[] OfPlanes(jpeg_decompress_struct decoder)
    {
        decoder.Raw_data_out = true;
        decoder.Do_fancy_upsampling = false;
        decoder.jpeg_start_decompress();
        var (across, down) = (decoder.Comp_info[0].H_samp_factor, decoder.Comp_info[0].V_samp_factor);
        var (width, height) = (decoder.Image_width, decoder.Image_height);
        var (smallWidth, smallHeight) = ((width + across - 1) / across, (height + down - 1) / down);
        var lines = down * BlockSize;
        var groups = (height + lines - 1) / lines;
        byte[][][] planes = [.. decoder.Comp_info.Select(part => Rows(groups * part.V_samp_factor * BlockSize, part.Width_in_blocks * BlockSize))];
        for (var group = 0; group < groups; group++)
            decoder.jpeg_read_raw_data([.. planes.Select((plane, i) => plane.AsSpan(group * decoder.Comp_info[i].V_samp_factor * BlockSize, decoder.Comp_info[i].V_samp_factor * BlockSize).ToArray())], lines);
        return ChromaPlanes.ToColours(new(width, height, planes[0]), new Plane(smallWidth, smallHeight, planes[1]).Enlarged(across, down), new Plane(smallWidth, smallHeight, planes[2]).Enlarged(across, down), width, height);

        // A row of blocks at the right may go beyond those that the image needs.
        static byte[][] Rows(int count, int length) => [.. Enumerable.Range(0, count).Select(_ => new byte[length + (2 * BlockSize)])];
    }

    static byte[] OfLines(jpeg_decompress_struct decoder, int channels, string path)
    {
        decoder.jpeg_start_decompress();
        var (width, height) = (decoder.Image_width, decoder.Image_height);
        var samples = new byte[width * height * channels];
        byte[][] line = [new byte[width * channels]];
        while (decoder.Output_scanline < height)
        {
            var row = decoder.Output_scanline;
            if (decoder.jpeg_read_scanlines(line, 1) != 1)
                throw Bad(path, "it ends too early");
            line[0].CopyTo(samples, row * line[0].Length);
        }
        return samples;
    }

    /// <summary>How often the marker that begins a scan occurs; within a scan's data no marker looks like it.</summary>
    static int Scans(ReadOnlySpan<byte> file) => file.Count([(byte)0xFF, (byte)0xDA]);

    static OnnxException Bad(string path, string reason) => new($"`{path}` is not a usable JPEG image: {reason}; save it anew, e.g. by `gm convert`, or leave it out");

    sealed class StrictErrors(string path) : jpeg_error_mgr
    {
        public override void error_exit() => throw Bad(path, format_message());

        public override void emit_message(int msg_level)
        {
            if (msg_level < 0)
                throw Bad(path, format_message());
        }

        public override void output_message()
        {
        }
    }
}
