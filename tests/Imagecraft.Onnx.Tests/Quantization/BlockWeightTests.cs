// Weights of four and eight bits in blocks: the integers, what ONNX Runtime computes of them, and how near that is to float.

using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Reference;

namespace Imagecraft.Onnx.Tests.Quantization;

public sealed class BlockWeightTests
{
    [Fact]
    public void Four_bits_are_packed_low_half_first_with_a_scale_and_a_zero_point_for_each_block_of_a_column()
    {
        // Two columns of 32 rows: from -5 to 10 in steps of one, and a third of it.
        var values = Enumerable.Range(0, 64).Select(i => ((i / 2 % 16) - 5) / (i % 2 == 0 ? 1f : 3)).ToArray();
        var blocked = BlockQuantizer.Quantize(values, 32, 2, bits: 4, block: 16);
        Assert.Equal([1, 1, 1 / 3.0, 1 / 3.0], blocked.Scales.Select(scale => Math.Round(scale, 6) is var rounded && Math.Abs(rounded - (1 / 3.0)) < 1e-5 ? 1 / 3.0 : rounded));
        Assert.Equal([0x55, 0x55], blocked.ZeroPoints!);
        Assert.Equal(Enumerable.Repeat<byte[]>([0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe], 4).SelectMany(bytes => bytes), blocked.Integers);
    }

    [Fact]
    public void Eight_bits_are_symmetric_and_a_last_block_is_filled_with_zeros()
    {
        var blocked = BlockQuantizer.Quantize([.. Enumerable.Range(0, 17).Select(i => i == 16 ? -254f : i)], 17, 1, bits: 8, block: 16);
        Assert.Null(blocked.ZeroPoints);
        Assert.Equal([15 / 127f, 2f], blocked.Scales);
        Assert.Equal([128, 136, 145], blocked.Integers[..3]);
        Assert.Equal([1, .. Enumerable.Repeat((byte)128, 15)], blocked.Integers[16..]);
    }

