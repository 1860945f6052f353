// Intervals and tests against published tables and figures.

using System.Numerics;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx.Evaluation.Statistics;

namespace Imagecraft.Onnx.Tests.Evaluation;

public sealed class StatisticsTests
{
    // Any table of the distributions.
    [Theory]
    [InlineData(0.975, 1.959963985)]
    [InlineData(0.95, 1.644853627)]
    [InlineData(0.5, 0)]
    [InlineData(0.005, -2.575829304)]
    public void Quantiles_of_the_normal_distribution(double share, double expected) => Assert.Equal(expected, Quantiles.Normal(share), 8);

    [Theory]
    [InlineData(1, 12.7062)]
    [InlineData(2, 4.3027)]
    [InlineData(9, 2.2622)]
    [InlineData(10, 2.2281)]
    [InlineData(19, 2.0930)]
    [InlineData(120, 1.9799)]
    public void Quantiles_of_Student_s_distribution(int freedom, double expected)
    {
        Assert.Equal(expected, Quantiles.Student(0.975, freedom), 4);
        Assert.Equal(-expected, Quantiles.Student(0.025, freedom), 4);
    }

    // R. Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 5.
    [Theory]
    [InlineData(81, 263, 0.2527, 0.3676)]
    [InlineData(15, 148, 0.0578, 0.1617)]
    [InlineData(0, 20, 0, 0.1684)]
    [InlineData(1, 29, 0.0009, 0.1776)]
    public void The_exact_interval_of_a_share(int count, int trials, double low, double high)
    {
        var interval = Binomial.Share(count, trials, 0.95);
        Assert.Equal((low, high), (Math.Round(interval.Low, 4), Math.Round(interval.High, 4)));
        var mirrored = Binomial.Share(trials - count, trials, 0.95);
        Assert.Equal((1 - high, 1 - low), (mirrored.Low, mirrored.High), new Near(1e-4));
    }

    [Fact]
    public void Tails_equal_sums_of_whole_numbers_and_hold_for_large_sets()
    {
        // 57 or more of 100 tosses, by whole numbers.
        var sum = BigInteger.Zero;
        for (var k = 57; k <= 100; k++)
            sum += Choose(100, k);
        Assert.Equal((double)sum / Math.Pow(2, 100), Binomial.AtLeast(57, 100, 0.5), 12);
        Assert.Equal(1, Binomial.AtLeast(1, 100000, 0.5));
        Assert.Equal(0.5, Binomial.AtLeast(500001, 1000001, 0.5), 9);
    }

    // M. Fagerland, S. Lydersen, P. Laake, "Recommended tests and confidence intervals for paired binomial proportions", 2014: airway hyper-responsiveness
    // before and after transplantation, 21 children, 1 only before and 7 only after.
    [Fact]
    public void The_test_and_the_interval_of_pairs_are_the_published_ones()
    {
        var pairs = new PairedCounts(1, 7, 21);
        Assert.Equal(0.070, pairs.ExactProbability, 3);
        Assert.Equal(-0.286, pairs.Difference, 3);
        var interval = pairs.DifferenceInterval(0.95);
        Assert.Equal((-0.517, -0.026), (Math.Round(interval.Low, 3), Math.Round(interval.High, 3)));
        var turned = new PairedCounts(7, 1, 21).DifferenceInterval(0.95);
        Assert.Equal((-interval.High, -interval.Low), (turned.Low, turned.High), new Near(1e-9));
    }

    // Without any difference the ends are z^2 / (n + z^2): few samples tell little.
    [Theory]
    [InlineData(20)]
    [InlineData(576)]
    [InlineData(10000)]
    public void Samples_without_a_difference_have_an_interval_all_the_same(int samples)
    {
        const double z = 1.959963985;
        var interval = new PairedCounts(0, 0, samples).DifferenceInterval(0.95);
        Assert.Equal(z * z / (samples + (z * z)), interval.High, 7);
        Assert.Equal(-interval.High, interval.Low, 9);
        Assert.Equal(1, new PairedCounts(0, 0, samples).ExactProbability);
    }

    [Fact]
    public void The_samples_that_would_be_needed_are_enough_and_not_many_too_many()
    {
        var evidence = new Evidence(100, "frames", 0.95, new(0, 1), new PairedCounts(2, 1, 100).DifferenceInterval(0.95), new(2, 1, 100));
        var needed = evidence.UnitsForDrop(0.01, 0.02)!.Value;
        Assert.True(High(needed) <= 0.02);
        Assert.True(High(needed * 0.9) > 0.02);
        Assert.Null(evidence.UnitsForDrop(0.02, 0.02));

        static double High(double samples) => new PairedCounts(0.02 * samples, 0.01 * samples, samples).DifferenceInterval(0.95).High;
    }

    [Fact]
    public void The_drawn_interval_of_a_mean_is_that_of_Student()
    {
        var values = Enumerable.Range(0, 40).Select(i => (double)(i * 37 % 40)).ToArray();
        var (mean, error) = (values.Average(), Math.Sqrt(values.Sum(value => (value - values.Average()) * (value - values.Average())) / 39 / 40));
        var interval = Bootstrap.Intervals(40, 0.95, [Mean(values)], CancellationToken.None)[0];
        Assert.Equal(mean - (2.0227 * error), interval.Low, 0.25);
        Assert.Equal(mean + (2.0227 * error), interval.High, 0.25);
        Assert.Equal(interval, Bootstrap.Intervals(40, 0.95, [Mean(values)], CancellationToken.None)[0]);
        Assert.Equal(Interval.Unknown, Bootstrap.Intervals(9, 0.95, [Mean(values[..9])], CancellationToken.None)[0]);
        Assert.True(Bootstrap.Tail(10, 0.95) < Bootstrap.Tail(1000, 0.95) && Bootstrap.Tail(1000, 0.95) < 0.025);
    }

    // Frames of a sequence are alike, so many of them are no more evidence than one.
    [Fact]
    public void More_frames_of_the_same_sequences_make_nothing_surer()
    {
        var widths = new[] { 1, 50 }.Select(frames =>
        {
            var sequences = Enumerable.Range(0, 20).Select(i => new ScoredSequence(new([frames, 1], [.. Enumerable.Repeat((float)(i % 7), frames)]), [], new([frames, 1], new float[frames]))).ToArray();
            var interval = Evidence.Of(Metric.Named("mean-absolute-error"), sequences, sequences, "sequences", 0.95, CancellationToken.None).Value;
            return interval.High - interval.Low;
        }).ToArray();
        Assert.Equal(widths[0], widths[1], 9);
    }

    static WeightedFigure Mean(double[] values) => weights =>
    {
        var sum = 0.0;
        for (var i = 0; i < values.Length; i++)
            sum += weights[i] * values[i];
        return sum / values.Length;
    };

    static BigInteger Choose(int n, int k)
    {
        var result = BigInteger.One;
        for (var i = 1; i <= k; i++)
            result = result * (n - k + i) / i;
        return result;
    }

    sealed class Near(double by) : IEqualityComparer<(double, double)>
    {
        public bool Equals((double, double) one, (double, double) other) => Math.Abs(one.Item1 - other.Item1) < by && Math.Abs(one.Item2 - other.Item2) < by;

        public int GetHashCode((double, double) pair) => 0;
    }
}
