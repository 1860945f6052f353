// Datasets made of small inputs, and networks judged with them.

using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.BuiltIns.Datasets;
using Imagecraft.BuiltIns.Models;
using Imagecraft.Engine.Store;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx;
using Imagecraft.Requests.Datasets;
using Imagecraft.Requests.Models;

namespace Imagecraft.BuiltIns.Tests;

public class DatasetTests
{
    private static byte[] Images { get; } = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 9, 0, 0, 9];

    private static byte[] Labels { get; } = [0, 0, 8, 1, 0, 0, 0, 2, 0, 1];

    [Fact]
    public async Task IDX_files_are_laid_out_by_split()
    {
        using var context = new TestContext().Asking(Pixels("/usr/images", "/usr/labels")).WithBytes("/package", ("/usr/images", Images), ("/usr/labels", Labels));
        await context.RunAsync(new DatasetIdx());
        Assert.Equal(["/test/images.idx", "/test/labels.idx"], context.Paths("tree"));
        Assert.Equal(["test: 2 images of 2 x 1 pixels, 2 classes"], context.Lines);
    }

    [Fact]
    public async Task A_file_that_the_package_lacks_names_path_and_key()
    {
        using var context = new TestContext().Asking(Pixels("/usr/images", "/usr/lables")).WithBytes("/package", ("/usr/images", Images), ("/usr/labels", Labels));
        Assert.Equal("The package of the dataset `pixels` has no file `/usr/lables`; correct `test.labels`", await context.FailureAsync(new DatasetIdx()));
    }

    [Fact]
    public async Task Labels_of_other_images_fail_the_dataset()
    {
        using var context = new TestContext().Asking(Pixels("/images", "/labels")).WithBytes("/package", ("/images", Images), ("/labels", [0, 0, 8, 1, 0, 0, 0, 1, 0]));
        Assert.Equal("The dataset `pixels` has 2 images, but labels of the sizes [1]; they do not belong together", await context.FailureAsync(new DatasetIdx()));
    }

    [Fact]
    public async Task Voice_is_mixed_and_labelled_and_the_same_every_time()
    {
        var plan = new DatasetAudioRequest([new("test", "a", "word.wav", "pink", 1, 10, 0.5), new("test", "b", null, "hum", 2, 0, 0.25)]);
        var digests = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            using var context = new TestContext().Asking(plan).WithBytes("/speech", ("/word.wav", Wav(22050, 1)));
            await context.RunAsync(new DatasetAudio());
            Assert.Equal(["/test/a.wav", "/test/b.wav", "/test/labels.tsv"], context.Paths("tree"));
            Assert.Equal("a.wav\t8000-24000\nb.wav\t\n", context.TextOf("tree", "test/labels.tsv"));
            digests.Add(context.Outputs["tree"].Digest.Hash);
        }

        Assert.Equal(digests[0], digests[1]);
    }

    [Fact]
    public async Task Silent_speech_is_refused()
    {
        var plan = new DatasetAudioRequest([new("test", "a", "word.wav", "pink", 1, 10, 0.5)]);
        using var context = new TestContext().Asking(plan).WithBytes("/speech", ("/word.wav", Wav(16000, 0)));
        Assert.Equal("A spoken sentence is silent; choose another voice or text", await context.FailureAsync(new DatasetAudio()));
    }

    [Fact]
    public async Task Lines_come_upright_and_turned_and_pages_with_the_boxes_of_their_lines()
    {
        var plan = new DatasetTextRequest([new("lines", ["a.pgm"], 1, null), new("pages", ["a.pgm", "a.pgm", "a.pgm"], 1, new(64, 48, 2))]);
        using var context = new TestContext().Asking(plan).WithBytes("/lines", ("/a.pgm", [.. "P5 4 2 255\n"u8, 0, 255, 255, 255, 0, 0, 255, 255]));
        await context.RunAsync(new DatasetText());
        Assert.Equal("0000.ppm\t0\n0001.ppm\t1\n", context.TextOf("tree", "lines/labels.tsv"));
        // The ink of each line is 2 x 2 pixels, and the second page has the line that is left.
        Assert.Matches(@"^0000\.ppm\tboxes:\d+,\d+,2,2,0;\d+,\d+,2,2,0\n0001\.ppm\tboxes:\d+,\d+,2,2,0\n$", context.TextOf("tree", "pages/labels.tsv"));
        var tree = await context.Store.MaterializeAsync(context.Outputs["tree"].Digest, Xunit.TestContext.Current.CancellationToken);
        var upright = PnmFile.Read(Path.Combine(tree, "lines/0000.ppm"));
        Assert.Equal(upright.Samples, PnmFile.Read(Path.Combine(tree, "lines/0001.ppm")).Turned().Samples);
        Assert.True(upright.Width >= 4 && upright.Height >= 2);
        var page = PnmFile.Read(Path.Combine(tree, "pages/0000.ppm"));
        Assert.Equal((64, 48, 3), (page.Width, page.Height, page.Channels));
    }

    [Fact]
    public async Task Lines_that_are_read_come_once_with_their_words()
    {
        var plan = new DatasetTextRequest([new("lines", ["a.pgm", "a.pgm"], 1, null) { Words = ["See you", "Bye"] }]);
        using var context = new TestContext().Asking(plan).WithBytes("/lines", ("/a.pgm", [.. "P5 4 2 255\n"u8, 0, 255, 255, 255, 0, 0, 255, 255]));
        await context.RunAsync(new DatasetText());
        Assert.Equal("0000.ppm\twords:See you\n0001.ppm\twords:Bye\n", context.TextOf("tree", "lines/labels.tsv"));
    }

    [Fact]
    public async Task What_classes_write_may_stand_in_a_file_without_the_blank()
    {
        // Both images are one step of two classes; the network gives the pixels as scores, of which the first class is the blank and the second writes what the file says.
        var plan = new OnnxEvaluateRequest(new() { Name = "net", Preprocess = new() }, new("pixels", "test", "cer") { Max = 1, MoreAlphabet = [] });
        using var context = new TestContext().Asking(plan).WithFile("/original.onnx", Network(0, 1)).WithFile("/model.onnx", Network(0, 1)).WithFile("/alphabet", "\uFEFF\u00E4\r\n"u8.ToArray())
            .WithBytes("/dataset", ("/test/a.pgm", [.. "P5 2 1 255\n"u8, 0, 255]), ("/test/b.pgm", [.. "P5 2 1 255\n"u8, 255, 0]), ("/test/labels.tsv", "a.pgm\twords:\u00E4\nb.pgm\twords:x\n"u8.ToArray()));
        Assert.Contains("`cer` of `net` on 2 frames of `pixels/test` is 0.5", await context.FailureAsync(new OnnxEvaluate()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_is_judged_and_its_figures_go_on()
    {
        using var context = Judged(swap: false, min: 0.1);
        await context.RunAsync(new OnnxEvaluate());
        var result = JsonSerializer.Deserialize<JsonElement>(context.Text("file"));
        Assert.Equal((1, 1, 2), (result.GetProperty("float-value").GetDouble(), result.GetProperty("candidate-value").GetDouble(), result.GetProperty("frames").GetInt32()));
    }

    [Fact]
    public async Task A_network_that_misses_its_gate_fails_with_both_figures_and_the_remedy()
    {
        using var context = Judged(swap: true, min: 0.9);
        Assert.Equal(
            "`top-1` of `net` on 2 frames of `pixels/test` is 0, that of the float network 1, a drop of 1 (95 % sure: 0 to 0.84189, a drop of -0.31524 to 1, by 2 frames; they disagree on 2, McNemar's exact p is 0.5); allowed is at least 0.9 and a drop of at most 0.7, even at the worse end; exclude the worst layers from quantization, calibrate with more data, or allow more by `min`, `max` or `max-drop`",
            await context.FailureAsync(new OnnxEvaluate()));
    }

    [Fact]
    public void Every_metric_and_noise_that_a_recipe_may_name_exists()
    {
        Assert.Equal(Metric.Names, Metadata.Tests.SchemaWords.Of("model", "evaluate/#1/metric"));
        Assert.Equal(Noise.Kinds, Metadata.Tests.SchemaWords.Of("dataset", "audio/splits/{}/noises/*/kind"));
    }

    /// <summary>A network that gives its pixels as scores, right for both images; the candidate has them the wrong way round when swapped.</summary>
    private static TestContext Judged(bool swap, double min)
    {
        var plan = new OnnxEvaluateRequest(new() { Name = "net", Preprocess = new() }, new("pixels", "test", "top-1") { Min = min, MaxDrop = 0.7 });
        return new TestContext().Asking(plan)
            .WithFile("/original.onnx", Network(0, 1)).WithFile("/model.onnx", swap ? Network(1, 0) : Network(0, 1))
            .WithBytes("/dataset", ("/test/images.idx", Images), ("/test/labels.idx", Labels));
    }

    internal static DatasetIdxRequest Pixels(string images, string labels) => new("pixels", ImmutableSortedDictionary<string, IdxFiles>.Empty.Add("test", new(images, labels)));

    internal static byte[] Network(params long[] order)
    {
        var indices = new TensorProto { Name = "order", DataType = (int)TensorProto.Types.DataType.Int64, Dims = { 2 }, RawData = Google.Protobuf.ByteString.CopyFrom([.. order.SelectMany(BitConverter.GetBytes)]) };
        var gather = new NodeProto { OpType = "Gather", Name = "pick", Input = { "image", "order" }, Output = { "scores" }, Attribute = { new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = 3 } } };
        var model = new ModelProto
        {
            IrVersion = 8,
            Graph = new() { Name = "net", Node = { gather }, Initializer = { indices }, Input = { Value("image") }, Output = { Value("scores") } },
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } },
        };
        using var stream = new MemoryStream();
        using (var output = new Google.Protobuf.CodedOutputStream(stream, leaveOpen: true))
            model.WriteTo(output);
        return stream.ToArray();
    }

    private static ValueInfoProto Value(string name)
    {
        var shape = new TensorShapeProto();
        foreach (var size in new long[] { 1, 1, 1, 2 })
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)TensorProto.Types.DataType.Float, Shape = shape } } };
    }

    /// <summary>One second of noise.</summary>
    private static byte[] Wav(int rate, float amplitude)
    {
        var path = Path.GetTempFileName();
        WavWriter.Write(path, new(rate, new NoiseGenerator(1).Take(rate, amplitude)));
        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return bytes;
    }
}
