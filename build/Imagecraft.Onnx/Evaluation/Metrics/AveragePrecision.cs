// How well boxes with a score and a class meet the true ones. Unaware of the float network.
// Sources: T.-Y. Lin and others, "Microsoft COCO", 2014, and its detection evaluation (101 recalls, ten overlaps, 100 boxes an image);
// M. Everingham and others, "The PASCAL Visual Object Classes Challenge", 2010, section 4.2 (the area below the whole curve, since 2010).

using System.Collections.Immutable;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation.Statistics;

namespace Imagecraft.Onnx.Evaluation.Metrics;

/// <summary>Outputs are rows of left, top, right, bottom (pixels of the input), score and class; rows whose score is 0 or less are empty. All true boxes count, whatever their size.</summary>
static class AveragePrecision
{
    const int RowLength = 6, MostBoxes = 100, Recalls = 101;

    /// <summary>Mean over the overlaps 0.5, 0.55 ... 0.95 and the classes; a found box takes the true box that it overlaps most of those that are free.</summary>
    public static WeightedFigure Coco(IReadOnlyList<ScoredSequence> sequences) =>
        Mean(sequences, "coco-map", [.. Enumerable.Range(0, 10).Select(i => (50 + (5 * i)) / 100.0)], onlyFree: true, SampledArea);

    /// <summary>At the overlap 0.5, mean over the classes; a found box whose best true box is taken is wrong.</summary>
    public static WeightedFigure Voc(IReadOnlyList<ScoredSequence> sequences) => Mean(sequences, "voc-map", [0.5], onlyFree: false, WholeArea);

    /// <summary>One class at one overlap: found boxes by falling score, and true boxes of each unit.</summary>
    internal sealed record Curve(ImmutableArray<(int Unit, bool IsRight)> Found, ImmutableArray<int> True)
    {
        /// <summary>Recall and precision behind each found box; none when there is no true box.</summary>
        public List<(double Recall, double Precision)>? Points(ReadOnlySpan<int> weights)
        {
            var (all, right, found, points) = (0L, 0L, 0L, new List<(double, double)>());
            for (var unit = 0; unit < True.Length; unit++)
                all += (long)weights[unit] * True[unit];
            if (all == 0)
                return null;
            foreach (var (unit, isRight) in Found)
            {
                if (weights[unit] == 0)
                    continue;
                found += weights[unit];
                right += isRight ? weights[unit] : 0;
                points.Add(((double)right / all, (double)right / found));
            }
            return points;
        }
    }

    /// <summary>Below the curve whose precision at each recall is the best at that or a larger one.</summary>
    internal static double WholeArea(List<(double Recall, double Precision)> points)
    {
        var (area, best) = (0.0, 0.0);
        for (var i = points.Count - 1; i >= 0; i--)
        {
            best = Math.Max(best, points[i].Precision);
            area += best * (points[i].Recall - (i == 0 ? 0 : points[i - 1].Recall));
        }
        return area;
    }

    /// <summary>The mean of the same curve at the recalls 0, 0.01 ... 1.</summary>
    internal static double SampledArea(List<(double Recall, double Precision)> points)
    {
        var (sum, best, at) = (0.0, 0.0, points.Count - 1);
        for (var i = Recalls - 1; i >= 0; i--)
        {
            for (; at >= 0 && points[at].Recall >= i / (Recalls - 1.0); at--)
                best = Math.Max(best, points[at].Precision);
            sum += best;
        }
        return sum / Recalls;
    }

    static WeightedFigure Mean(IReadOnlyList<ScoredSequence> sequences, string name, double[] overlaps, bool onlyFree, Func<List<(double Recall, double Precision)>, double> area)
    {
        var images = sequences.SelectMany((sequence, unit) => Enumerable.Range(0, sequence.Count).Select(frame => Image.Of(sequence, frame, unit, name))).ToArray();
        var classes = images.SelectMany(image => image.True).Select(box => box.Class).Distinct().Order().ToArray();
        if (classes.Length == 0)
            throw new OnnxException($"`{name}` needs true boxes, but no image of the test set has one");
        var isBroken = sequences.Any(sequence => sequence.Output.Values.Any(float.IsNaN));
        var curves = overlaps.SelectMany(overlap => classes.Select(one => Match(images, one, overlap, onlyFree, sequences.Count))).ToArray();
        return weights =>
        {
            var (sum, count) = (0.0, 0);
            foreach (var curve in curves)
                if (curve.Points(weights) is { } points)
                    (sum, count) = (sum + area(points), count + 1);
            return isBroken ? double.NaN : sum / count;
        };
    }

    static Curve Match(Image[] images, int oneClass, double overlap, bool onlyFree, int units)
    {
        var found = new List<(float Score, int Unit, bool IsRight)>();
        var counts = new int[units];
        foreach (var image in images)
        {
            var truth = image.True.Where(box => box.Class == oneClass).ToArray();
            var taken = new bool[truth.Length];
            counts[image.Unit] += truth.Length;
            foreach (var (box, score) in image.Found.Where(pair => pair.Box.Class == oneClass).Take(MostBoxes))
            {
                var (best, most) = (-1, 0.0);
                for (var i = 0; i < truth.Length; i++)
                    if (!(onlyFree && taken[i]) && box.Overlap(truth[i]) is var own && own >= overlap && own > most)
                        (best, most) = (i, own);
                var isRight = best >= 0 && !taken[best];
                if (isRight)
                    taken[best] = true;
                found.Add((score, image.Unit, isRight));
            }
        }
        return new([.. found.OrderByDescending(one => one.Score).Select(one => (one.Unit, one.IsRight))], [.. counts]);
    }

    sealed record Image(int Unit, ImmutableArray<LabelledBox> True, (LabelledBox Box, float Score)[] Found)
    {
        public static Image Of(ScoredSequence sequence, int frame, int unit, string name)
        {
            if (sequence.Output.Shape[^1] != RowLength)
                throw new OnnxException($"`{name}` needs rows of left, top, right, bottom, score and class as the first output, but it has the shape [{string.Join(", ", sequence.Output.Shape[1..])}]; export the network with its suppression of overlapping boxes");
            var truth = sequence.Truths.Length > frame && sequence.Truths[frame] is FrameLabel.Boxes boxes ? boxes.Items : throw new OnnxException($"`{name}` needs boxes as labels");
            var found = new List<(LabelledBox, float Score)>();
            var output = sequence.Of(frame);
            for (var row = 0; row < output.Length; row += RowLength)
                if (output[row + 4] > 0)
                    found.Add((new(output[row], output[row + 1], (double)output[row + 2] - output[row], (double)output[row + 3] - output[row + 1], (int)output[row + 5]), output[row + 4]));
            return new(unit, truth, [.. found.OrderByDescending(one => one.Score)]);
        }
    }
}
