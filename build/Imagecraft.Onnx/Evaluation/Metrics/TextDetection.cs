// Boxes of text from a map of probabilities, and how well they meet the true ones. Unaware of the float network.
// Sources: M. Liao and others, "Real-time scene text detection with differentiable binarization", 2020, section 3.4 (from map to boxes);
// D. Karatzas and others, "ICDAR 2015 competition on robust reading", 2015 (a box is right when it overlaps a true one by more than half).

using System.Collections.Immutable;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation.Statistics;

namespace Imagecraft.Onnx.Evaluation.Metrics;

static class TextDetection
{
    const double LeastOverlap = 0.5;

    /// <summary>Narrower regions are grains.</summary>
    const int LeastSide = 3;

    /// <summary>The harmonic mean of precision and recall: twice the pairs divided by all boxes, found and true ones; 1 when there are none.</summary>
    public static WeightedFigure HarmonicMean(IReadOnlyList<ScoredSequence> sequences, float threshold, double boxScore, double unclip) => Tallies.Figure(sequences.Select(sequence =>
    {
        var shape = sequence.Output.Shape;
        if (shape.Length < 3 || shape[1..^2].Any(size => size != 1))
            throw new OnnxException($"`hmean` needs a map [1, 1, height, width] as the first output, but it has the shape [{string.Join(", ", shape[1..])}]");
        var sums = new double[2];
        for (var frame = 0; frame < sequence.Count; frame++)
        {
            var truth = sequence.Truths.Length > frame && sequence.Truths[frame] is FrameLabel.Boxes boxes ? boxes.Items : throw new OnnxException("`hmean` needs boxes as labels");
            foreach (var value in sequence.Of(frame))
                sums[0] += float.IsNaN(value) ? double.NaN : 0;
            var found = Find(sequence.Of(frame), (int)shape[^1], threshold, boxScore, unclip);
            sums[0] += Pairs(truth, found);
            sums[1] += truth.Length + found.Count;
        }
        return sums;
    }), sums => sums[1] == 0 ? 1 : 2 * sums[0] / sums[1]);

    /// <summary>Upright boxes of the connected regions above the threshold whose mean is at least the score; they grow by area times <paramref name="unclip"/> by circumference, as the network was trained on shrunken ones.</summary>
    public static List<LabelledBox> Find(ReadOnlySpan<float> map, int width, float threshold, double boxScore, double unclip)
    {
        var (boxes, seen, pending) = (new List<LabelledBox>(), new bool[map.Length], new Stack<int>());
        for (var start = 0; start < map.Length; start++)
        {
            if (seen[start] || !(map[start] > threshold))
                continue;
            var (left, top, right, bottom) = (width, map.Length, 0, 0);
            seen[start] = true;
            pending.Push(start);
            while (pending.TryPop(out var at))
            {
                var (x, y) = (at % width, at / width);
                (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
                for (var next = 0; next < 9; next++)
                {
                    var (nextX, nextY) = (x + (next % 3) - 1, y + (next / 3) - 1);
                    var neighbour = (nextY * width) + nextX;
                    if (nextX < 0 || nextX >= width || neighbour < 0 || neighbour >= map.Length || seen[neighbour] || !(map[neighbour] > threshold))
                        continue;
                    seen[neighbour] = true;
                    pending.Push(neighbour);
                }
            }
            var (wide, high) = (right - left + 1, bottom - top + 1);
            if (Math.Min(wide, high) < LeastSide || Mean(map, width, left, top, wide, high) < boxScore)
                continue;
            var grow = unclip * wide * high / (2 * (wide + high));
            boxes.Add(new(left - grow, top - grow, wide + (2 * grow), high + (2 * grow)));
        }
        return boxes;
    }

    /// <summary>Each true box with the first found one that overlaps it enough and is not taken.</summary>
    public static int Pairs(ImmutableArray<LabelledBox> truth, List<LabelledBox> found)
    {
        var free = found.ToList();
        return truth.Count(box => free.FindIndex(other => box.Overlap(other) > LeastOverlap) is >= 0 and var at && Take(at));

        bool Take(int at)
        {
            free.RemoveAt(at);
            return true;
        }
    }

    static double Mean(ReadOnlySpan<float> map, int width, int left, int top, int wide, int high)
    {
        var sum = 0.0;
        for (var y = top; y < top + high; y++)
            foreach (var value in map.Slice((y * width) + left, wide))
                sum += value;
        return sum / wide / high;
    }
}
