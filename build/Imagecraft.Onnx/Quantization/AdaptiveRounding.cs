// Rounds the weights of a layer up or down so that its outputs err least. Unaware of how integers are written into a graph.

using System.Numerics.Tensors;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Quantization.Calibration;

namespace Imagecraft.Onnx.Quantization;

/// <summary>
/// To round each weight to the nearest is not best for their sum: on inputs that are large together errors of one sign add up. Sample data tell which are; starting at the nearest, one weight after the other is rounded the other way
/// where that makes the mean square error of the layer's output smaller, until none is left. Roundings that were found are kept, so asking again for the same layers costs nothing.
/// </summary>
/// <param name="probe">Runs the float network.</param>
/// <param name="sequences">Stacks of frames.</param>
/// <param name="options">Type and range of weights.</param>
/// <remarks>
/// Source of the problem: M. Nagel et al., "Up or Down? Adaptive Rounding for Post-Training Quantization" (AdaRound), 2020, section 3: one quadratic problem in binary variables for each output. There it is relaxed and solved by
/// gradients; here by descent along coordinates, which needs no random numbers and no rate.
/// </remarks>
sealed class AdaptiveRounding(ActivationProbe probe, IEnumerable<FloatTensor> sequences, QuantizationOptions options)
{
    // Added to the diagonal, as a share of its mean, so that inputs that hardly vary decide nothing.
    const double Damping = 0.01;

    // Most gain nothing after a few.
    const int MostSweeps = 20;

    readonly Dictionary<string, QuantizedWeights> made = [];

    /// <summary>Rounded weights by the name of what they were rounded from, since nodes may be named alike; those that are shared, of too many inputs or of other kinds are not there.</summary>
    /// <param name="index">The float network.</param>
    /// <param name="nodes">Its layers.</param>
    /// <param name="cancellationToken">Stops between frames and layers.</param>
    public IReadOnlyDictionary<string, QuantizedWeights> Of(GraphIndex index, IEnumerable<PlannedNode> nodes, CancellationToken cancellationToken)
    {
        var batch = new List<Layer>();
        foreach (var layer in nodes.Select(planned => Find(index, planned)).OfType<Layer>())
        {
            if (batch.Count > 0 && batch.Sum(other => other.Bytes) + layer.Bytes > InputProducts.Budget)
                Flush();
            batch.Add(layer);
        }
        Flush();
        return made;

        void Flush()
        {
            foreach (var layer in batch)
                layer.Products = [.. Enumerable.Range(0, layer.Rows.Groups).Select(_ => new InputProducts(layer.Rows.Size))];
            var readers = batch.ToLookup(layer => layer.Planned.Activations[0]);
            probe.Observe([.. readers.Select(group => group.Key)], sequences, (name, shape, span) =>
            {
                foreach (var layer in readers[name])
                    layer.Rows.AddTo(layer.Products, shape, span);
            }, cancellationToken);
            foreach (var layer in batch)
                made.Add(layer.Name, Round(layer, cancellationToken));
            batch.Clear();
        }
    }

    Layer? Find(GraphIndex index, PlannedNode planned)
    {
        var (node, rule) = (planned.Node, planned.Rule);
        if (rule.Family != Operators.OperatorFamily.Weighted || made.ContainsKey(node.Input[rule.Weights]) || index.Consumers(node.Input[rule.Weights]).Count > 1)
            return null;
        var weights = index.Constant(node.Input[rule.Weights])!;
        return InputRows.Of(node, weights.Dims) is { Size: > 0 and <= InputProducts.MostInputs } rows ? new(node.Input[rule.Weights], planned, rows, [.. weights.Dims], WeightWriter.Finite(weights, node, index.File), options.PerChannel ? rule.ChannelAxis(node, weights) : null) : null;
    }

