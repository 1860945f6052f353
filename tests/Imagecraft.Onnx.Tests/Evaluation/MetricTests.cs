// Metrics against published examples, and against figures worked by hand.

using System.Collections.Immutable;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx.Evaluation.Metrics;

namespace Imagecraft.Onnx.Tests.Evaluation;

public sealed class MetricTests
{
    static ScoredSequence Scored(long[] shape, float[] output, float[] labels, float[]? reference = null) => new(new(shape, output), [.. labels], new(shape, reference ?? output));

    static ScoredSequence Truths(long[] shape, float[] output, params FrameLabel[] truths) => new(new(shape, output), [], new(shape, output)) { Truths = [.. truths] };

    static double Value(string metric, params ScoredSequence[] sequences) => Metric.Named(metric).Of(sequences);

    // The example of scikit-learn's top_k_accuracy_score, k = 2.
    [Fact]
    public void The_label_is_among_the_best()
    {
        var scored = Scored([4, 3], [0.5f, 0.2f, 0.2f, 0.3f, 0.4f, 0.2f, 0.2f, 0.4f, 0.3f, 0.7f, 0.2f, 0.1f], [0, 1, 2, 2]);
        Assert.Equal([true, true, true, false], TopClasses.Hits(scored, 2));
        Assert.Equal(0.75, Value("top-1", Scored([4, 2], [1, 0, 1, 0, 1, 0, 1, 0], [0, 0, 0, 1])));
        Assert.Equal(0.5, Value("top-5", Scored([2, 6], [6, 5, 4, 3, 2, 1, 6, 5, 4, 3, 2, 1], [4, 5])));
    }

    [Fact]
    public void A_label_that_is_no_class_is_an_error() =>
        Assert.Equal("A frame has the label 2, but the first output has 2 classes; correct the dataset's labels, or the network", Assert.Throws<OnnxException>(() => Value("top-1", Scored([1, 2], [1, 2], [2]))).Message);

    // Two true positives, one false one, one missed: precision and recall are 2/3 both.
    [Fact]
    public void F1_is_the_harmonic_mean_of_precision_and_recall()
    {
        Assert.Equal(2 / 3.0, Value("f1", Scored([5, 1], [0.9f, 0.8f, 0.7f, 0.1f, 0.2f], [1, 1, 0, 1, 0])), 12);
        Assert.Equal(2 / 3.0, Metric.Named("f1", new() { Threshold = 0.15 }).Of([Scored([5, 1], [0.9f, 0.8f, 0.1f, 0.2f, 0.2f], [1, 1, 0, 0, 0])]), 12);
        Assert.True(double.IsNaN(Value("f1", Scored([1, 1], [float.NaN], [1]))));
    }

    // D. Jurafsky, J. Martin, "Speech and Language Processing", 3.3: ten digits of equal probability have a perplexity of 10. And by hand: probabilities of 1/2 and 1/8 give the square root of 16.
    [Fact]
    public void Perplexity_is_the_number_of_equal_choices()
    {
        Assert.Equal(10, Value("perplexity", Scored([3, 10], new float[30], [7, 0, 9])), 9);
        float[] logits = [MathF.Log(4), MathF.Log(2), MathF.Log(2), MathF.Log(1), MathF.Log(4), MathF.Log(3)];
        Assert.Equal(4, Value("perplexity", Truths([1, 2, 3], logits, new FrameLabel.Map([0, 0]))), 5);
        Assert.Equal(8, Value("perplexity", Truths([1, 2, 3], logits, new FrameLabel.Map([-100, 0]))), 5);
        Assert.Equal("`perplexity` has nothing to judge: all labels are below 0, which do not count", Assert.Throws<OnnxException>(() => Value("perplexity", Truths([1, 2, 3], logits, new FrameLabel.Map([-100, -1])))).Message);
    }

    // Between two networks no label says how large a map is.
    [Fact]
    public void Classes_that_come_last_are_refused_where_no_labels_tell_the_size()
    {
        var against = Metric.Named("iou", new() { AgainstFloat = true });
        float[] output = [.. Enumerable.Range(0, 40).Select(i => (float)i)];
        Assert.Equal(
            "`iou` needs the classes before height and width, but the first output has the shape [4, 5, 2], in which they seem to come last; transpose it at the end of the network, or bring labels and remove `against: float`",
            Assert.Throws<OnnxException>(() => against.Of([Scored([1, 4, 5, 2], output, [], output)])).Message);
        Assert.Equal(1, against.Of([Scored([1, 2, 4, 5], output, [], output)]));
        Assert.Equal(1, against.Of([Scored([1, 10, 2, 2], output, [], output)]));
    }

