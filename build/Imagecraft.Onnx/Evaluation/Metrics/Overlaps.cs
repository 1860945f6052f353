// How far maps of pixels cover each other. Unaware of the float network.
// Source of the mean over classes: M. Everingham and others, "The PASCAL Visual Object Classes Challenge", 2010, section 4.2 (segmentation).

using System.Collections.Immutable;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation.Statistics;

namespace Imagecraft.Onnx.Evaluation.Metrics;

static class Overlaps
{
    const int Void = 255;

    /// <summary>
    /// Pixels of a class in both maps, divided by those in one or the other, over all frames together; 1 when there are none. An output of one value a pixel has the class 1 above
    /// the threshold; of several ([classes, height, width]) the largest decides, and the figure is the mean over the classes that occur.
    /// </summary>
    public static WeightedFigure Of(IReadOnlyList<ScoredSequence> sequences, float threshold)
    {
        var classes = Classes(sequences[0], 0);
        // One class and the rest, which is not judged; or several, all of which are.
        var judged = classes == 1 ? 1..2 : 0..classes;
        var truth = new long[2];
        var figure = Tallies.Figure(sequences.Select(sequence => Count(sequence, classes, threshold, truth)), sums =>
        {
            var ratios = Enumerable.Range(0, sums.Length / 2).Take(judged).Select(i => (Both: sums[2 * i], Either: sums[(2 * i) + 1])).Where(pair => pair.Either != 0).Select(pair => pair.Both / pair.Either).ToArray();
            return ratios.Length == 0 ? 1 : ratios.Average();
        });
        // Masks of black and white: whatever a network says of them would cover what is left.
        return truth is [0, > 0 and var left] ? throw new OnnxException($"The label maps have no pixel of a class but 0, and {left} of {Void}, which do not count; write 1 where the class is, and {Void} only where nobody knows") : figure;
    }

    /// <summary>The map that an output of one value a pixel, or one a class, amounts to.</summary>
    /// <exception cref="OnnxException">The shape looks as if the classes came last: the first two sizes are equal, or both much larger than the last.</exception>
    public static FrameLabel Read(ReadOnlySpan<float> output, ReadOnlySpan<long> shape, float threshold)
    {
        var classes = Classes(shape);
        if (classes > 1 && (classes == shape[^2] ? shape[^1] != shape[^2] : classes >= 2 * shape[^1] && shape[^2] >= 2 * shape[^1]))
            throw new OnnxException($"`iou` needs the classes before height and width, but the first output has the shape [{string.Join(", ", shape.ToArray())}], in which they seem to come last; transpose it at the end of the network, or bring labels and remove `against: float`");
        return new FrameLabel.Map(ImmutableArray.Create(Map(output, classes, threshold)));
    }

    /// <summary>How many classes the shape of a frame has: [classes, height, width], also behind the batch; one where a single channel comes last.</summary>
    public static int Classes(ReadOnlySpan<long> shape) => shape switch
    {
        [.., 1] => 1,
        [_, > 0 and var several, _, _, ..] => (int)several,
        [> 0 and var alone, _, _] => (int)alone,
        _ => 1,
    };

    static int Classes(ScoredSequence sequence, int frame)
    {
        var (values, pixels) = (sequence.Of(frame).Length, Truth(sequence, frame).Length);
        if (pixels > 0 && values > pixels && values % pixels == 0 && sequence.Output.Shape.Skip(1).SkipWhile(size => size == 1).FirstOrDefault() != values / pixels)
            throw new OnnxException($"`iou` needs the {values / pixels} classes before height and width, but the first output has the shape [{string.Join(", ", sequence.Output.Shape[1..])}]; transpose it at the end of the network");
        return pixels > 0 && values % pixels == 0 ? values / pixels : throw new OnnxException($"`iou` needs one value, or one a class, for each pixel of the labels, but the first output has {values} for {pixels} pixels; label maps must be of the size of the output");
    }

    static ImmutableArray<int> Truth(ScoredSequence sequence, int frame) =>
        sequence.Truths.Length > frame && sequence.Truths[frame] is FrameLabel.Map map ? map.Classes : throw new OnnxException("`iou` needs maps of pixels as labels");

    /// <param name="sequence">A unit.</param>
    /// <param name="classes">Values of a pixel.</param>
    /// <param name="threshold">Of one value.</param>
    /// <param name="seen">Gets how many pixels are of other classes than 0, and how many of none.</param>
    static double[] Count(ScoredSequence sequence, int classes, float threshold, long[] seen)
    {
        var sums = new double[2 * Math.Max(classes, 2)];
        for (var frame = 0; frame < sequence.Count; frame++)
        {
            var output = sequence.Of(frame);
            var truth = Truth(sequence, frame);
            if (Classes(sequence, frame) != classes)
                throw new OnnxException("`iou` needs label maps of one size");
            foreach (var value in output)
                sums[0] += float.IsNaN(value) ? double.NaN : 0;
            var said = Map(output, classes, threshold);
            for (var pixel = 0; pixel < said.Length; pixel++)
            {
                var (here, there) = (said[pixel], truth[pixel]);
                if (there == Void)
                    seen[1]++;
                if (there is < 0 or Void)
                    continue;
                seen[0] += there > 0 ? 1 : 0;
                if (there >= sums.Length / 2)
                    throw new OnnxException($"A pixel has the label {there}, but the first output has {sums.Length / 2} classes");
                sums[(2 * here) + 1]++;
                sums[2 * here] += here == there ? 1 : 0;
                sums[(2 * there) + 1] += here == there ? 0 : 1;
            }
        }
        // What is not a number spoils all classes, also those that are not judged.
        if (double.IsNaN(sums[0]))
            Array.Fill(sums, double.NaN);
        return sums;
    }

    static int[] Map(ReadOnlySpan<float> output, int classes, float threshold)
    {
        var map = new int[output.Length / classes];
        for (var pixel = 0; pixel < map.Length; pixel++)
        {
            if (classes == 1)
                map[pixel] = output[pixel] > threshold ? 1 : 0;
            for (var i = 1; i < classes; i++)
                if (output[(i * map.Length) + pixel] > output[(map[pixel] * map.Length) + pixel])
                    map[pixel] = i;
        }
        return map;
    }
}
