// Metrics against figures computed by hand or by definition, and the gate on small networks.

using System.Collections.Immutable;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx.Evaluation.Statistics;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Tests;

public sealed class EvaluationTests
{
    static ScoredSequence Scored(long[] shape, float[] output, float[] labels, float[]? reference = null) => new(new(shape, output), [.. labels], new(shape, reference ?? output));

    static double Value(string metric, params ScoredSequence[] sequences) => Metric.Named(metric).Of(sequences);

    [Fact]
    public void Top_1_counts_frames_whose_largest_value_is_at_the_label() =>
        Assert.Equal(0.5, Value("top-1", Scored([3, 2], [1, 2, 5, 4, 3, 3], [1, 1, 1]), Scored([1, 2], [9, 0], [0])));

    [Fact]
    public void A_value_that_is_not_a_number_is_never_right() =>
        Assert.Equal(0, Value("top-1", Scored([1, 2], [float.NaN, 2], [0])));

    [Theory]
    [InlineData(new float[] { 0.1f, 0.4f, 0.35f, 0.8f }, new float[] { 0, 0, 1, 1 }, 0.75)]
    [InlineData(new float[] { 1, 1, 1, 1 }, new float[] { 0, 1, 0, 1 }, 0.5)]
    [InlineData(new float[] { 3, 2, 1 }, new float[] { 0, 0, 1 }, 0)]
    [InlineData(new float[] { 1, 2, 2, 3 }, new float[] { 0, 0, 1, 1 }, 0.875)]
    public void The_area_under_the_curve_counts_ties_one_half(float[] scores, float[] labels, double expected) =>
        Assert.Equal(expected, Value("roc-auc", Scored([scores.Length, 1], scores, labels)));

    [Fact]
    public void The_area_by_ranks_equals_the_comparison_of_all_pairs()
    {
        var noise = new NoiseGenerator(5);
        var scores = Enumerable.Range(0, 300).Select(_ => (float)Math.Round(noise.Next() * 5)).ToArray();
        var labels = scores.Select(score => score + (5 * noise.Next()) > 0 ? 1f : 0f).ToArray();
        var pairs = from i in Enumerable.Range(0, 300) from j in Enumerable.Range(0, 300) where labels[i] == 1 && labels[j] == 0 select scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
        Assert.Equal(pairs.Average(), Value("roc-auc", Scored([100, 1], scores[..100], labels[..100]), Scored([200, 1], scores[100..], labels[100..])), 12);
    }

    [Fact]
    public void The_area_needs_both_labels_and_one_value_a_frame()
    {
        Assert.Equal("`roc-auc` needs frames of both labels, but there are 2 of 1 and 0 of 0", Assert.Throws<OnnxException>(() => Value("roc-auc", Scored([2, 1], [1, 2], [1, 1]))).Message);
        Assert.Equal("`roc-auc` needs one value a frame, but the first output has 4 for 2 frames", Assert.Throws<OnnxException>(() => Value("roc-auc", Scored([2, 2], [1, 2, 3, 4], [1, 0]))).Message);
        Assert.Equal("`roc-auc` needs labels of 0 and 1", Assert.Throws<OnnxException>(() => Value("roc-auc", Scored([2, 1], [1, 2], [1, 7]))).Message);
    }

    [Fact]
    public void Errors_and_angles_compare_with_the_float_network()
    {
        Assert.Equal(0.75, Value("mean-absolute-error", Scored([2, 2], [1, 2, 3, 4], [], [1, 3, 1, 4])));
        Assert.Equal(0.5, Value("cosine", Scored([2, 2], [2, 0, 0, 3], [], [1, 0, 3, 0])), 12);
        Assert.Equal(0.5, Value("cosine", Scored([2, 2], [0, 0, 0, 0], [], [0, 0, 3, 0])));
    }