    [Fact]
    public void Overlap_is_counted_over_all_frames_with_the_truth_or_with_the_float_network()
    {
        Assert.Equal(1 / 3.0, Value("iou", Truths([1, 1, 2, 2], [0.9f, 0.9f, 0.1f, 0.3f], new FrameLabel.Map([0, 1, 1, 0]))));
        Assert.Equal(1, Value("iou", Truths([1, 1, 1, 2], [0.1f, 0], new FrameLabel.Map([0, 0]))));
        Assert.Equal(1, Value("iou", Truths([1, 1, 1, 2], [0.9f, 0.9f], new FrameLabel.Map([1, 255]))));
        var against = Metric.Named("iou", new() { AgainstFloat = true });
        Assert.Equal((Truth.FloatNetwork, 1 / 3.0), (against.Truth, against.Of([Scored([1, 4], [0.9f, 0.9f, 0.1f, 0.3f], [], [0.2f, 0.9f, 0.9f, 0])])));
        Assert.True(double.IsNaN(Value("iou", Truths([1, 1, 1, 2], [float.NaN, 1], new FrameLabel.Map([1, 1])))));
    }

    [Fact]
    public void Masks_of_black_and_white_have_no_class_and_channels_that_come_last_are_none()
    {
        Assert.Equal(
            "The label maps have no pixel of a class but 0, and 2 of 255, which do not count; write 1 where the class is, and 255 only where nobody knows",
            Assert.Throws<OnnxException>(() => Value("iou", Truths([1, 1, 2, 2], [0, 1, 1, 0], new FrameLabel.Map([0, 255, 255, 0])))).Message);
        Assert.Equal(0, Value("iou", Truths([1, 1, 1, 2], [0.9f, 0.9f], new FrameLabel.Map([0, -1]))));
        Assert.Equal(
            "`iou` needs the 3 classes before height and width, but the first output has the shape [1, 2, 4, 3]; transpose it at the end of the network",
            Assert.Throws<OnnxException>(() => Value("iou", Truths([1, 1, 2, 4, 3], new float[24], new FrameLabel.Map([0, 1, 2, 0, 0, 1, 2, 0])))).Message);
    }

    // Classes 0, 1, 2 have 1 of 2, 1 of 3 and 0 of 1 pixels in common; a class that nobody has does not count.
    [Fact]
    public void Overlap_of_several_classes_is_the_mean_over_those_that_occur()
    {
        float[] output = [9, 0, 0, 0, 0, 9, 9, 0, 0, 0, 0, 9, 0, 0, 0, 0];
        Assert.Equal((0.5 + (1 / 3.0) + 0) / 3, Value("iou", Truths([1, 4, 1, 4], output, new FrameLabel.Map([0, 1, 0, 1]))), 12);
    }

    // Classes 0, 1 and 2 of the float network at three pixels; the candidate says 0, 2 and 2.
    [Fact]
    public void Overlap_of_several_classes_with_the_float_network_compares_the_largest()
    {
        float[] floating = [9, 5, 5, 5, 9, 5, 5, 5, 9], candidate = [9, 5, 5, 5, 8, 5, 5, 9, 9];
        Assert.Equal((1 + 0 + 0.5) / 3, Metric.Named("iou", new() { AgainstFloat = true }).Of([Scored([1, 3, 1, 3], candidate, [], floating)]), 12);
    }

    // A map with one good region, one too faint and one grain; the first grows by 1.5 * 40 * 10 / 100 = 6 pixels to each side.
    [Fact]
    public void Boxes_of_text_are_found_in_the_map_and_paired_with_the_true_ones()
    {
        var map = new float[100 * 60];
        Fill(map, 20, 10, 40, 10, 0.9f);
        Fill(map, 20, 40, 30, 8, 0.4f);
        Fill(map, 90, 50, 2, 2, 0.9f);
        var box = Assert.Single(TextDetection.Find(map, 100, 0.3f, 0.6, 1.5));
        Assert.Equal(new LabelledBox(14, 4, 52, 22), box);
        var truth = new FrameLabel.Boxes([new(15, 5, 50, 20), new(18, 36, 34, 16)]);
        // One found and right, two true ones: precision 1, recall 1/2.
        Assert.Equal(2 / 3.0, Value("hmean", Truths([1, 1, 60, 100], map, truth)), 12);
        Assert.Equal(1, Value("hmean", Truths([1, 1, 60, 100], new float[6000], new FrameLabel.Boxes([]))));
        // Both boxes overlap the found one, but only one can have it.
        Assert.Equal(1, TextDetection.Pairs([new(14, 4, 52, 22), new(15, 4, 52, 22)], [box]));

        static void Fill(float[] map, int left, int top, int width, int height, float value)
        {
            for (var y = top; y < top + height; y++)
                map.AsSpan((y * 100) + left, width).Fill(value);
        }
    }

    // R. Padilla, S. Netto, E. da Silva, "A survey on performance metrics for object-detection algorithms", 2020, the worked example: 24 boxes, 15 true ones, 24.57 %.
    [Fact]
    public void Average_precision_is_the_published_one()
    {
        var curve = new AveragePrecision.Curve([.. Enumerable.Range(1, 24).Select(rank => (0, rank is 1 or 3 or 10 or 12 or 13 or 14 or 23))], [15]);
        Assert.Equal(0.2457, AveragePrecision.WholeArea(curve.Points([1])!), 4);
        // From the same table by hand: at 7 recalls the best precision is 1, at the next 7 it is 2/3, then at 27 3/7, and at 6 7/23.
        Assert.Equal((7 + (7 * 2 / 3.0) + (27 * 3 / 7.0) + (6 * 7 / 23.0)) / 101, AveragePrecision.SampledArea(curve.Points([1])!), 12);
    }