    [Fact]
    public void A_block_of_nothing_but_zeros_stays_zero()
    {
        var model = Net(4, 64, 32, values: new float[2048]);
        Assert.All(Quantizing.Run(BlockWeights.Apply(model, new(), "net"), TestNetwork.Frames(model))["y"].Values, value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(4, 32, 18)]
    [InlineData(4, 16, 19)]
    [InlineData(8, 32, 40)]
    [InlineData(8, 128, 40)]
    public void Products_stay_near_float_and_are_those_of_ONNX_Runtime(int bits, int block, double decibels)
    {
        foreach (var (rows, columns) in new[] { (64, 48), (100, 33) })
        {
            var model = Net(3, rows, columns);
            var small = BlockWeights.Apply(model, new() { WeightBits = bits, BlockSize = block }, "net");
            Assert.Equal("MatMulNBits", Assert.Single(small.Graph.Node).OpType);
            Assert.InRange(Quantizing.Decibels(model, small), decibels, 60);
            var frames = TestNetwork.Frames(model, 1, seed: 9);
            var inputs = new Dictionary<string, FloatTensor> { ["x"] = new([.. frames.Shape[1..]], frames.Values) };
            Assert.InRange(new ReferenceNetwork(small, "net").Run(inputs, TestContext.Current.CancellationToken)["y"].Deviation(RuntimeRun.Run(small, inputs)["y"]), 0, 1e-4);
        }
    }

    [Theory]
    [InlineData(4, 2.5)]
    [InlineData(8, 2.5)]
    public void Roundings_make_up_for_each_other_where_inputs_go_together(int bits, double decibels)
    {
        var model = Net(3, 64, 48);
        var (seen, fresh) = (Together(200, 1), Together(50, 2));
        var nearest = BlockWeights.Apply(model, new() { WeightBits = bits }, "net");
        var made = BlockWeights.Apply(model, [seen], Quantizing.NoCarry, new() { WeightBits = bits }, "net", TestContext.Current.CancellationToken);
        Assert.InRange(Decibels(made) - Decibels(nearest), decibels, 30);

        double Decibels(ModelProto quantized)
        {
            var (left, right) = (Quantizing.Run(model, fresh)["y"].Values, Quantizing.Run(quantized, fresh)["y"].Values);
            return 10 * Math.Log10(left.Sum(value => (double)value * value) / left.Zip(right, (a, b) => ((double)a - b) * (a - b)).Sum());
        }

        // 64 inputs that are sums of 8 causes, with a little noise of their own.
        static FloatTensor Together(int frames, long seed)
        {
            var (causes, mixture, noise) = (new NoiseGenerator(seed), new NoiseGenerator(99).Take(8 * 64, 1), new NoiseGenerator(seed + 50));
            var values = new float[frames * 3 * 64];
            for (var row = 0; row < frames * 3; row++)
            {
                var own = causes.Take(8, 1);
                for (var i = 0; i < 64; i++)
                    values[(row * 64) + i] = Enumerable.Range(0, 8).Sum(cause => own[cause] * mixture[(cause * 64) + i]) + (0.05f * noise.Take(1, 1)[0]);
            }
            return new([frames, 3, 64], values);
        }
    }

    [Fact]
    public void An_error_of_one_weight_is_made_up_for_as_well_as_it_can_be()
    {
        double[] h = [4, 2, 0, 2, 5, 1, 0, 1, 3];
        var damped = h.Select((value, i) => i % 4 == 0 ? value + 0.04 : value).ToArray();
        var feedback = RoundingFeedback.Of([.. h]);
        for (var at = 0; at < 2; at++)
        {
            // The weight was one more than it is now; what changes of those after it is all there is besides.
            var changes = new double[3];
            feedback.Spread(changes, at, 1);
            changes[at] = -1;
            // The quadratic form of the changes is least where its derivatives are zero.
            for (var j = at + 1; j < 3; j++)
                Assert.Equal(0, Enumerable.Range(at, 3 - at).Sum(i => damped[(j * 3) + i] * changes[i]), 9);
        }
    }

    [Fact]
    public void A_turned_Gemm_is_the_same_product()
    {
        var net = new TestNetwork(2, 64);
        net.Node("Gemm", ["x", net.Weights("w", 32, 64), net.Weights("b", 32)], "y").With("transB", 1L).With("alpha", 0.5f).With("beta", 2f);
        var model = net.Build("y");
        Assert.InRange(Quantizing.Decibels(model, BlockWeights.Apply(model, new() { WeightBits = 8 }, "net")), 40, 60);
    }

    [Fact]
    public void Data_of_which_a_product_reads_what_is_not_finite_are_refused()
    {
        var net = new TestNetwork(2, 64);
        net.Node("Log", ["x"], "logarithms");
        net.Node("MatMul", ["logarithms", net.Weights("w", 64, 32)], "y");
        var model = net.Build("y");
        var problem = Assert.Throws<OnnxException>(() => BlockWeights.Apply(model, [TestNetwork.Frames(model)], Quantizing.NoCarry, new(), "net", TestContext.Current.CancellationToken));
        Assert.Equal("The value `logarithms` of `net` is not finite for the calibration data; look for NaN or infinite numbers in the data and the weights", problem.Message);
    }

    [Fact]
    public void What_is_excluded_or_small_stays_and_nothing_to_do_is_an_error_with_reasons()
    {
        Assert.Contains("`y` (MatMul): its weights `w` are too few to gain by blocks", Assert.Throws<OnnxException>(() => BlockWeights.Apply(Net(1, 8, 8), new(), "net")).Message, StringComparison.Ordinal);
        Assert.Throws<OnnxException>(() => BlockWeights.Apply(Net(1, 64, 64), new() { Exclude = ["y"] }, "net"));
    }

    [Fact]
    public void The_build_step_makes_the_file_an_eighth_and_keeps_the_operator()
    {
        using var folder = new TemporaryFolder();
        OnnxFile.Write(Net(1, 512, 512), folder["float.onnx"]);
        var options = new ModelOptions { Name = "net", Version = "1", License = "MIT", Optimize = Passes.OptimizationLevel.Extended };
        var report = ModelBuilder.Quantize(folder["float.onnx"], folder["small.onnx"], _ => [], null, new(QuantizationMethod.WeightOnly, new(), 0), options, folder.Root, TestContext.Current.CancellationToken);
        Assert.InRange((double)report.Bytes / report.FloatBytes, 0.125, 0.17);
        Assert.Equal("MatMulNBits", Assert.Single(OnnxFile.Read(folder["small.onnx"], "net").Graph.Node).OpType);
        Assert.Equal(QuantizationMethod.WeightOnly, QuantizationReport.Parse(report.ToJson()).Method);
    }

    static ModelProto Net(long batch, long rows, long columns, float[]? values = null)
    {
        var net = new TestNetwork(batch, rows);
        net.Node("MatMul", ["x", values is null ? net.Weights("w", rows, columns) : net.Constant("w", values, rows, columns)], "y");
        return net.Build("y");
    }
}
