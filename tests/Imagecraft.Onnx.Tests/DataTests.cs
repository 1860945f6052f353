// What data files and datasets give, good and malformed.

using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Tests;

public sealed class DataTests
{
    static readonly TensorPort Tiny = new("image", "float32", [1, 1, 2, 2]);

    static readonly ModelOptions Options = new() { Name = "tiny", Version = "1", License = "MIT", Preprocess = new() };

    internal static byte[] Idx(int[] sizes, params byte[] values) => [0, 0, 8, (byte)sizes.Length, .. sizes.SelectMany(size => BitConverter.GetBytes(size).Reverse()), .. values];

    static byte[] Compressed(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return stream.ToArray();
    }

    [Fact]
    public void An_IDX_file_reads_alike_whether_compressed_or_not()
    {
        using var folder = new TemporaryFolder();
        var bytes = Idx([2, 1, 3], 1, 2, 3, 4, 5, 6);
        File.WriteAllBytes(folder["plain"], bytes);
        File.WriteAllBytes(folder["compressed"], Compressed(bytes));
        foreach (var name in new[] { "plain", "compressed" })
        {
            var array = IdxArray.Read(folder[name]);
            Assert.Equal([2, 1, 3], array.Sizes);
            Assert.Equal([1, 2, 3, 4, 5, 6], array.Values);
        }
    }

    public static TheoryData<string, byte[]> MalformedIdx => new()
    {
        { "it does not begin like one", "PK\u0003\u0004..."u8.ToArray() },
        { "it does not begin like one", [] },
        { "its elements are of type 0x0D, but unsigned bytes (0x08) are needed", [0, 0, 0x0D, 1, 0, 0, 0, 1, 0] },
        { "it has 0 dimensions, but 1 to 8 are needed", [0, 0, 8, 0] },
        { "it ends within its header", [0, 0, 8, 3, 0, 0, 0, 1] },
        { "its sizes [2, 0] are not all above 0", Idx([2, 0]) },
        { "its sizes [2, -1] are not all above 0", Idx([2, -1]) },
        { "its sizes [2147483647, 2147483647, 2147483647] exceed 1073741824 bytes", Idx([int.MaxValue, int.MaxValue, int.MaxValue]) },
        { "it ends 1 bytes too early", Idx([2, 2], 1, 2, 3) },
        { "it ends 999999997 bytes too early", Idx([1000000000], 1, 2, 3) },
        { "it goes on after the 2 bytes that its sizes [2] announce", Idx([2], 1, 2, 3) },
        { "its compressed data are damaged", [.. Compressed(Idx([4], 1, 2, 3, 4))[..10], 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF] },
    };

