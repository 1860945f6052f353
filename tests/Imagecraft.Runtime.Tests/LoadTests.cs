// How a network is loaded: arranged for the processor, or as it lies in the file, or from the cache; and that the build measures what boards run.

using System.Collections.Immutable;
using System.Diagnostics;
using CliWrap.Buffered;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Tests;
using Imagecraft.Onnx.Tests.Quantization;

namespace Imagecraft.Runtime.Tests;

public sealed class LoadTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task An_arranged_network_gives_the_same_within_rounding_and_comes_from_the_cache_the_next_time()
    {
        Write(Convolutions());
        var plain = await RunAsync("none", "--optimize-at-load", "none");
        Near(plain, await RunAsync("usual"), 1e-4f);

        Near(plain, await RunAsync("first", "--load-cache", folder["cache"]), 1e-4f);
        var kept = Assert.Single(Directory.GetFiles(folder["cache"]));
        var made = File.ReadAllBytes(kept);
        var time = File.GetLastWriteTimeUtc(kept);
        Near(plain, await RunAsync("second", "--load-cache", folder["cache"]), 1e-4f);
        Assert.Equal((kept, time), (Assert.Single(Directory.GetFiles(folder["cache"])), File.GetLastWriteTimeUtc(kept)));

        // What is damaged is made again.
        File.WriteAllBytes(kept, made[..(made.Length / 2)]);
        Near(plain, await RunAsync("damaged", "--load-cache", folder["cache"]), 1e-4f);
        Assert.Equal(OrtHead.Sort(made), OrtHead.Sort(File.ReadAllBytes(kept)));

        // Where nothing can be kept, it runs all the same.
        Near(plain, await RunAsync("unkept", "--load-cache", "/proc/self/task"), 1e-4f);

        // Another network, another file.
        Write(Convolutions(outputs: 6));
        await RunAsync("other", "--load-cache", folder["cache"]);
        Assert.Equal(2, Directory.GetFiles(folder["cache"]).Length);
    }

    [Fact]
    public async Task What_the_build_measures_is_what_a_board_runs()
    {
        var model = Convolutions();
        Write(model);
        await RunAsync("run", "--load-cache", folder["cache"]);

        using (var settings = RuntimeSession.AsLoaded(model, LoadOptimization.All))
        {
            settings.OptimizedModelFilePath = folder["measured.ort"];
            settings.AddSessionConfigEntry("session.save_model_format", "ORT");
            RuntimeSession.Open(folder["net.onnx"], settings, "net").Dispose();
        }

        Assert.Equal(OrtHead.Sort(File.ReadAllBytes(folder["measured.ort"])), OrtHead.Sort(File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder["cache"])))));
    }

    [Fact]
    public async Task What_the_quantizer_left_float_stays_float()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Convolve("x", "a", 3, 4);
        net.Convolve("a", "b", 4, 4);
        net.Convolve("b", "y", 4, 4);
        var model = net.Build("y");
        var quantized = new StaticQuantizer(model, [TestNetwork.Frames(model)], ImmutableSortedDictionary<string, string>.Empty, new() { Exclude = ["b"] }, "net").Quantize([], TestContext.Current.CancellationToken).Model;
        Write(new OptimizeGraph(OptimizationLevel.Extended, folder.Root) { KeepsFloats = true }.Apply(quantized, "net"));
        Near(await RunAsync("none", "--optimize-at-load", "none"), await RunAsync("all", "--optimize-at-load", "all"), 1e-5f);
    }

    [Fact]
    public async Task Pairs_that_no_session_may_fuse_stay_as_the_network_says()
    {
        var model = OtherAxes();
        Assert.Equal(["QDQSelectorActionTransformer"], LoadHints.LeftOut(LoadHints.State(model, "net")));
        Write(model);
        Assert.Equal(await RunAsync("none", "--optimize-at-load", "none"), await RunAsync("all"));
        Assert.Equal(await RunAsync("none"), await RunAsync("cached", "--load-cache", folder["cache"]));
    }

    [Fact]
    public async Task The_card_of_a_deployed_model_says_how_it_is_loaded_and_an_option_wins()
    {
        DeployedModel.Write(folder);
        Assert.Contains("at load   arranged for this machine's processor", await InfoAsync("model.onnx"), StringComparison.Ordinal);
        File.WriteAllText(folder["card.json"], DeployedModel.Card.Replace("\"carry\"", "\"optimize_at_load\": \"none\", \"carry\"", StringComparison.Ordinal));
        Assert.Contains("at load   nothing is done", await InfoAsync("model.onnx"), StringComparison.Ordinal);
        Assert.Contains("\"optimize_at_load\":\"none\"", (await Infer.RunAsync("bench", folder.Root, "--queries", "1", "--json")).StandardOutput, StringComparison.Ordinal);
        Assert.Contains("\"optimize_at_load\":\"all\"", (await Infer.RunAsync("bench", folder.Root, "--queries", "1", "--json", "--optimize-at-load", "all")).StandardOutput, StringComparison.Ordinal);
        Assert.Equal(0, (await Infer.RunAsync("verify", folder.Root)).ExitCode);

        DeployedModel.WriteOrt(folder["model.onnx"], folder["own.ort"]);
        Assert.Contains("at load   nothing is done", await InfoAsync("own.ort"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cache_keeps_the_networks_that_were_used_last()
    {
        Write(Convolutions());
        await RunAsync("first", "--load-cache", folder["cache"]);
        var used = Assert.Single(Directory.GetFiles(folder["cache"]));
        for (var day = 1; day <= 20; day++)
        {
            var other = folder[$"cache/{day}.ort"];
            File.WriteAllText(other, "");
            File.SetLastWriteTimeUtc(other, DateTime.UtcNow.AddDays(-day));
        }
        File.SetLastWriteTimeUtc(used, DateTime.UtcNow.AddDays(-30));

        await RunAsync("used", "--load-cache", folder["cache"]);
        Assert.True(File.GetLastWriteTimeUtc(used) > DateTime.UtcNow.AddDays(-1));
        Assert.Equal(21, Directory.GetFiles(folder["cache"]).Length);

        Write(Convolutions(outputs: 6));
        await RunAsync("next", "--load-cache", folder["cache"]);
        var left = Directory.GetFiles(folder["cache"]);
        Assert.Equal(16, left.Length);
        Assert.Contains(used, left);
        Assert.Contains(folder["cache/14.ort"], left);
        Assert.DoesNotContain(folder["cache/15.ort"], left);
    }

    [Fact]
    public async Task What_another_user_may_have_written_is_not_loaded()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give files away");
        Write(Convolutions());
        await RunAsync("first", "--load-cache", folder["cache"]);
        var kept = Assert.Single(Directory.GetFiles(folder["cache"]));
        File.WriteAllText(kept, "");
        Give(kept);
        await RunAsync("again", "--load-cache", folder["cache"]);
        Assert.Equal("0", await OwnerAsync(kept));
        Assert.NotEqual(0, new FileInfo(kept).Length);

        Give(folder["cache"]);
        Assert.Contains($"The cache `{folder["cache"]}` is another user's (id 65534), who so decides what is computed", await Infer.FailAsync("bench", folder["net.onnx"], "--load-cache", folder["cache"]), StringComparison.Ordinal);

        static void Give(string path) => Process.Start("chown", ["65534", path]).WaitForExit();
        static async Task<string> OwnerAsync(string path) => (await CliWrap.Cli.Wrap("stat").WithArguments(["-c", "%u", path]).ExecuteBufferedAsync()).StandardOutput.Trim();
    }

    [Fact]
    public async Task Wrong_words_and_caches_that_others_may_write_are_told()
    {
        DeployedModel.Write(folder);
        Assert.Contains("`--optimize-at-load some` is neither `all` nor `none`", await Infer.FailAsync("info", folder["model.onnx"], "--optimize-at-load", "some"), StringComparison.Ordinal);
        Directory.CreateDirectory(folder["open"]);
        File.SetUnixFileMode(folder["open"], (UnixFileMode)0b111_111_111);
        Assert.Contains("Others may write the cache", await Infer.FailAsync("bench", folder["model.onnx"], "--load-cache", folder["open"]), StringComparison.Ordinal);
        Assert.Contains("Cannot use the cache", await Infer.FailAsync("bench", folder["model.onnx"], "--load-cache", folder["model.onnx"]), StringComparison.Ordinal);
        File.WriteAllText(folder["card.json"], DeployedModel.Card.Replace("\"carry\"", "\"optimize_at_load\": \"some\", \"carry\"", StringComparison.Ordinal));
        Assert.Contains("its `optimize_at_load` is `some`, expected all or none", await Infer.FailAsync("verify", folder.Root), StringComparison.Ordinal);
    }

    void Write(ModelProto model)
    {
        OnnxFile.Write(model, folder["net.onnx"]);
        var frames = TestNetwork.Frames(model, 1, seed: 3);
        File.WriteAllBytes(folder["x.npy"], NpyFile.Floats(string.Join(", ", frames.Shape[1..]), [.. frames.Values]));
    }

    async Task<string> InfoAsync(string name) => (await Infer.RunAsync("info", folder[name])).StandardOutput;

    /// <summary>The output <c>y</c>.</summary>
    async Task<float[]> RunAsync(string name, params string[] options)
    {
        var result = await Infer.RunAsync(["run", folder["net.onnx"], "--input", $"x={folder["x.npy"]}", "--output", folder[name], .. options]);
        Assert.True(result.ExitCode == 0, result.StandardError);
        Assert.Equal("", result.StandardError);
        return NpyFile.Read(folder[$"{name}/y.npy"]).Values;
    }

    static void Near(float[] left, float[] right, float tolerance)
    {
        Assert.Equal(left.Length, right.Length);
        for (var i = 0; i < left.Length; i++)
            Assert.True(MathF.Abs(left[i] - right[i]) <= tolerance * (1 + MathF.Abs(left[i])), $"{left[i]} and {right[i]} at {i}");
    }

    static ModelProto Convolutions(long outputs = 4)
    {
        var net = new TestNetwork(1, 3, 16, 16);
        net.Node("Relu", [net.Convolve("x", "a", 3, 16)], "r");
        net.Convolve("r", "y", 16, outputs);
        return net.Build("y");
    }

    /// <summary>A convolution whose weights have a scale for each input channel.</summary>
    static ModelProto OtherAxes()
    {
        var net = new TestNetwork(1, 3, 8, 8);
        net.Node("QuantizeLinear", ["x", net.Constant("s", [0.02f]), net.Bytes("z", [128])], "q");
        net.Node("DequantizeLinear", ["q", "s", "z"], "d");
        net.Node("DequantizeLinear", [net.Bytes("w", [.. Enumerable.Range(0, 3 * 3 * 9).Select(i => (byte)(i * 37))], 3, 3, 3, 3), net.Constant("ws", [0.01f, 0.1f, 1], 3), net.Bytes("wz", [128, 120, 130], 3)], "wd").With("axis", 1L);
        net.Node("Conv", ["d", "wd"], "c").With("pads", 1L, 1L, 1L, 1L);
        net.Node("QuantizeLinear", ["c", net.Constant("cs", [0.5f]), net.Bytes("cz", [128])], "cq");
        net.Node("DequantizeLinear", ["cq", "cs", "cz"], "y");
        return net.Build("y");
    }
}