    [Fact]
    public void An_unknown_metric_lists_all() =>
        Assert.Equal("Unknown metric `top1`; there are [top-1, top-5, f1, roc-auc, perplexity, iou, hmean, coco-map, voc-map, cer, wer, mean-absolute-error, cosine]", Assert.Throws<OnnxException>(() => Metric.Named("top1")).Message);

    static Evidence Sure(Interval value, Interval drop) => new(10000, "frames", 0.95, value, drop, null);

    [Theory]
    [InlineData(0.91, 0.01, 0.92, 0.915, true, "a drop of 0.005 (95 % sure: 0.912 to 0.918, a drop of 0.001 to 0.009, by 10000 frames)")]
    [InlineData(0.9, 0.01, 0.93, 0.915, false, "allowed is a drop of at most 0.01, even at the worse end; exclude the worst layers")]
    [InlineData(0.92, 0.1, 0.925, 0.915, false, "allowed is at least 0.92, even at the worse end; exclude the worst layers")]
    [InlineData(0.92, 0.001, 0.91, 0.9, false, "allowed is at least 0.92 and a drop of at most 0.001, even at the worse end; the float network itself misses that: check `preprocess`")]
    [InlineData(0.9, 0.007, 0.92, 0.915, false, "the figures hold, but the set is too small to be sure: about 40000 frames would be needed, or allow more")]
    [InlineData(0.914, 0.1, 0.92, 0.915, false, "the figures hold, but the set is too small to be sure: about 90000 frames would be needed, or allow more")]
    [InlineData(0.5, 0.1, 0.9, double.NaN, false, "look for infinite weights")]
    public void The_gate_holds_at_the_worse_end_or_tells_both_figures_and_the_remedy(double min, double drop, double floatValue, double candidate, bool holds, string words)
    {
        var evidence = Sure(new(Math.Round(candidate - 0.003, 9), Math.Round(candidate + 0.003, 9)), new(Math.Round(floatValue - candidate - 0.004, 9), Math.Round(floatValue - candidate + 0.004, 9)));
        var result = AccuracyGate.Judge(new(Metric.Named("top-1"), min, drop), "net", "set/test", 10, floatValue, candidate, evidence);
        Assert.Equal(holds, result.Holds);
        Assert.StartsWith(FormattableString.Invariant($"`top-1` of `net` on 10 frames of `set/test` is {candidate}, that of the float network {floatValue}"), result.Text, StringComparison.Ordinal);
        Assert.Contains(words, result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_is_held_by_its_largest_value_and_a_drop_of_it_is_its_growth()
    {
        var evidence = Sure(new(0.1, 0.3), new(0.1, 0.3));
        Assert.False(AccuracyGate.Judge(new(Metric.Named("cer"), null, 0.2), "net", "set/test", 10, 0, 0.2, evidence).Holds);
        Assert.True(AccuracyGate.Judge(new(Metric.Named("cer"), null, 0.3) { Max = 0.3 }, "net", "set/test", 10, 0, 0.2, evidence).Holds);
        Assert.Contains("allowed is at most 0.25, even at the worse end; the figures hold, but the set is too small", AccuracyGate.Judge(new(Metric.Named("cer"), null, null) { Max = 0.25 }, "net", "set/test", 10, 0, 0.2, evidence).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_few_sequences_tell_nothing_of_chance() =>
        Assert.EndsWith("(9 sequences tell nothing of chance); allowed is a drop of at most 0.5, even at the worse end; at least 10 sequences are needed, so enlarge the split",
            AccuracyGate.Judge(new(Metric.Named("roc-auc"), null, 0.5), "net", "set/test", 90, 1, 1, new(9, "sequences", 0.95, Interval.Unknown, Interval.Unknown, null)).Text, StringComparison.Ordinal);

    [Fact]
    public void A_value_that_is_not_a_number_fails_without_limits() =>
        Assert.Contains("look for infinite weights", AccuracyGate.Judge(new(Metric.Named("cosine"), null, null), "net", "set/test", 10, 1, double.NaN, Sure(new(0, 1), new(0, 1))).Text, StringComparison.Ordinal);

    [Fact]
    public void A_candidate_is_judged_by_running_it_with_its_state()
    {
        using var folder = new TemporaryFolder();
        var options = ModelBuilderTests.Options();
        LabelledSequence[] sequences = [Sequence("one", 3, 20), Sequence("two", 60, 20), .. Enumerable.Range(0, 10).Select(i => Sequence($"more{i}", 1, 20))];
        foreach (var gain in new[] { 1f, 1.5f })
        {
            OnnxFile.Write(TestModels.Counter(gain), folder["source.onnx"]);
            ModelBuilder.Prepare(folder["source.onnx"], folder[FormattableString.Invariant($"{gain}.onnx")], [], options, folder.Root, TestContext.Current.CancellationToken);
        }
        var gate = new AccuracyGate(folder["1.onnx"], options, new(Metric.Named("mean-absolute-error"), null, 1e-3), sequences, "noise/test", TestContext.Current.CancellationToken);
        Assert.True(gate.Judge(folder["1.onnx"], TestContext.Current.CancellationToken) is { Holds: true, FloatValue: 0, CandidateValue: 0, Frames: 73 });
        // The candidate's output is larger by half of the input's absolute value; the counters agree.
        var expected = sequences.SelectMany(sequence => sequence.Frames.Values).Average(value => Math.Abs(value) / 2.0);
        var result = gate.Judge(folder["1.5.onnx"], TestContext.Current.CancellationToken);
        Assert.Equal(expected, result.CandidateValue, 5);
        Assert.False(result.Holds);
        Assert.Equal(("sequences", 12), (result.Evidence!.UnitName, result.Evidence.Units));
        Assert.InRange(result.CandidateValue, result.Evidence.Value.Low, result.Evidence.Value.High);
    }

    [Fact]
    public void A_head_that_no_metric_looks_at_must_still_agree()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, factor) in new[] { ("whole", 1f), ("near", 0.98f), ("dead", 0f) })
            OnnxFile.Write(TwoHeads(factor), folder[$"{name}.onnx"]);
        LabelledSequence[] sequences = [Sequence("one", 30, 20)];

        var limits = new AccuracyLimits(Metric.Named("mean-absolute-error"), null, 0.1);
        Assert.Equal([new("boxes", 1, 0.9)], Judge(limits, "whole").Others);
        Assert.True(Judge(limits, "near").Holds);
        Assert.EndsWith("; further outputs agree by a cosine of [boxes 1]", Judge(limits, "near").Text, StringComparison.Ordinal);
        var dead = Judge(limits, "dead");
        Assert.Equal((false, 0, 0), (dead.Holds, dead.Drop, dead.Others[0].Cosine));
        Assert.EndsWith("; the output `boxes` agrees with that of the float network by a cosine of 0, allowed is at least 0.9: exclude the layers before it from quantization, or say by `others` that less will do", dead.Text, StringComparison.Ordinal);
        Assert.True(Judge(limits with { Others = limits.Others.Add("boxes", -1) }, "dead").Holds);

        // The other way round: the metric looks at the second output.
        var second = Judge(limits with { Output = "boxes" }, "dead");
        Assert.Equal((false, "scores"), (second.Holds, Assert.Single(second.Others).Output));
        Assert.Equal("`evaluate` of `net` names the output `bixes`, but there is none: those that can be judged are [boxes, scores]", Assert.Throws<OnnxException>(() => Judge(limits with { Output = "bixes" }, "whole")).Message);
        Assert.Contains("names the output `masks`", Assert.Throws<OnnxException>(() => Judge(limits with { Others = limits.Others.Add("masks", 0.5) }, "whole")).Message, StringComparison.Ordinal);

        AccuracyResult Judge(AccuracyLimits limits, string candidate)
        {
            using var gate = new AccuracyGate(folder["whole.onnx"], new() { Name = "net", Version = "1", License = "MIT" }, limits, sequences, "noise/test", TestContext.Current.CancellationToken);
            return gate.Judge(folder[$"{candidate}.onnx"], TestContext.Current.CancellationToken);
        }
    }

    static Protos.ModelProto TwoHeads(float factor)
    {
        var net = new Quantization.TestNetwork(1, 20);
        net.Node("Neg", ["x"], "scores");
        net.Node("Mul", ["x", net.Constant("factor", [factor])], "boxes");
        return net.Build("scores", "boxes");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Outputs_do_not_depend_on_the_number_of_workers(bool isCarried)
    {
        using var folder = new TemporaryFolder();
        var options = ModelBuilderTests.Options();
        var carry = isCarried ? options.Carry : ImmutableSortedDictionary<string, string>.Empty;
        if (!isCarried)
            options = options with { Carry = carry, Constants = options.Constants.Add("rate", 16000) };
        OnnxFile.Write(isCarried ? TestModels.Counter() : TestModels.Conditional(), folder["source.onnx"]);
        ModelBuilder.Prepare(folder["source.onnx"], folder["model.onnx"], [], options, folder.Root, TestContext.Current.CancellationToken);
        var sequences = new[] { Sequence("one", 500, 20), Sequence("two", 1, 20), Sequence("three", 130, 20) };
        var alone = Run(1);
        Assert.Equal([500, 1, 130], alone.Select(output => output.Shape[0]));
        Assert.Equal(alone.Select(output => output.Values), Run(7).Select(output => output.Values));

        ImmutableArray<FloatTensor> Run(int workers) => Evaluator.Run(folder["model.onnx"], "counter", carry, sequences, workers, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Sets_that_cannot_be_judged_are_told_before_anything_runs()
    {
        var limits = new AccuracyLimits(Metric.Named("top-1"), 0.5, null);
        Assert.Equal("The dataset `empty/test` is empty", Assert.Throws<OnnxException>(() => Gate([], "empty/test")).Message);
        Assert.StartsWith("`top-1` needs labels, but `one` of the dataset `bare/test` has none", Assert.Throws<OnnxException>(() => Gate([Sequence("one", 1, 20)], "bare/test")).Message, StringComparison.Ordinal);

        AccuracyGate Gate(LabelledSequence[] sequences, string dataset) => new("absent.onnx", ModelBuilderTests.Options(), limits, sequences, dataset, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Labels_that_nothing_is_compared_with_need_not_be_those_of_the_network()
    {
        using var folder = new TemporaryFolder();
        OnnxFile.Write(TwoHeads(1), folder["net.onnx"]);
        var labelled = new LabelledSequence("one", Sequence("one", 30, 20).Frames, [.. Enumerable.Repeat(77f, 30)]);
        using var gate = new AccuracyGate(folder["net.onnx"], new() { Name = "net", Version = "1", License = "MIT" }, new(Metric.Named("top-1", new() { AgainstFloat = true }), null, 0.5), [labelled], "noise/test", TestContext.Current.CancellationToken);
        Assert.Equal(1, gate.Judge(folder["net.onnx"], TestContext.Current.CancellationToken).CandidateValue);
    }

    [Fact]
    public void A_broken_candidate_is_one_plain_error_whichever_worker_met_it()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["broken.onnx"], "no network");
        var problem = Assert.Throws<OnnxException>(() => Evaluator.Run(folder["broken.onnx"], "broken", ImmutableSortedDictionary<string, string>.Empty, [Sequence("one", 500, 20)], 4, TestContext.Current.CancellationToken));
        Assert.StartsWith("`broken` is not an ONNX model or is damaged", problem.Message, StringComparison.Ordinal);
    }

    static LabelledSequence Sequence(string name, int frames, int width) => new(name, new([frames, 1, width], new NoiseGenerator(frames).Take(frames * width, 1)), []);
}
