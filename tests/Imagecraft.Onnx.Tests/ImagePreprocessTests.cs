// Images as networks take them, with the boxes and maps that belong to them.

using System.Text;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Golden;

namespace Imagecraft.Onnx.Tests;

public class ImagePreprocessTests
{
    [Fact]
    public void A_letterbox_has_the_image_in_the_middle_of_its_colour()
    {
        // 4 x 2 in 4 x 5: of the three rows that are left one is above.
        var frame = Frame(White(4, 2), [1, 3, 5, 4], new() { Fit = ImageFit.Letterbox, Channels = ChannelOrder.Rgb, Colour = [51, 0, 102] });
        Assert.Equal([0.2f, 1, 1, 0.2f, 0.2f], Enumerable.Range(0, 5).Select(y => frame[y * 4]));
        Assert.Equal([0, 1, 1, 0, 0], Enumerable.Range(0, 5).Select(y => frame[20 + (y * 4) + 3]));
        Assert.Equal(0.4f, frame[59]);
    }

    [Fact]
    public void A_letterbox_may_begin_at_the_upper_left() =>
        Assert.Equal([255, 255, 127, 127, 255, 255, 127, 127], Frame(White(1, 1), [1, 1, 2, 4], new() { Fit = ImageFit.Letterbox, Scale = 1, Place = ImagePlace.UpperLeft, Colour = [127] }), new Close());

    [Fact]
    public void The_middle_is_cropped_of_an_image_whose_short_side_has_a_length()
    {
        // Columns 0, 10, ... 70 of height 4 stay as they are; 4 x 4 out of the middle begins with column 2.
        var image = new PixelImage(8, 4, 1, [.. Enumerable.Range(0, 32).Select(i => (byte)(i % 8 * 10))]);
        Assert.Equal([20, 30, 40, 50], Frame(image, [1, 1, 4, 4], new() { Fit = ImageFit.Crop, Scale = 1 })[..4]);
        Assert.Equal([30, 40], Frame(image, [1, 1, 2, 2], new() { Fit = ImageFit.Crop, ShortSide = 4, Scale = 1 })[..2]);
    }

    [Fact]
    public void Channels_may_lie_side_by_side() =>
        Assert.Equal([1, 2, 3, 4, 5, 6], Frame(new(2, 1, 3, [1, 2, 3, 4, 5, 6]), [1, 1, 2, 3], new() { Channels = ChannelOrder.Rgb, Layout = ChannelLayout.Nhwc, Scale = 1 }));

    [Fact]
    public void An_opaque_alpha_channel_may_stand_behind_the_colours() =>
        Assert.Equal([1, 2, 3, 1, 4, 5, 6, 1], Frame(new(2, 1, 3, [1, 2, 3, 4, 5, 6]), [1, 1, 2, 4], new() { Channels = ChannelOrder.Rgba, Layout = ChannelLayout.Nhwc, Scale = 1, Deviation = [1, 1, 1, 255] }));

    [Fact]
    public void Values_between_bytes_are_rounded_when_wanted() =>
        Assert.Equal([0, 25, 76, 101], Frame(new(2, 1, 1, [0, 101]), [1, 1, 1, 4], new() { Fit = ImageFit.Stretch, Round = true, Scale = 1 }));

    [Fact]
    public void Antialias_counts_all_pixels_that_are_covered()
    {
        var stripes = new PixelImage(8, 1, 1, [255, 0, 0, 255, 255, 0, 0, 255]);
        Assert.All(Frame(stripes, [1, 1, 1, 2], new() { Fit = ImageFit.Stretch }), value => Assert.Equal(0, value));
        Assert.All(Frame(stripes, [1, 1, 1, 2], new() { Fit = ImageFit.Stretch, Antialias = true }), value => Assert.InRange(value, 0.2f, 0.6f));
    }

    [Fact]
    public void Boxes_move_with_the_image()
    {
        var wanted = new ImagePreprocessing { Fit = ImageFit.Letterbox, Channels = ChannelOrder.Rgb };
        var place = ImagePlacement.Of(wanted, 200, 100, new("x", "float32", [1, 3, 64, 64]), "a");
        Assert.Equal(new ImagePlacement(0, 16, 64, 32, (200, 100), (64, 64)), place);
        Assert.Equal(new LabelledBox(3.2, 22.4, 6.4, 3.2, 1), place.Of(new LabelledBox(10, 20, 20, 10, 1)));
        // Beyond the image, but within the input: nothing is cut.
        Assert.Equal(new LabelledBox(0, 8, 64, 48), place.Of(new LabelledBox(0, -25, 200, 150)));
    }

