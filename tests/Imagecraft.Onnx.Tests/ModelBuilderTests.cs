// The whole way of small networks, and the gates on it.

using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Golden;
using Imagecraft.Onnx.Passes;

namespace Imagecraft.Onnx.Tests;

public sealed class ModelBuilderTests
{
    static readonly AudioSample[] Samples = [AudioSample.Noise("loud", 1, 0.01), new("silence", new(16000, new float[160]))];

    internal static ModelOptions Options() => new()
    {
        Name = "counter",
        Version = "1",
        License = "MIT",
        Origin = "tests",
        Shapes = ImmutableSortedDictionary<string, ImmutableArray<long>>.Empty.Add("x", [1, 20]),
        Optimize = OptimizationLevel.Extended,
        Carry = ImmutableSortedDictionary<string, string>.Empty.Add("state", "next"),
        Context = 4,
    };

    [Fact]
    public void The_same_model_gives_the_same_bytes_and_golden_files()
    {
        using var folder = new TemporaryFolder();
        Build(folder, "first", Options());
        Build(folder, "second", Options());
        var files = Files(folder["first"]);
        Assert.Contains("golden/loud/expected/level.npy", files.Keys);
        Assert.Contains("golden/silence/inputs/x.npy", files.Keys);
        Assert.Equal(files, Files(folder["second"]));
    }

    [Fact]
    public void The_card_tells_ports_digests_and_means()
    {
        using var folder = new TemporaryFolder();
        Build(folder, "out", Options());
        using var card = JsonDocument.Parse(File.ReadAllBytes(folder["out/card.json"]));
        Assert.Equal("x", card.RootElement.GetProperty("inputs")[0].GetProperty("name").GetString());
        Assert.Equal(64, card.RootElement.GetProperty("model").GetProperty("sha256").GetString()!.Length);
        // Ten frames of silence: the counter's states 0 to 9.
        Assert.Equal(4.5, card.RootElement.GetProperty("samples")[1].GetProperty("mean").GetDouble());
    }

    [Fact]
    public void Frames_repeat_the_end_of_the_frame_before()
    {
        using var folder = new TemporaryFolder();
        Build(folder, "out", Options());
        var frames = MemoryOf(folder["out/golden/loud/inputs/x.npy"]);
        Assert.Equal([0, 0, 0, 0], frames[..4]);
        Assert.Equal(frames[16..20], frames[20..24]);
    }

    [Fact]
    public void A_mean_outside_its_limits_names_sample_value_and_limits()
    {
        using var folder = new TemporaryFolder();
        var problem = Assert.Throws<OnnxException>(() => Build(folder, "out", Options() with { Expect = [new("silence", 5, null), new("loud", null, 1)] }));
        Assert.Contains("`silence` has 4.5, allowed is 5 to any; `loud` has ", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prepared_model_that_computes_something_else_is_refused()
    {
        using var folder = new TemporaryFolder();
        OnnxFile.Write(TestModels.Counter(), folder["source.onnx"]);
        OnnxFile.Write(TestModels.Counter(gain: 1.1f), folder["other.onnx"]);
        ModelBuilder.Prepare(folder["other.onnx"], folder["prepared.onnx"], [], Options(), folder.Root, TestContext.Current.CancellationToken);
        var problem = Assert.Throws<OnnxException>(() => ModelBuilder.MakeGolden(folder["source.onnx"], folder["prepared.onnx"], Frames(Samples), new(), folder["out"], Options(), folder.Root, TestContext.Current.CancellationToken));
        Assert.Contains("deviates by", problem.Message, StringComparison.Ordinal);
        Assert.Contains("on the sample `loud`", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_conditional_is_decided_by_a_constant_on_the_whole_way()
    {
        using var folder = new TemporaryFolder();
        OnnxFile.Write(TestModels.Conditional(), folder["source.onnx"]);
        var options = Options() with
        {
            Carry = ImmutableSortedDictionary<string, string>.Empty,
            Constants = ImmutableSortedDictionary<string, double>.Empty.Add("rate", 16000),
        };
        ModelBuilder.Prepare(folder["source.onnx"], folder["model.onnx"], [], options, folder.Root, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(OnnxFile.Read(folder["model.onnx"]).Graph.Node, node => node.OpType == "If");
        ModelBuilder.MakeGolden(folder["source.onnx"], folder["model.onnx"], Frames(Samples), new(), folder["out"], options, folder.Root, TestContext.Current.CancellationToken);
        Assert.Equal(MemoryOf(folder["out/golden/loud/inputs/x.npy"]).Select(value => 2 * value), MemoryOf(folder["out/golden/loud/expected/y.npy"]));
    }

    [Theory]
    [InlineData("missing", "next", "`carry` names the input `missing`, but `counter` has [x, state]")]
    [InlineData("state", "missing", "`carry` names the output `missing`, but `counter` has [level, next]")]
    public void A_carry_that_does_not_exist_lists_what_does(string input, string output, string message)
    {
        using var folder = new TemporaryFolder();
        var problem = Assert.Throws<OnnxException>(() => Build(folder, "out", Options() with { Carry = ImmutableSortedDictionary<string, string>.Empty.Add(input, output) }));
        Assert.Equal(message, problem.Message);
    }

    [Fact]
    public void A_free_shape_names_the_input_and_the_remedy()
    {
        using var folder = new TemporaryFolder();
        var problem = Assert.Throws<OnnxException>(() => Build(folder, "out", Options() with { Shapes = ImmutableSortedDictionary<string, ImmutableArray<long>>.Empty }));
        Assert.Equal("Input `x` of `counter` has a free shape; fix it in `shapes`", problem.Message);
    }

    [Fact]
    public void A_sample_shorter_than_a_frame_is_named()
    {
        using var folder = new TemporaryFolder();
        var problem = Assert.Throws<OnnxException>(() => Build(folder, "out", Options(), new AudioSample("click", new(16000, new float[5]))));
        Assert.Contains("The sample `click` has 5 samples", problem.Message, StringComparison.Ordinal);
    }

    static void Build(TemporaryFolder folder, string name, ModelOptions options, params AudioSample[] samples)
    {
        OnnxFile.Write(TestModels.Counter(), folder["source.onnx"]);
        Directory.CreateDirectory(folder[name]);
        ModelBuilder.Prepare(folder["source.onnx"], folder[$"{name}/model.onnx"], [], options, folder.Root, TestContext.Current.CancellationToken);
        ModelBuilder.MakeGolden(folder["source.onnx"], folder[$"{name}/model.onnx"], Frames(samples.Length > 0 ? samples : Samples), new(), folder[name], options, folder.Root, TestContext.Current.CancellationToken);
    }

    static Func<TensorPort, IReadOnlyList<LabelledSequence>> Frames(AudioSample[] samples) => input => [.. samples.Select(sample => Framing.Sequence(sample, input, Options()))];

    static SortedDictionary<string, string> Files(string folder) => new(Directory
        .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetRelativePath(folder, file), file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))));

    /// <summary>The floats of a file that the writer under test made: its header is padded to 128 bytes here.</summary>
    static float[] MemoryOf(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var start = 10 + BitConverter.ToUInt16(bytes, 8);
        Assert.Equal(0, start % 64);
        return [.. Enumerable.Range(0, (bytes.Length - start) / 4).Select(i => BitConverter.ToSingle(bytes, start + (4 * i)))];
    }
}
