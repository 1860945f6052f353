// Files that other programs made (Foreign/make.sh), compared with what other decoders read of them, and damaged ones.

using System.Buffers.Binary;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Data.Images;

namespace Imagecraft.Onnx.Tests;

public class ForeignFileTests
{
    [Theory]
    [InlineData("colour.png.ppm")]
    [InlineData("interlaced.png.ppm")]
    [InlineData("gray.png.pgm")]
    [InlineData("palette.png.ppm")]
    [InlineData("bits.png.pgm")]
    [InlineData("alpha.png.ppm")]
    [InlineData("deep.png.pgm")]
    [InlineData("full.jpg.ppm")]
    [InlineData("progressive.jpg.ppm")]
    [InlineData("restart.jpg.ppm")]
    [InlineData("gray.jpg.pgm")]
    [InlineData("turned.jpg.ppm")]
    [InlineData("half.jpg.ppm")]
    [InlineData("wide.jpg.ppm")]
    [InlineData("high.jpg.ppm")]
    public void An_image_has_the_very_pixels_that_Pillow_reads(string expected)
    {
        var (ours, theirs) = (Image(expected[..^4]), Image(expected));
        Assert.Equal((theirs.Width, theirs.Height, theirs.Channels), (ours.Width, ours.Height, ours.Channels));
        Assert.Equal(theirs.Samples, ours.Samples);
    }

    [Theory]
    [InlineData("small-bilinear.ppm", ImageFilter.Bilinear)]
    [InlineData("small-bicubic.ppm", ImageFilter.Bicubic)]
    [InlineData("large-bicubic.ppm", ImageFilter.Bicubic)]
    public void Resizing_with_antialias_and_rounding_gives_the_very_bytes_of_Pillow(string expected, ImageFilter filter)
    {
        var theirs = Image(expected);
        for (var channel = 0; channel < 3; channel++)
            Assert.Equal(theirs.Samples.Where((_, i) => i % 3 == channel), FilterResizer.Resize(Image("photo.ppm"), channel, theirs.Width, theirs.Height, filter, antialias: true, round: true).Select(value => (byte)value));
    }

    [Theory]
    [InlineData("tone.flac", "tone.wav")]
    [InlineData("tone-fast.flac", "tone.wav")]
    [InlineData("tone-24.flac", "tone-24.wav")]
    [InlineData("noise.flac", "noise.wav")]
    [InlineData("silence.flac", "silence.wav")]
    public void A_FLAC_file_has_the_samples_of_the_sound_it_was_made_of(string flac, string wav)
    {
        var (ours, theirs) = (Sound(flac), Sound(wav));
        Assert.Equal((theirs.Rate, theirs.Channels), (ours.Rate, ours.Channels));
        Assert.Equal(theirs.Samples, ours.Samples);
    }

    [Theory]
    [InlineData("tone-8.wav", 0.02)]
    [InlineData("tone-24.wav", 1e-6)]
    [InlineData("tone-32.wav", 1e-6)]
    public void A_sound_of_any_width_is_what_SoX_wrote_as_float_numbers(string name, double tolerance)
    {
        var (sound, floats) = (Sound(name), Sound("tone-float.wav"));
        Assert.Equal((8000, 400), (sound.Rate, sound.Samples.Length));
        Assert.InRange(floats.Samples.Max(), 0.45f, 0.55f);
        for (var i = 0; i < 400; i++)
            Assert.InRange(Math.Abs(sound.Samples[i] - floats.Samples[i]), 0, tolerance);
    }

    [Theory]
    [InlineData("f2")]
    [InlineData("f4")]
    [InlineData("big-f4")]
    [InlineData("f8")]
    [InlineData("i1")]
    [InlineData("u1")]
    [InlineData("i2")]
    [InlineData("big-i4")]
    [InlineData("i8")]
    [InlineData("bool")]
    public void An_array_of_NumPy_is_read(string kind)
    {
        var array = NpyFile.Read(Bytes($"array-{kind}.npy"), "a.npy");
        Assert.Equal([2L, 3], array.Shape);
        Assert.Equal(kind == "bool" ? [0, 1, 1, 1, 1, 1] : [0, 1, 2, 3, 4, 5], array.Values);
    }