    [Fact]
    public void A_crop_cuts_boxes_and_leaves_out_those_that_it_misses()
    {
        // 400 x 200 becomes 128 x 64, of which the input has the columns 32 to 95.
        var place = ImagePlacement.Of(new() { Fit = ImageFit.Crop }, 400, 200, new("x", "float32", [1, 1, 64, 64]), "a");
        Assert.Equal(new ImagePlacement(-32, 0, 128, 64, (400, 200), (64, 64)), place);
        Assert.Equal(new LabelledBox(16, 32, 8, 16, 2), place.Of(new LabelledBox(150, 100, 25, 50, 2)));
        Assert.Equal(new LabelledBox(0, 0, 16, 64), place.Of(new LabelledBox(50, 0, 100, 200)));
        Assert.Null(place.Of(new LabelledBox(300, 0, 100, 200)));
    }

    [Fact]
    public void Maps_of_few_bits_have_the_classes_that_are_stored()
    {
        byte[][] files =
        [
            [.. "P5 4 1 20\n"u8, 0, 1, 7, 20],
            Png(4, 0b0000_0001, 0b0111_1111),
            Png(2, 0b0001_0011),
            Png(1, 0b0001_0000),
        ];
        Assert.Equal([[0, 1, 7, 20], [0, 1, 7, 15], [0, 1, 0, 3], [0, 0, 0, 1]], files.Select(Classes));
        Assert.EndsWith("has samples of 65536 values, but those of classes are 0 to 255; save it with 8 bits", Assert.Throws<OnnxException>(() => Classes(Png(16, 0, 0, 0, 1, 0, 2, 0, 3))).Message, StringComparison.Ordinal);

        static int[] Classes(byte[] map)
        {
            var files = new Files(("labels.tsv", "a.pgm\tmap:b.png\n"u8.ToArray()), ("a.pgm", [.. "P5 4 1 255\n"u8, 0, 0, 0, 0]), ("b.png", map));
            var sequence = Assert.Single(new DatasetFolder(files, "set").Read("test", new("x", "float32", [1, 1, 1, 4]), ModelBuilderTests.Options() with { Preprocess = new() }, null, TestContext.Current.CancellationToken));
            return [.. Assert.IsType<FrameLabel.Map>(sequence.Truths[0]).Classes];
        }

        // Gray, 4 x 1.
        static byte[] Png(byte bits, params byte[] line)
        {
            using var packed = new MemoryStream();
            using (var zip = new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
                zip.Write([0, .. line]);
            return [0x89, .. "PNG\r\n\u001A\n"u8, .. Chunk("IHDR"u8, [0, 0, 0, 4, 0, 0, 0, 1, bits, 0, 0, 0, 0]), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
        }

        static byte[] Chunk(ReadOnlySpan<byte> kind, byte[] content)
        {
            var (sum, chunk) = (uint.MaxValue, new byte[content.Length + 12]);
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
            kind.CopyTo(chunk.AsSpan(4));
            content.CopyTo(chunk, 8);
            foreach (var one in chunk.AsSpan(4..^4))
            {
                sum ^= one;
                for (var bit = 0; bit < 8; bit++)
                    sum = (sum >> 1) ^ (sum % 2 * 0xEDB88320);
            }
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(content.Length + 8), ~sum);
            return chunk;
        }
    }

    [Theory]
    [InlineData(1, 60_000_000, 224, null, "of 1 x 60000000 pixels would be resized to 224 x 13440000000, of which the middle is taken, but at most 100000000 pixels altogether are computed; cut it, leave it out, or choose another `fit`")]
    [InlineData(500_000, 1, 224, null, "of 500000 x 1 pixels would be resized to 112000000 x 224")]
    [InlineData(640, 480, 224, 2_000_000_000, "of 640 x 480 pixels would be resized to 2666666666 x 2000000000, of which the middle is taken, but at most 100000000 pixels altogether are computed; cut it, leave it out, or choose another `fit` or a smaller `short-side`")]
    public void An_image_that_would_become_too_large_is_refused(int width, int height, int size, int? side, string words) =>
        Assert.StartsWith($"The image `strip.png` {words}", Assert.Throws<OnnxException>(() => ImagePlacement.Of(new() { Fit = ImageFit.Crop, ShortSide = side }, width, height, new("x", "float32", [1, 3, size, size]), "strip.png")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_strip_of_a_single_row_is_padded_like_any_other()
    {
        var place = ImagePlacement.Of(new() { Fit = ImageFit.Letterbox }, 100_000_000, 1, new("x", "float32", [1, 3, 224, 224]), "strip.png");
        Assert.Equal((0, 111, 224, 1), (place.Left, place.Top, place.Width, place.Height));
    }

    [Fact]
    public void Boxes_and_maps_lie_where_the_pixels_of_their_image_do()
    {
        // The right half of 4 x 2 is white; the box and the class 1 of the map are there.
        byte[] half = [0, 0, 255, 255, 0, 0, 255, 255], map = [0, 0, 1, 1, 0, 0, 1, 1];
        Held(new() { Fit = ImageFit.Letterbox, Colour = [0] }, new(4, 2, 4, 4), 8);
        Held(new() { Fit = ImageFit.Letterbox, Colour = [0], Place = ImagePlace.UpperLeft }, new(4, 0, 4, 4), 8);
        Held(new() { Fit = ImageFit.Crop }, new(4, 0, 4, 8), 8);
        Held(new() { Fit = ImageFit.Pad }, new(4, 0, 4, 4), 8);
        Held(new() { Fit = ImageFit.Stretch }, new(4, 0, 4, 8), 8);

        void Held(ImagePreprocessing wanted, LabelledBox box, int size)
        {
            var files = new Files(("labels.tsv", "a.pgm\tboxes:2,0,2,2,0\n"u8.ToArray()), ("a.pgm", [.. "P5 4 2 255\n"u8, .. half]), ("b.pgm", [.. "P5 4 2 255\n"u8, .. map]));
            Assert.Equal([box], Assert.IsType<FrameLabel.Boxes>(Read(files).Truths[0]).Items);
            files = new(("labels.tsv", "a.pgm\tmap:b.pgm\n"u8.ToArray()), ("a.pgm", [.. "P5 4 2 255\n"u8, .. half]), ("b.pgm", [.. "P5 4 2 255\n"u8, .. map]));
            var sequence = Read(files);
            var classes = Assert.IsType<FrameLabel.Map>(sequence.Truths[0]).Classes;
            for (var i = 0; i < classes.Length; i++)
            {
                var (x, y) = (i % size, i / size);
                Assert.Equal(x >= box.Left && x < box.Left + box.Width && y >= box.Top && y < box.Top + box.Height, classes[i] == 1);
                Assert.Equal(sequence.Frames.Values[i] > 0.5f, classes[i] == 1);
            }

            LabelledSequence Read(Files from) => Assert.Single(new DatasetFolder(from, "set").Read("test", new("x", "float32", [1, 1, size, size]), ModelBuilderTests.Options() with { Preprocess = wanted }, null, TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [InlineData("a.pgm\tboxes:0,0,1,1,0\nb.pgm\t\n", "only 1 have a label")]
    [InlineData("a.pgm\tboxes:0,0,1,1,0\nb.pgm\t1\n", "have labels of several kinds; give all of them one kind")]
    [InlineData("a.pgm\tboxes:0,0,1,1,0\nb.pgm\twords:x\n", "have labels of several kinds; give all of them one kind")]
    [InlineData("a.pgm\tboxes:0,0,1\nb.pgm\tboxes:\n", "`set/test/a.pgm` has the box `0,0,1`, but left, top, width, height and class are needed")]
    public void Labels_that_do_not_belong_together_are_told(string list, string message)
    {
        byte[] image = [.. "P5 1 1 255\n"u8, 0];
        var files = new Files(("labels.tsv", Encoding.UTF8.GetBytes(list)), ("a.pgm", image), ("b.pgm", image));
        Assert.Contains(message, Assert.Throws<OnnxException>(() => new DatasetFolder(files, "set").Read("test", new("x", "float32", [1, 1, 1, 1]), ModelBuilderTests.Options() with { Preprocess = new() }, null, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    sealed class Files(params (string Name, byte[] Bytes)[] files) : IDatasetFiles
    {
        public IEnumerable<string> Folders => ["test"];

        public byte[]? Read(string path) => files.FirstOrDefault(file => $"test/{file.Name}" == path).Bytes;
    }

    [Theory]
    [InlineData(ImageFit.Crop, 10, "has `short-side: 10`, but the input takes 64 x 64 pixels out of the middle; give at least 64")]
    public void A_crop_that_is_larger_than_the_image_is_told(ImageFit fit, int side, string message) =>
        Assert.Contains(message, Assert.Throws<OnnxException>(() => new ImagePreprocessing { Fit = fit, ShortSide = side, Channels = ChannelOrder.Rgb }.Check(new("x", "float32", [1, 3, 64, 64]), "net")).Message, StringComparison.Ordinal);

    static PixelImage White(int width, int height) => new(width, height, 3, [.. Enumerable.Repeat((byte)255, width * height * 3)]);

    static float[] Frame(PixelImage image, long[] shape, ImagePreprocessing preprocess)
    {
        var port = new TensorPort("image", "float32", shape);
        preprocess.Check(port, "tiny");
        var frame = FloatTensor.Zeros(shape);
        preprocess.Fill(frame.Values, image, port, "image");
        return frame.Values;
    }

    sealed class Close : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) < 1e-3;

        public int GetHashCode(float value) => 0;
    }
}