    QuantizedWeights Round(Layer layer, CancellationToken cancellationToken)
    {
        var nearest = WeightQuantizer.Quantize(layer.Weights, layer.Shape, layer.Axis, options.WeightType, options.ReduceRange);
        var (rows, integers) = (layer.Rows, nearest.Integers.ToArray());
        var (weights, rounded) = (new double[rows.Size], new int[rows.Size]);
        for (var group = 0; group < rows.Groups; group++)
        {
            // What biases take back does not count.
            if (options.BiasCorrection && layer.Planned.Rule.Layout is not null)
                layer.Products[group].Center();
            var h = Whole(layer.Products[group].Sums, rows.Size);
            for (var output = group * rows.Outputs; output < (group + 1) * rows.Outputs; output++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var scale = (double)nearest.Scales[output % nearest.Scales.Length];
                for (var input = 0; input < rows.Size; input++)
                {
                    var at = rows.Weight(output, input);
                    weights[input] = layer.Weights[at] / scale;
                    rounded[input] = unchecked((sbyte)(integers[at] - nearest.ZeroPoint));
                }
                Improve(rounded, weights, WeightQuantizer.Limit(options.ReduceRange), h);
                for (var input = 0; input < rows.Size; input++)
                    integers[rows.Weight(output, input)] = unchecked((byte)(rounded[input] + nearest.ZeroPoint));
            }
        }
        layer.Products = [];
        return nearest with { Integers = integers };
    }

    /// <summary>Rounds weights the other way, one or two at a time, as long as that makes eᵀHe smaller, where e is what rounding took away. One alone changes a sum by whole steps, two by what is between them.</summary>
    /// <param name="rounded">The weights, rounded to the nearest.</param>
    /// <param name="weights">Weights in steps.</param>
    /// <param name="limit">The largest integer.</param>
    /// <param name="h">The symmetric matrix H, row by row.</param>
    internal static void Improve(Span<int> rounded, ReadOnlySpan<double> weights, int limit, double[] h)
    {
        var size = weights.Length;
        // What the error of each weight would change by, zero where there is no other integer; and half of the derivative by it.
        var (steps, gradient) = (new double[size], new double[size]);
        for (var i = 0; i < size; i++)
        {
            var error = weights[i] - rounded[i];
            steps[i] = rounded[i] - Math.Clamp(rounded[i] + Math.Sign(error), -limit, limit);
            TensorPrimitives.MultiplyAdd(h.AsSpan(i * size, size), error, gradient, gradient);
        }
        var isBetter = true;
        for (var sweep = 0; isBetter && sweep < MostSweeps; sweep++)
        {
            isBetter = false;
            for (var i = 0; i < size; i++)
            {
                if (steps[i] == 0)
                    continue;
                var row = h.AsSpan(i * size, size);
                var alone = steps[i] * ((2 * gradient[i]) + (steps[i] * row[i]));
                var (best, partner) = (alone, i);
                for (var j = 0; j < size; j++)
                {
                    var both = alone + (steps[j] * ((2 * (gradient[j] + (steps[i] * row[j]))) + (steps[j] * h[(j * size) + j])));
                    if (both < best && j != i)
                        (best, partner) = (both, j);
                }
                // A gain of nothing but rounding of doubles would go to and fro.
                if (best >= -1e-9 * row[i])
                    continue;
                Turn(i, rounded);
                if (partner != i)
                    Turn(partner, rounded);
                isBetter = true;
            }
        }

        void Turn(int i, Span<int> integers)
        {
            TensorPrimitives.MultiplyAdd(h.AsSpan(i * size, size), steps[i], gradient, gradient);
            integers[i] -= (int)steps[i];
            steps[i] = -steps[i];
        }
    }

    /// <summary>Both halves, with the damping.</summary>
    static double[] Whole(double[] upper, int size)
    {
        var mean = 0.0;
        for (var i = 0; i < size; i++)
            mean += upper[(i * size) + i] / size;
        for (var i = 0; i < size; i++)
        {
            upper[(i * size) + i] += Damping * mean;
            for (var j = i + 1; j < size; j++)
                upper[(j * size) + i] = upper[(i * size) + j];
        }
        return upper;
    }

    sealed record Layer(string Name, PlannedNode Planned, InputRows Rows, long[] Shape, float[] Weights, int? Axis)
    {
        public InputProducts[] Products { get; set; } = [];

        public long Bytes => Rows.Groups * InputProducts.BytesOf(Rows.Size);
    }
}
