// Ranges from histograms and from networks.

using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Quantization.Calibration;

namespace Imagecraft.Onnx.Tests.Quantization;

public sealed class CalibrationTests
{
    [Fact]
    public void A_histogram_counts_every_value_once()
    {
        var histogram = new Histogram(new(-1, 3), bins: 4);
        histogram.Add([-1, -0.5f, 0.5f, 1.5f, 3, 9]);
        Assert.Equal([2L, 1, 1, 2], histogram.Counts.ToArray());
        Assert.Equal([-1f, 0, 1, 2, 3], Enumerable.Range(0, 5).Select(histogram.Edge));
    }

    [Fact]
    public void A_percentile_cuts_the_same_share_off_at_both_ends()
    {
        var histogram = new Histogram(new(0, 100), bins: 100);
        histogram.Add([.. Enumerable.Range(0, 100).Select(value => value + 0.5f)]);
        Assert.Equal(new ValueRange(5, 95), PercentileRange.Of(histogram, 94.5));
        Assert.Equal(new ValueRange(0, 100), PercentileRange.Of(histogram, 100));
    }

    [Fact]
    public void Entropy_keeps_a_uniform_distribution_whole()
    {
        var histogram = new Histogram(new(-1, 1));
        histogram.Add([.. Enumerable.Range(0, 40960).Select(value => (value / 20480f) - 1)]);
        Assert.Equal(new ValueRange(-1, 1), EntropyRange.Of(histogram));
    }

    [Fact]
    public void Entropy_clips_a_few_far_values()
    {
        var histogram = new Histogram(new(0, 50));
        histogram.Add([.. new NoiseGenerator(1).Take(100000, 1).Select(Math.Abs)]);
        histogram.Add([50, 45, 40]);
        var range = EntropyRange.Of(histogram);
        Assert.Equal(0, range.Least);
        Assert.InRange(range.Largest, 0.9f, 12f);
    }

    [Fact]
    public void Zeros_of_a_rectified_value_ask_for_no_clipping()
    {
        var values = new NoiseGenerator(1).Take(100000, 1);
        var (rectified, whole) = (new Histogram(new(0, 1)), new Histogram(new(0, 1)));
        rectified.Add([.. values.Select(value => Math.Max(value, 0))]);
        whole.Add([.. values.Select(Math.Abs)]);
        Assert.InRange(EntropyRange.Of(whole).Largest, 0.75f, 1);
        Assert.InRange(EntropyRange.Of(rectified).Largest, 0.75f, 1);
    }

    [Theory]
    [InlineData(CalibrationMethod.MinMax)]
    [InlineData(CalibrationMethod.Entropy)]
    [InlineData(CalibrationMethod.Percentile)]
    public void Inner_values_and_inputs_of_a_network_are_measured(CalibrationMethod method)
    {
        var net = new TestNetwork(1, 4);
        net.Node("Add", ["x", net.Constant("ten", [10])], "a");
        net.Node("Neg", ["a"], "y");
        using var folder = new TemporaryFolder();
        var frames = new FloatTensor[] { new([2, 1, 4], [0, 1, 2, 3, 4, 5, 6, 7]), new([1, 1, 4], [-1, 0, 0, 1]) };
        var ranges = new Calibrator(net.Build("y"), frames, Quantizing.NoCarry, new() { Method = method, Percentile = 100 }, "net").Ranges(["x", "a", "y"], TestContext.Current.CancellationToken);
        Assert.Equal(new ValueRange(-1, 7), ranges["x"]);
        Assert.Equal(17, ranges["a"].Largest);
        Assert.Equal(-17, ranges["y"].Least);
        Assert.Empty(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void States_are_carried_while_calibrating()
    {
        using var folder = new TemporaryFolder();
        var model = new Imagecraft.Onnx.Passes.FixShapes(ModelBuilderTests.Options().Shapes).Apply(TestModels.Counter(), "m");
        var ranges = new Calibrator(model, [FloatTensor.Zeros([5, 1, 20]), FloatTensor.Zeros([3, 1, 20])], ModelBuilderTests.Options().Carry, new(), "m").Ranges(["state"], TestContext.Current.CancellationToken);
        Assert.Equal(new ValueRange(0, 4), ranges["state"]);
    }

    [Fact]
    public void No_data_is_an_error_with_the_remedy()
    {
        using var folder = new TemporaryFolder();
        var net = new TestNetwork(1, 4);
        net.Node("Neg", ["x"], "y");
        var calibrator = new Calibrator(net.Build("y"), [], Quantizing.NoCarry, new(), "net");
        var problem = Assert.Throws<OnnxException>(() => calibrator.Ranges(["y"], TestContext.Current.CancellationToken));
        Assert.Equal("The calibration data of `net` are empty; give at least one frame in `calibration`", problem.Message);
    }

    [Fact]
    public void Data_of_another_shape_are_an_error_with_both_shapes()
    {
        using var folder = new TemporaryFolder();
        var net = new TestNetwork(1, 4);
        net.Node("Neg", ["x"], "y");
        var calibrator = new Calibrator(net.Build("y"), [FloatTensor.Zeros([2, 1, 5])], Quantizing.NoCarry, new(), "net");
        var problem = Assert.Throws<OnnxException>(() => calibrator.Ranges(["y"], TestContext.Current.CancellationToken));
        Assert.Contains("have the shape [2, 1, 5], but frames of the input `x` have [1, 4]", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_that_are_no_numbers_are_named()
    {
        using var folder = new TemporaryFolder();
        var net = new TestNetwork(1, 2);
        net.Node("Neg", ["x"], "y");
        var calibrator = new Calibrator(net.Build("y"), [new([1, 1, 2], [1, float.NaN])], Quantizing.NoCarry, new(), "net");
        Assert.Contains("The value `y` of `net` is not finite", Assert.Throws<OnnxException>(() => calibrator.Ranges(["y"], TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_of_no_elements_has_a_range_and_needs_no_more_data()
    {
        var net = new TestNetwork(2, 0);
        net.Node("Neg", ["x"], "y");
        var calibrator = new Calibrator(net.Build("y"), [FloatTensor.Zeros([3, 2, 0])], Quantizing.NoCarry, new(), "net");
        Assert.Equal(new(0, 0), calibrator.Ranges(["y"], TestContext.Current.CancellationToken)["y"]);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(100.1)]
    [InlineData(double.NaN)]
    public void An_impossible_percentile_is_refused(double percentile) =>
        Assert.Contains("must be above 50 and at most 100", Assert.Throws<OnnxException>(() => new Calibrator(TestModels.Counter(), [], Quantizing.NoCarry, new() { Method = CalibrationMethod.Percentile, Percentile = percentile }, "net")).Message, StringComparison.Ordinal);
}
