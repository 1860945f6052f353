// The worked example of docs/datasets.md, as it stands there, with three hundred photographs and a detector, by the real command line.

using BitMiracle.LibJpeg.Classic;
using Google.Protobuf;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.EndToEnd.Tests;

public sealed class DatasetPageTests : IDisposable
{
    private const int Photographs = 300, Size = 80;

    private readonly SmallWorkspace _workspace = new();

    public DatasetPageTests()
    {
        foreach (var block in MarkdownText.Blocks(MarkdownText.Read("docs/datasets.md"), isParted: true).Where(b => b[0].Contains("# models/parts/", StringComparison.Ordinal)))
            _workspace.Write(block[0].Split('#')[1].Trim(), string.Join('\n', block) + "\n");
        string[] classes = ["bolt", "nut", "washer"];
        for (var i = 0; i < Photographs; i++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(_workspace.Root, "models/parts/photos", classes[i % 3])).FullName;
            WritePhotograph(Path.Combine(folder, $"{i:D3}.jpg"), i);
        }

        File.WriteAllBytes(Path.Combine(_workspace.Root, "models/parts/detector.onnx"), Detector().ToByteArray());
    }

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Three_hundred_photographs_calibrate_and_gate_a_detector_and_a_changed_one_concerns_its_split_alone()
    {
        var (exitCode, text) = await _workspace.RunAsync("model", "parts-detector", "--board", "small");
        Assert.True(exitCode == 0, text);
        Assert.Contains("int8", text, StringComparison.Ordinal);
        Assert.Contains("iou", text, StringComparison.Ordinal);

        // What a photograph that only calibrates has no part in is not made again. The new one is no other run's, whose quantization could lie in the cache.
        WritePhotograph(Path.Combine(_workspace.Root, "models/parts/photos", InSplit(0.6, 1)), Random.Shared.Next(1000, int.MaxValue));
        (exitCode, text) = await _workspace.RunAsync("model", "parts-detector", "--board", "small");
        Assert.True(exitCode == 0, text);
        Assert.Contains("parts-detector@int8:quantize", text, StringComparison.Ordinal);
        Assert.DoesNotContain("parts-detector@float:evaluate", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_photograph_ends_in_one_message()
    {
        File.WriteAllBytes(Path.Combine(_workspace.Root, "models/parts/photos/nut/001.jpg"), [0xFF, 0xD8, 0xFF, 0xE0, 0, 16]);
        var text = await _workspace.FailAsync("parts-detector");
        Assert.Contains("The dataset `parts`: `nut/001.jpg` is not a usable JPEG image: ", text, StringComparison.Ordinal);
    }

    /// <summary>The first name whose number, made as the page says, lies between two shares.</summary>
    private string InSplit(double start, double end)
    {
        var photos = Path.Combine(_workspace.Root, "models/parts/photos");
        var names = Directory.EnumerateFiles(photos, "*.jpg", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(photos, file));
        return names.Order(StringComparer.Ordinal).First(name => Number(name) is var number && number >= start && number < end);

        static double Number(string name) => System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"0\0{name}"))) / Math.Pow(2, 64);
    }

    /// <summary>A bright disk on a noisy ground, elsewhere in each.</summary>
    private static void WritePhotograph(string path, int number)
    {
        var noise = new NoiseGenerator(number);
        var (x, y) = (20 + noise.Below(40), 20 + noise.Below(40));
        using var stream = File.Create(path);
        var encoder = new jpeg_compress_struct(new jpeg_error_mgr()) { Image_width = Size, Image_height = Size - (number % 3 * 8), Input_components = 3, In_color_space = J_COLOR_SPACE.JCS_RGB };
        encoder.jpeg_stdio_dest(stream);
        encoder.jpeg_set_defaults();
        encoder.jpeg_set_quality(90, true);
        encoder.jpeg_start_compress(true);
        for (var row = 0; row < encoder.Image_height; row++)
            encoder.jpeg_write_scanlines([[.. Enumerable.Range(0, Size).SelectMany(column => Enumerable.Repeat((byte)(noise.Below(60) + (((column - x) * (column - x)) + ((row - y) * (row - y)) < 150 ? 180 : 0)), 3))]], 1);
        encoder.jpeg_finish_compress();
    }

    /// <summary>[1, 3, 64, 64] to a map of [1, 1, 32, 32]: the mean of colours and neighbours, sharpened to a probability.</summary>
    private static ModelProto Detector()
    {
        var weights = new NoiseGenerator(5).Take(8 * 3 * 9, 0.02f).Select(w => w + (1 / 27f)).ToArray();
        return new()
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } },
            Graph = new()
            {
                Name = "detector",
                Input = { Value("image", 1, 3, 64, 64) },
                Output = { Value("map", 1, 1, 32, 32) },
                Initializer = { Floats("w", weights, 8, 3, 3, 3), Floats("v", [.. Enumerable.Repeat(3f, 8)], 1, 8, 1, 1), Floats("c", [-12f], 1) },
                Node =
                {
                    new NodeProto { OpType = "Conv", Name = "look", Input = { "image", "w" }, Output = { "seen" }, Attribute = { Numbers("pads", 1, 1, 1, 1), Numbers("strides", 2, 2) } },
                    new NodeProto { OpType = "Relu", Name = "clamp", Input = { "seen" }, Output = { "above" } },
                    new NodeProto { OpType = "Conv", Name = "judge", Input = { "above", "v", "c" }, Output = { "score" } },
                    new NodeProto { OpType = "Sigmoid", Name = "squash", Input = { "score" }, Output = { "map" } },
                },
            },
        };
    }

    private static TensorProto Floats(string name, float[] values, params long[] sizes) =>
        new() { Name = name, DataType = (int)TensorProto.Types.DataType.Float, Dims = { sizes }, RawData = ByteString.CopyFrom([.. values.SelectMany(BitConverter.GetBytes)]) };

    private static AttributeProto Numbers(string name, params long[] values) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };

    private static ValueInfoProto Value(string name, params long[] sizes) => new()
    {
        Name = name,
        Type = new() { TensorType = new() { ElemType = (int)TensorProto.Types.DataType.Float, Shape = new() { Dim = { sizes.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) } } } },
    };
}
