// How what rounding leaves of one weight is made up for by those after it. Unaware of graphs and of integers.

using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Quantization.Calibration;

namespace Imagecraft.Onnx.Quantization;

/// <summary>
/// From the products of inputs, as calibration data have them, to the factors by which the error of a rounded weight goes on to the weights of later inputs: those that tend to be large together take over from each other.
/// Sums run one number after the other in double precision, so they are the same on every processor.
/// </summary>
/// <remarks>Source of the method: E. Frantar et al., "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers", 2022, algorithm 1.</remarks>
sealed class RoundingFeedback
{
    // Added to the diagonal, as a share of its mean, so that inputs that hardly vary decide nothing.
    const double Damping = 0.01;

    readonly double[] factors;
    readonly int size;

    RoundingFeedback(double[] factors, int size) => (this.factors, this.size) = (factors, size);

    /// <summary>Makes the factors of values within a network.</summary>
    /// <param name="probe">Runs the float network.</param>
    /// <param name="sequences">Stacks of frames.</param>
    /// <param name="values">What matrix products read, each with the number of their inputs: the last dimension.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public static Dictionary<string, RoundingFeedback> Measure(ActivationProbe probe, IEnumerable<FloatTensor> sequences, IEnumerable<(string Name, int Inputs)> values, CancellationToken cancellationToken)
    {
        var made = new Dictionary<string, RoundingFeedback>();
        var batch = new Dictionary<string, InputProducts>();
        foreach (var (name, inputs) in values.Where(value => value.Inputs <= InputProducts.MostInputs).DistinctBy(value => value.Name))
        {
            if (batch.Count > 0 && batch.Values.Sum(products => products.Bytes) + InputProducts.BytesOf(inputs) > InputProducts.Budget)
                Flush();
            batch.Add(name, new(inputs));
        }
        if (batch.Count > 0)
            Flush();
        return made;

        void Flush()
        {
            probe.Observe(batch.Keys, sequences, (name, _, span) => Add(batch[name], span, probe.NotFinite, name), cancellationToken);
            foreach (var (name, products) in batch)
                made.Add(name, Of(products.Sums));
            batch.Clear();
        }
    }

    static void Add(InputProducts products, ReadOnlySpan<float> values, Func<string, OnnxException> notFinite, string name)
    {
        foreach (var value in values)
            if (!float.IsFinite(value))
                throw notFinite(name);
        for (; values.Length >= products.Size; values = values[products.Size..])
            products.Add(values[..products.Size]);
    }

    /// <summary>The factors of a matrix of products, of which the upper half is read and which is changed.</summary>
    internal static RoundingFeedback Of(double[] sums)
    {
        var size = (int)Math.Sqrt(sums.Length);
        var mean = 0.0;
        for (var i = 0; i < size; i++)
            mean += sums[(i * size) + i] / size;
        for (var i = 0; i < size; i++)
            sums[(i * size) + i] += mean > 0 ? Damping * mean : 1;
        Factor(sums, size);
        return new(Inverse(sums, size), size);
    }

    /// <summary>Replaces the upper half of H by the upper triangle M of H = M Mᵀ.</summary>
    static void Factor(double[] h, int size)
    {
        for (var j = size - 1; j >= 0; j--)
        {
            var own = h.AsSpan(j * size, size);
            own[j] = Math.Sqrt(own[j] - Dot(own[(j + 1)..], own[(j + 1)..]));
            for (var i = 0; i < j; i++)
            {
                var row = h.AsSpan(i * size, size);
                row[j] = (row[j] - Dot(row[(j + 1)..], own[(j + 1)..])) / own[j];
            }
        }
    }

    /// <summary>The inverse of an upper triangle: the upper triangle U of H⁻¹ = Uᵀ U.</summary>
    static double[] Inverse(double[] m, int size)
    {
        var inverse = new double[m.Length];
        for (var i = size - 1; i >= 0; i--)
        {
            var row = inverse.AsSpan(i * size, size);
            for (var k = i + 1; k < size; k++)
            {
                var factor = m[(i * size) + k];
                var other = inverse.AsSpan(k * size, size);
                for (var j = k; j < size; j++)
                    row[j] -= factor * other[j];
            }
            var diagonal = m[(i * size) + i];
            for (var j = i + 1; j < size; j++)
                row[j] /= diagonal;
            row[i] = 1 / diagonal;
        }
        return inverse;
    }

    static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }

    /// <summary>Lets the weights after one make up for its error.</summary>
    /// <param name="weights">Those of one output, in the order of the inputs; changed behind <paramref name="at"/>.</param>
    /// <param name="at">The weight that was rounded.</param>
    /// <param name="error">What it was before, less what it is now.</param>
    public void Spread(Span<double> weights, int at, double error)
    {
        var row = factors.AsSpan(at * size, size);
        var step = error / row[at];
        for (var j = at + 1; j < size; j++)
            weights[j] -= step * row[j];
    }
}