    // Two images of one true box each. The first found box overlaps by 0.8 (right at seven of the ten overlaps), the second is elsewhere.
    [Fact]
    public void Precision_is_averaged_over_overlaps_and_classes()
    {
        ScoredSequence[] images =
        [
            Truths([1, 2, 6], [0, 0, 10, 8, 0.9f, 0, 0, 0, 0, 0, 0, 0], new FrameLabel.Boxes([new(0, 0, 10, 10)])),
            Truths([1, 2, 6], [50, 50, 60, 60, 0.5f, 0, 0, 0, 0, 0, 0, 0], new FrameLabel.Boxes([new(0, 0, 10, 10)])),
        ];
        Assert.Equal(0.5, Value("voc-map", images), 12);
        // 51 of the 101 recalls are within one half.
        Assert.Equal(0.7 * 51 / 101, Value("coco-map", images), 12);
        Assert.Equal(1, Metric.Named("voc-map").Open(images)([2, 0]), 12);
    }

    // The best true box of the second is taken: VOC counts it as wrong, COCO gives it the next.
    [Fact]
    public void A_box_whose_best_is_taken_is_wrong_for_VOC_and_goes_to_the_next_for_COCO()
    {
        var image = Truths([1, 2, 6], [0, 0, 10, 10, 0.9f, 0, 0, 0, 10, 10, 0.8f, 0], new FrameLabel.Boxes([new(0, 0, 10, 10), new(0, 0, 10, 6)]));
        Assert.Equal(0.5, Value("voc-map", image), 12);
        // At 0.5, 0.55 and 0.6 both are right, else one: 51 of 101 recalls.
        Assert.Equal(((3 * 1.0) + (7 * 51 / 101.0)) / 10, Value("coco-map", image), 12);
    }

    // V. Levenshtein's distance of `kitten` and `sitting` is 3; and by hand for words.
    [Fact]
    public void Errors_of_reading_are_counted_in_characters_and_words()
    {
        Assert.Equal(3, EditRates.Distance([.. "sitting".Select(c => c.ToString())], [.. "kitten".Select(c => c.ToString())]));
        var options = new MetricOptions { Alphabet = ["", "a", "b", " "], Blank = 0 };
        // Steps: a a blank a b space b, which reads `aab b`.
        var output = new[] { 1, 1, 0, 1, 2, 3, 2 }.SelectMany(step => Enumerable.Range(0, 4).Select(i => i == step ? 1f : 0)).ToArray();
        Assert.Equal(0, Metric.Named("cer", options).Of([Truths([1, 7, 4], output, new FrameLabel.Words("aab b"))]));
        Assert.Equal(1 / 4.0, Metric.Named("cer", options).Of([Truths([1, 7, 4], output, new FrameLabel.Words("ab b"))]));
        Assert.Equal(1 / 2.0, Metric.Named("wer", options).Of([Truths([1, 7, 4], output, new FrameLabel.Words("ab b"))]));
        Assert.Contains("give the text of each class", Assert.Throws<OnnxException>(() => Value("cer", Truths([1, 7, 4], output, new FrameLabel.Words("a")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_labels_the_classes_of_the_float_network_stand_in()
    {
        var metric = Metric.Named("top-1", new() { AgainstFloat = true });
        Assert.False(metric.NeedsLabels);
        Assert.Equal(0.5, metric.Of([Scored([2, 2], [1, 2, 3, 4], [], [0, 1, 1, 0])]));
        Assert.Equal([true, false], metric.Hits!(Scored([2, 2], [1, 2, 3, 4], [], [0, 1, 1, 0])));
        Assert.Equal("`hmean` cannot take the float network's outputs for labels; remove `against: float`", Assert.Throws<OnnxException>(() => Metric.Named("hmean", new() { AgainstFloat = true })).Message);
    }

    // Each figure of weights is the figure of as many copies.
    [Theory]
    [InlineData("top-1")]
    [InlineData("roc-auc")]
    [InlineData("f1")]
    [InlineData("cosine")]
    public void A_weight_is_as_many_copies(string name)
    {
        ScoredSequence[] sequences = name is "top-1"
            ? [Scored([2, 2], [1, 2, 3, 4], [0, 1]), Scored([1, 2], [2, 1], [0]), Scored([1, 2], [2, 1], [1])]
            : [Scored([2, 1], [0.1f, 0.6f], [0, 1], [0.2f, 0.4f]), Scored([2, 1], [0.4f, 0.3f], [0, 1], [1, -1]), Scored([2, 1], [0.8f, 0.5f], [1, 0], [1, 0])];
        var metric = Metric.Named(name);
        Assert.Equal(metric.Of([sequences[0], sequences[1], sequences[1], sequences[1]]), metric.Open(sequences)([1, 3, 0]), 12);
    }
}