    [Fact]
    public void An_array_whose_columns_come_first_is_refused_with_the_remedy() =>
        Assert.Equal("`a.npy` is not a usable NumPy array: its columns come first (`fortran_order`); save it by `numpy.save` as a plain array of numbers in C order", Assert.Throws<OnnxException>(() => NpyFile.Read(Bytes("array-columns.npy"), "a.npy")).Message);

    [Theory]
    [InlineData("full.jpg")]
    [InlineData("progressive.jpg")]
    [InlineData("colour.png")]
    [InlineData("interlaced.png")]
    [InlineData("palette.png")]
    [InlineData("tone.flac")]
    [InlineData("tone.wav")]
    [InlineData("array-f4.npy")]
    public void A_file_that_is_cut_anywhere_is_one_message_that_names_it(string name)
    {
        var file = Bytes(name);
        // The last bytes of a JPEG may be padding behind its pixels.
        for (var length = 1; length < file.Length - 2; length += Math.Max(1, file.Length / 97))
            Assert.Contains("`bad`", Assert.Throws<OnnxException>(() => Read(file[..length], name)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("full.jpg")]
    [InlineData("half.jpg")]
    [InlineData("progressive.jpg")]
    [InlineData("gray.jpg")]
    [InlineData("colour.png")]
    [InlineData("palette.png")]
    [InlineData("tone.flac")]
    [InlineData("noise.flac")]
    [InlineData("tone-24.wav")]
    [InlineData("array-f8.npy")]
    public void A_file_with_damaged_bytes_is_read_or_one_message_that_names_it(string name)
    {
        var random = new NoiseGenerator(name.Length);
        for (var round = 0; round < 300; round++)
        {
            var file = Bytes(name);
            for (var i = random.Below(4); i >= 0; i--)
                file[random.Below(file.Length)] = (byte)random.Below(256);
            try
            {
                Read(file, name);
            }
            catch (OnnxException problem)
            {
                Assert.Contains("`bad`", problem.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("colour.png")]
    [InlineData("full.jpg")]
    public void A_header_that_promises_a_giant_is_refused_before_memory_is_spent(string name)
    {
        var file = Bytes(name);
        if (name.EndsWith("png", StringComparison.Ordinal))
        {
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), 60000);
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), 60000);
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(29), Checksum(file.AsSpan(12, 17)));
        }
        else
        {
            var at = file.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
            BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(at + 5), 60000);
            BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(at + 7), 60000);
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("`bad` has 60000 x 60000 pixels, but from 1 to 100000000 altogether are read; make it smaller or leave it out", Assert.Throws<OnnxException>(() => ImageFile.Read(file, "bad")).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    [Fact]
    public void A_small_header_over_endless_pixels_is_refused()
    {
        var plain = new MemoryStream();
        using (var zip = new System.IO.Compression.ZLibStream(plain, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            for (var i = 0; i < 64; i++)
                zip.Write(new byte[1 << 20]);
        byte[] file = [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]), .. Chunk("IDAT", plain.ToArray()), .. Chunk("IEND", [])];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("`bad` is not a usable PNG image: it has more data than its size needs; save it anew or leave it out", Assert.Throws<OnnxException>(() => ImageFile.Read(file, "bad")).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    static byte[] Chunk(string name, byte[] content)
    {
        byte[] named = [.. System.Text.Encoding.ASCII.GetBytes(name), .. content];
        var chunk = new byte[named.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        named.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Checksum(named));
        return chunk;
    }

    /// <summary>CRC-32 by its definition, one bit after the other.</summary>
    static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var each in bytes)
        {
            sum ^= each;
            for (var bit = 0; bit < 8; bit++)
                sum = (sum >> 1) ^ ((sum & 1) * 0xEDB88320);
        }
        return ~sum;
    }

    static void Read(byte[] file, string name)
    {
        if (name.EndsWith(".npy", StringComparison.Ordinal))
            NpyFile.Read(file, "bad");
        else if (SoundFile.Endings.Contains(Path.GetExtension(name)))
            SoundFile.Read(file, "bad");
        else
            ImageFile.Read(file, "bad");
    }

    static PixelImage Image(string name) => ImageFile.Read(Bytes(name), name);

    static Sound Sound(string name) => SoundFile.Read(Bytes(name), name);

    internal static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Foreign", name));
}