    [Theory]
    [MemberData(nameof(MalformedIdx))]
    public void A_malformed_IDX_file_is_named_with_the_reason(string reason, byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["bad"], bytes);
        var problem = Assert.Throws<OnnxException>(() => IdxArray.Read(folder["bad"]));
        Assert.StartsWith($"`{folder["bad"]}` is not a usable IDX file: {reason}", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_with_comments_and_few_levels_are_read()
    {
        var gray = PnmFile.Parse([.. "P5 # made by hand\n2\n# rows\n1 15\n"u8, 0, 15], "gray");
        Assert.Equal((2, 1, 1), (gray.Width, gray.Height, gray.Channels));
        Assert.Equal([0, 255], gray.Samples);
        Assert.Equal([1, 2, 3], PnmFile.Parse([.. "P6 1 1 255\n"u8, 1, 2, 3], "colour").Samples);
    }

    [Fact]
    public void An_image_is_written_as_it_is_read_and_turned_pixel_by_pixel()
    {
        using var folder = new TemporaryFolder();
        var image = new PixelImage(2, 1, 3, [1, 2, 3, 4, 5, 6]);
        PnmFile.Write(image.Turned(), folder["turned.ppm"]);
        var turned = PnmFile.Read(folder["turned.ppm"]);
        Assert.Equal([4, 5, 6, 1, 2, 3], turned.Samples);
        Assert.Equal(image.Samples, turned.Turned().Samples);
    }

    [Theory]
    [InlineData("P4\n1 1\n", "it begins neither with `P5` nor with `P6`")]
    [InlineData("P5\n0 1 255\n", "its size of 0 x 1 is not between 1 x 1 and 1073741824 bytes")]
    [InlineData("P6\n99999 99999 255\n", "its size of 99999 x 99999 is not between 1 x 1 and 1073741824 bytes")]
    [InlineData("P5\n1 1 65535\n..", "its largest value is 65535, but 1 to 255 is needed")]
    [InlineData("P5\n4 1 255\n...", "it ends 1 bytes too early")]
    [InlineData("P5\n4 1 255", "byte 7 is not the beginning of a number of at most 7 digits")]
    [InlineData("P5\n4 x 255\n", "byte 5 is not the beginning of a number of at most 7 digits")]
    [InlineData("P5\n123456789 1 255\n", "byte 3 is not the beginning of a number of at most 7 digits")]
    [InlineData("P5", "byte 2 is not the beginning of a number of at most 7 digits")]
    public void A_malformed_image_is_named_with_the_reason(string text, string reason)
    {
        var problem = Assert.Throws<OnnxException>(() => PnmFile.Parse(Encoding.ASCII.GetBytes(text), "bad.pgm"));
        Assert.Equal($"`bad.pgm` is not a usable PGM or PPM image: {reason}", problem.Message);
    }

    [Fact]
    public void An_image_is_stretched_between_the_centres_of_pixels() =>
        Assert.Equal([0, 25, 75, 100], Frame(new(2, 1, 1, [0, 100]), [1, 1, 1, 4], new() { Fit = ImageFit.Stretch }).Select(value => (float)Math.Round(value * 255)));

    [Fact]
    public void Padding_keeps_proportions_and_is_zero_after_normalization() =>
        Assert.Equal([1, 1, 0, 0, 1, 1, 0, 0], Frame(new(1, 1, 1, [255]), [1, 1, 2, 4], new() { Fit = ImageFit.Pad, Mean = [0.5], Deviation = [0.5] }));

    [Fact]
    public void A_wide_line_loses_height_when_padded_and_width_when_squeezed()
    {
        var wide = new PixelImage(8, 2, 1, [.. Enumerable.Repeat((byte)255, 16)]);
        Assert.Equal([1, 1, 1, 1, 0, 0, 0, 0], Frame(wide, [1, 1, 2, 4], new() { Fit = ImageFit.Pad }));
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1], Frame(wide, [1, 1, 2, 4], new() { Fit = ImageFit.PadWidth }));
    }

    [Fact]
    public void Channels_come_in_the_order_the_network_wants_with_a_mean_each()
    {
        var pixel = new PixelImage(1, 1, 3, [255, 0, 51]);
        Assert.Equal([1, 0, 0.2f], Frame(pixel, [1, 3, 1, 1], new() { Channels = ChannelOrder.Rgb }));
        Assert.Equal([0.1f, 0, 0], Frame(pixel, [1, 3, 1, 1], new() { Channels = ChannelOrder.Bgr, Mean = [0.1, 0, 1] }), new Near());
        Assert.Equal([0.299f + (0.114f * 0.2f)], Frame(pixel, [1, 1, 1, 1], new()), new Near());
        Assert.Equal([0.2f, 0.2f, 0.2f], Frame(new(1, 1, 1, [51]), [1, 3, 1, 1], new() { Channels = ChannelOrder.Rgb }));
    }

    [Fact]
    public void Preprocessing_that_does_not_fit_the_network_is_told_before_any_image()
    {
        Assert.Contains("has the shape [1, 3, 2, 2], but images with `channels: gray` are [1, 1, height, width]", Refusal(new(), [1, 3, 2, 2]), StringComparison.Ordinal);
        Assert.Contains("has 2 values of `mean`, but the image has 1 channels", Refusal(new() { Mean = [0, 1] }, [1, 1, 2, 2]), StringComparison.Ordinal);
        Assert.Contains("has `std: [0]`, but each must be above 0", Refusal(new() { Deviation = [0] }, [1, 1, 2, 2]), StringComparison.Ordinal);
        Assert.Contains("has 3 x 1 pixels, but the input takes 2 x 2", Assert.Throws<OnnxException>(() => Frame(new(3, 1, 1, [1, 2, 3]), [1, 1, 2, 2], new())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_of_IDX_files_becomes_one_sequence_with_its_labels()
    {
        using var folder = new TemporaryFolder();
        var dataset = Pair(folder, Idx([3, 2, 2], [0, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0]), Idx([3], 3, 2, 1));
        var sequence = Assert.Single(dataset.Read("test", Tiny, Options, null, TestContext.Current.CancellationToken));
        Assert.Equal([3, 1, 1, 2, 2], sequence.Frames.Shape);
        Assert.Equal([0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0], sequence.Frames.Values);
        Assert.Equal([3f, 2, 1], sequence.Labels);
    }

    [Fact]
    public void Fewer_items_are_spread_over_the_split()
    {
        using var folder = new TemporaryFolder();
        var dataset = Pair(folder, Idx([6, 2, 2], new byte[24]), Idx([6], 0, 1, 2, 3, 4, 5));
        Assert.Equal([0f, 2, 4], dataset.Read("test", Tiny, Options, 3, TestContext.Current.CancellationToken)[0].Labels);
    }

    [Fact]
    public void Labels_that_do_not_belong_to_the_images_are_refused()
    {
        using var folder = new TemporaryFolder();
        var dataset = Pair(folder, Idx([3, 2, 2], new byte[12]), Idx([2], 0, 1));
        var problem = Assert.Throws<OnnxException>(() => dataset.Read("test", Tiny, Options, null, TestContext.Current.CancellationToken));
        Assert.Equal("The dataset `pixels` has 3 images, but labels of the sizes [2]; they do not belong together", problem.Message);
    }

    [Theory]
    [InlineData("train", "a.pgm\t0\n", "The dataset `pixels` has no split `test`, it has [train]")]
    [InlineData("test", "", "The split `test` of the dataset `pixels` is empty")]
    [InlineData("test", "a.pgm\n", "`test/labels.tsv` of the dataset `pixels` has the line `a.pgm`, but name, tab, label is needed")]
    [InlineData("test", "a.pgm\tup\n", "`a.pgm` of the dataset `pixels` has the label `up`, but a number from 0 up is needed, for sounds pairs of them as `START-END`")]
    [InlineData("test", "a.pgm\t1\na.pgm\t\n", "Of the 2 images of the split `test` of the dataset `pixels` only 1 have a label; give all of them one, or none")]
    public void A_malformed_split_is_told(string split, string list, string message)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder[split]);
        File.WriteAllText(folder[$"{split}/labels.tsv"], list);
        PnmFile.Write(new(2, 2, 1, new byte[4]), folder[$"{split}/a.pgm"]);
        var problem = Assert.Throws<OnnxException>(() => new DatasetFolder(folder, "pixels").Read("test", Tiny, Options, null, TestContext.Current.CancellationToken));
        Assert.Equal(message, problem.Message);
    }

    [Fact]
    public void Images_without_preprocessing_name_the_missing_key()
    {
        using var folder = new TemporaryFolder();
        var dataset = Pair(folder, Idx([1, 2, 2], new byte[4]), Idx([1], 0));
        var problem = Assert.Throws<OnnxException>(() => dataset.Read("test", Tiny, Options with { Preprocess = null }, null, TestContext.Current.CancellationToken));
        Assert.EndsWith("add `preprocess`", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_sound_is_a_sequence_whose_frames_are_voice_where_half_of_them_is()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["test"]);
        // 0.2 s at 8 kHz; the network takes 160 new samples at 16 kHz behind 40 old ones.
        WavWriter.Write(folder["test/word.wav"], new(8000, new NoiseGenerator(1).Take(1600, 0.5f)));
        File.WriteAllText(folder["test/labels.tsv"], "word.wav\t100-250,400-1600\n");
        var options = Options with { Context = 40, Preprocess = null };
        var sequence = Assert.Single(new DatasetFolder(folder, "sounds").Read("test", new("x", "float32", [1, 200]), options, null, TestContext.Current.CancellationToken));
        Assert.Equal([20, 1, 200], sequence.Frames.Shape);
        Assert.Equal([0f, 1, 1, 0, 0], sequence.Labels[..5]);
        Assert.All(sequence.Labels[5..], label => Assert.Equal(1, label));
    }

    [Fact]
    public void Voice_is_where_the_energy_is_and_in_short_pauses()
    {
        var samples = new float[16000];
        new NoiseGenerator(1).Take(3200, 0.5f).CopyTo(samples, 1600);
        new NoiseGenerator(2).Take(1600, 0.5f).CopyTo(samples, 8000);
        new NoiseGenerator(3).Take(1600, 0.5f).CopyTo(samples, 14400);
        Assert.Equal([new(1600, 9600), new(14400, 16000)], VoiceActivity.Of(new(16000, samples)));
        Assert.Empty(VoiceActivity.Of(new(16000, new float[16000])));
    }

    static float[] Frame(PixelImage image, long[] shape, ImagePreprocessing preprocess)
    {
        var port = new TensorPort("image", "float32", shape);
        preprocess.Check(port, "tiny");
        var frame = FloatTensor.Zeros(shape);
        preprocess.Fill(frame.Values, image, port, "image");
        return frame.Values;
    }

    static string Refusal(ImagePreprocessing preprocess, long[] shape) => Assert.Throws<OnnxException>(() => preprocess.Check(new("image", "float32", shape), "tiny")).Message;

    static DatasetFolder Pair(TemporaryFolder folder, byte[] images, byte[] labels)
    {
        Directory.CreateDirectory(folder["test"]);
        File.WriteAllBytes(folder["test/images.idx"], images);
        File.WriteAllBytes(folder["test/labels.idx"], Compressed(labels));
        return new(folder, "pixels");
    }

    sealed class Near : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) < 1e-6;

        public int GetHashCode(float value) => 0;
    }
}
