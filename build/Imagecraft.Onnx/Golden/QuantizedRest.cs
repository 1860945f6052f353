// Whether quantization left something of each output. Unaware of who computed them.

using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Golden;

/// <summary>
/// A gate looks at one output. Here every one is held against the float network's on the golden frames: what differs must be less than what is there. Carried outputs may drift, and for an output with a tolerance of its own
/// the recipe has said what is allowed.
/// </summary>
sealed class QuantizedRest(ModelOptions options)
{
    /// <summary>Largest share of the noise's squares in those of the output: 1 dB.</summary>
    const double MostNoise = 0.8;

    readonly Dictionary<string, (double Signal, double Noise)> sums = [];

    /// <summary>Takes the outputs of one sample.</summary>
    public void Add(IReadOnlyDictionary<string, TypedTensor> floating, IReadOnlyDictionary<string, TypedTensor> quantized)
    {
        foreach (var (name, wanted) in floating.Where(pair => !pair.Value.IsWhole && !options.Carry.ContainsValue(pair.Key) && !options.Tolerance.Outputs.ContainsKey(pair.Key)))
        {
            var (signal, noise) = sums.GetValueOrDefault(name);
            var given = quantized[name];
            for (var i = 0; i < Math.Min(wanted.Count, given.Count); i++)
            {
                // What is infinite or not a number in both is the same, and tells nothing of the size of either.
                var (here, there) = (wanted.At(i), given.At(i));
                signal += double.IsFinite(here) ? here * here : 0;
                noise += here.Equals(there) ? 0 : (there - here) * (there - here);
            }
            sums[name] = (signal, noise);
        }
    }

    /// <summary>An <see cref="OnnxException"/> that names an output of which next to nothing is left.</summary>
    public void Check()
    {
        foreach (var (name, (signal, noise)) in sums.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            if (!double.IsFinite(noise))
                throw new OnnxException($"Quantization makes values of the output `{name}` of `{options.Name}` infinite or no numbers on the golden frames, or finite where the float network's are not; leave layers before it float by `exclude`");
            else if (signal > 0 && noise > MostNoise * signal)
                throw new OnnxException(FormattableString.Invariant($"Quantization leaves next to nothing of the output `{name}` of `{options.Name}`: on the golden frames it changes {100 * noise / signal:0} % of the sum of squares; leave layers before it float by `exclude`, or say by `quantize: {{ tolerance: {{ outputs: {{ {name}: ... }} }} }}` what is allowed"));
    }
}
