// How a board judges networks of all kinds of inputs and outputs, made and deployed as a build does.

using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Golden;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Tests;
using Imagecraft.Onnx.Tests.Quantization;

namespace Imagecraft.Runtime.Tests;

public sealed class JudgementTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Any_number_of_inputs_and_carried_states_of_any_type_is_verified_and_measured()
    {
        Deploy(TypedModel.Make(), Typed);
        var result = await Infer.RunAsync("verify", folder.Root);
        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.Contains("5 of 5 outputs of 1 samples reproduced", result.StandardOutput, StringComparison.Ordinal);
        Assert.Contains($"decision `top-1` of `{TypedModel.Scores}`: arg-max the same in 16 of 16, at least 1 must be", result.StandardOutput, StringComparison.Ordinal);
        var bench = await Infer.RunAsync("bench", folder.Root, "--queries", "3", "--warmup", "1", "--json");
        Assert.True(bench.ExitCode == 0, bench.StandardError);
        var run = await Infer.RunAsync("run", folder["model.onnx"], "--inputs", folder["golden/noise/inputs"], "--sequence", "ids", "--sequence", "mask", "--sequence", "image", "--carry", "state=next", "--carry", "memory=remembered", "--expect", folder["golden/noise/expected"], "--tolerance", "0.001", "--mean-max", "9");
        Assert.True(run.ExitCode == 0, run.StandardOutput + run.StandardError);
        Assert.Contains($"mean of `{TypedModel.Scores}`", run.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_head_of_zeros_is_a_mismatch_with_the_key_that_would_allow_it()
    {
        Deploy(TypedModel.Make(), Typed);
        OnnxFile.Write(TypedModel.Make(gain: 0), folder["model.onnx"]);
        var result = await Infer.RunAsync("verify", folder.Root);
        Assert.Equal(4, result.ExitCode);
        Assert.Contains($"MISMATCH `noise` `{TypedModel.Means}`", result.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("4 of 5 outputs", result.StandardOutput, StringComparison.Ordinal);
        Assert.Matches($@"To allow so much of `{TypedModel.Means}`, set `tolerance: \{{ outputs: \{{ {TypedModel.Means}: \{{ absolute: [0-9.E+]+ \}} \}} \}}` in the recipe of the model `typed`", result.StandardOutput);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task What_is_no_number_where_golden_is_one_fails_whatever_outliers_are_allowed(float value)
    {
        // A seventh of the values, as if a part of a map had gone wrong.
        var model = Scaled([1, 1, 1, 1, 1, 1, 1]);
        Deploy(model, Plain with { Tolerance = new() { All = new(1e-3, 0, 0.15, 1e9) } });
        OnnxFile.Write(Scaled([1, 1, 1, 1, 1, 1, value]), folder["model.onnx"]);
        var result = await Infer.RunAsync("verify", folder.Root);
        Assert.Equal(4, result.ExitCode);
        Assert.Contains("2 of the values are finite in one of both only", result.StandardOutput, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await Infer.RunAsync("verify", folder.Root, "--json")).StandardOutput);
        var output = json.RootElement.GetProperty("outputs")[0];
        Assert.Equal((false, 2, 0.0), (output.GetProperty("passed").GetBoolean(), output.GetProperty("unlike").GetInt32(), output.GetProperty("deviation").GetDouble()));
    }

    [Theory]
    [InlineData(0.2f, 0.15, 0)]
    [InlineData(0.2f, 0.1, 4)]
    [InlineData(20f, 0.15, 4)]
    public async Task Outliers_are_bounded_in_number_and_in_size(float off, double share, int code)
    {
        Deploy(Scaled([1, 1, 1, 1, 1, 1, 1]), Plain with { Tolerance = new() { All = new(1e-3, 0, share, 1) } });
        OnnxFile.Write(Scaled([1, 1, 1, 1, 1, 1, 1 + off]), folder["model.onnx"]);
        Assert.Equal(code, (await Infer.RunAsync("verify", folder.Root)).ExitCode);
    }

    [Theory]
    // Three values a frame; for the small shift the second frame's first two are nearly alike.
    [InlineData("top-1", 0.004f, 0, "decision `top-1` of `y`: arg-max the same in 1 of 2, too close to call in 1, at least 1 must be")]
    [InlineData("top-1", 0.4f, 4, "MISMATCH decision `top-1` of `y`: arg-max the same in 1 of 2, at least 1 must be")]
    [InlineData("roc-auc", 0.004f, 0, "decision `roc-auc` of `y`: side of 0.5 the same in 5 of 6, too close to call in 1, at least 1 must be")]
    [InlineData("roc-auc", 0.4f, 4, "MISMATCH decision `roc-auc` of `y`: side of 0.5 the same in 5 of 6, at least 1 must be")]
    [InlineData("iou", 0.004f, 4, "MISMATCH decision `iou` of `y`: overlap above 0.5 0.75, 3 of 4, at least 0.98 must be")]
    [InlineData("cosine", 0.004f, 0, "decision `cosine` of `y`: direction 0.9999")]
    [InlineData("cosine", 0.4f, 4, "MISMATCH decision `cosine` of `y`: direction 0.")]
    public async Task The_decisions_of_the_recipes_metric_are_counted_and_decide(string metric, float shift, int code, string line)
    {
        // A tolerance that lets the deviation of the values pass alone: for 0.4 as an outlier.
        var options = Plain with { Tolerance = new() { All = new(0.005, 0, 0.5, 1) }, Goal = new(metric, metric is "iou" or "roc-auc" ? 0.5 : null) };
        var second = shift > 0.1f ? 0.2f : 0.4989f;
        var net = new TestNetwork(1, 3);
        net.Node("Add", ["x", net.Constant("shift", [0], 1)], "y");
        IReadOnlyList<LabelledSequence> Data(Onnx.Execution.TensorPort input) => [new("two", new([2, 1, 3], [0.9f, 0.1f, 0.6f, 0.502f, second, 0.1f]), [])];
        Deploy(Shaped(net.Build("y"), 3), options, Data);
        // The second value of the second frame passes the first, and the threshold.
        var golden = folder["golden/two/inputs/x.npy"];
        var bytes = File.ReadAllBytes(golden);
        BitConverter.GetBytes(second + shift).CopyTo(bytes, bytes.Length - 8);
        File.WriteAllBytes(golden, bytes);
        var result = await Infer.RunAsync("verify", folder.Root);
        Assert.Contains(line, result.StandardOutput, StringComparison.Ordinal);
        Assert.Equal(code, result.ExitCode);
        if (code != 0)
            Assert.Contains("To allow other decisions, set `tolerance: { agreement: SHARE }` in the recipe of the model `net`", result.StandardOutput, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.004f, 0, "decision `iou` of `y`: arg-max the same in 3 of 4, too close to call in 1, at least 0.98 must be")]
    [InlineData(0.4f, 4, "MISMATCH decision `iou` of `y`: arg-max the same in 3 of 4, at least 0.98 must be")]
    public async Task A_map_of_classes_is_decided_pixel_by_pixel(float shift, int code, string line)
    {
        // Two classes at four pixels; the second class passes the first at the third.
        var second = shift > 0.1f ? 0.2f : 0.498f;
        var net = new TestNetwork(1, 2, 2, 2);
        net.Node("Add", ["x", net.Constant("shift", [0], 1)], "y");
        var model = net.Build("y");
        model.Graph.Output[0] = TestNetwork.Value("y", 1, 2, 2, 2);
        IReadOnlyList<LabelledSequence> Data(Onnx.Execution.TensorPort input) => [new("one", new([1, 1, 2, 2, 2], [9, 1, 0.5f, 1, 1, 9, second, 9]), [])];
        Deploy(model, Plain with { Tolerance = new() { All = new(0.005, 0, 0.5, 1) }, Goal = new("iou", null) }, Data);
        var golden = folder["golden/one/inputs/x.npy"];
        var bytes = File.ReadAllBytes(golden);
        BitConverter.GetBytes(second + shift).CopyTo(bytes, bytes.Length - 8);
        File.WriteAllBytes(golden, bytes);
        var result = await Infer.RunAsync("verify", folder.Root);
        Assert.Contains(line, result.StandardOutput, StringComparison.Ordinal);
        Assert.Equal(code, result.ExitCode);
    }

    [Fact]
    public async Task Names_that_differ_by_a_slash_have_files_of_their_own()
    {
        Deploy(TypedModel.Make(), Typed);
        Assert.True(File.Exists(folder["golden/noise/expected/head%2Fscores.npy"]) && File.Exists(folder["golden/noise/expected/head_scores.npy"]));
        var result = await Infer.RunAsync("run", folder["model.onnx"], "--inputs", folder["golden/noise/inputs"], "--sequence", "ids", "--sequence", "mask", "--sequence", "image", "--carry", "state=next", "--carry", "memory=remembered", "--output", folder["out"]);
        Assert.Equal(0, result.ExitCode);
        foreach (var name in new[] { TypedModel.Scores, TypedModel.Means })
            Assert.Equal(File.ReadAllBytes(folder[$"golden/noise/expected/{GoldenNames.Of(name)}"]).Length, File.ReadAllBytes(folder[$"out/{GoldenNames.Of(name)}"]).Length);
    }

    [Fact]
    public async Task An_integer_beyond_what_a_double_tells_is_compared_exactly()
    {
        Deploy(TypedModel.Make(), Typed);
        // 2^53 and 2^53 + 1 are the same double.
        var path = folder["golden/noise/expected/best.npy"];
        var bytes = File.ReadAllBytes(path);
        BitConverter.GetBytes((1L << 53) + 1).CopyTo(bytes, bytes.Length - 8);
        File.WriteAllBytes(path, bytes);
        var result = await Infer.RunAsync("verify", folder.Root);
        Assert.Equal(4, result.ExitCode);
        Assert.Contains("MISMATCH `noise` `best`: largest deviation 9.0072E+15, tolerance 0, 16 frames", result.StandardOutput, StringComparison.Ordinal);
    }

    static ModelOptions Plain => new() { Name = "net", Version = "1", License = "MIT" };

    static ModelOptions Typed => Plain with
    {
        Name = "typed",
        Goal = new("top-1", null),
        Carry = ImmutableSortedDictionary<string, string>.Empty.Add("state", "next").Add("memory", "remembered"),
    };

    void Deploy(ModelProto model, ModelOptions options, Func<Onnx.Execution.TensorPort, IReadOnlyList<LabelledSequence>>? samples = null)
    {
        OnnxFile.Write(model, folder["source.onnx"]);
        OnnxFile.Write(model, folder["model.onnx"]);
        ModelBuilder.MakeGolden(folder["source.onnx"], folder["model.onnx"], samples, new(), folder.Root, options, folder.Root, TestContext.Current.CancellationToken);
    }

    static ModelProto Scaled(float[] factors)
    {
        var net = new TestNetwork(1, factors.Length);
        net.Node("Add", ["x", net.Constant("two", [2], 1)], "moved");
        net.Node("Mul", ["moved", net.Constant("factors", factors, factors.Length)], "y");
        return Shaped(net.Build("y"), factors.Length);
    }

    static ModelProto Shaped(ModelProto model, long width)
    {
        model.Graph.Output[0] = TestNetwork.Value("y", 1, width);
        return model;
    }
}
