// Finds the mean of each channel of activations from sample data. Unaware of weights and integers.

using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Quantization.Calibration;

/// <summary>Runs the float network over sample data. Means found are kept, so asking again for the same values costs nothing.</summary>
/// <param name="probe">Runs the network.</param>
/// <param name="sequences">Stacks of frames.</param>
sealed class ChannelMeans(ActivationProbe probe, IEnumerable<FloatTensor> sequences)
{
    readonly Dictionary<string, float[]> means = [];

    /// <summary>The mean of each index of the second axis, over all others and all frames.</summary>
    /// <param name="values">Names of values of at least two dimensions.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public IReadOnlyDictionary<string, float[]> Of(IEnumerable<string> values, CancellationToken cancellationToken)
    {
        var missing = values.Distinct().Where(value => !means.ContainsKey(value)).ToArray();
        if (missing.Length == 0)
            return means;
        var sums = new Dictionary<string, Sums>();
        probe.Observe(missing, sequences, (name, shape, span) =>
        {
            if (!sums.TryGetValue(name, out var sum))
                sums.Add(name, sum = new((int)shape[1]));
            sum.Add(shape, span);
        }, cancellationToken);
        foreach (var (name, sum) in sums)
            means.Add(name, sum.Means);
        return means;
    }

    sealed class Sums(int channels)
    {
        readonly double[] totals = new double[channels];
        long count;

        public float[] Means => Array.ConvertAll(totals, total => count == 0 ? 0 : (float)(total / count));

        // One number after the other: in what order a vectorized sum adds depends on the build host's processor.
        public void Add(long[] shape, ReadOnlySpan<float> values)
        {
            if (values.Length == 0)
                return;
            var inner = values.Length / (int)(shape[0] * channels);
            for (var row = 0; row < shape[0] * channels; row++)
                foreach (var value in values.Slice(row * inner, inner))
                    totals[row % channels] += value;
            count += shape[0] * inner;
        }
    }
}
