// Judges what a network says about samples. Unaware of how it was computed.

using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Golden;

/// <summary>What came out for one sample.</summary>
/// <param name="Sample">Its name.</param>
/// <param name="Frames">How many frames it has.</param>
/// <param name="Mean">Mean of the first output.</param>
/// <param name="Deviation">Largest deviation of the deployed model from the original.</param>
public sealed record SampleResult(string Sample, int Frames, double Mean, double Deviation);

/// <summary>The gate that a wrong or broken network does not pass.</summary>
public static class Expectations
{
    /// <summary>An <see cref="OnnxException"/> that lists every sample outside its limits.</summary>
    public static void Check(IReadOnlyList<SampleResult> results, IReadOnlyList<Expectation> expectations, string model)
    {
        var problems = new List<string>();
        foreach (var expectation in expectations)
        {
            var result = results.FirstOrDefault(result => result.Sample == expectation.Sample)
                ?? throw new OnnxException($"`expect` of `{model}` names the sample `{expectation.Sample}`, but there are [{string.Join(", ", results.Select(result => result.Sample))}]");
            if (!(result.Mean >= (expectation.Min ?? double.NegativeInfinity) && result.Mean <= (expectation.Max ?? double.PositiveInfinity)))
                problems.Add(FormattableString.Invariant($"`{result.Sample}` has {result.Mean:0.####}, allowed is {expectation.Min?.ToString("0.####") ?? "any"} to {expectation.Max?.ToString("0.####") ?? "any"}"));
        }
        if (problems.Count > 0)
            throw new OnnxException($"The mean of the first output of `{model}` is not as expected: {string.Join("; ", problems)}");
    }

    /// <summary>Arithmetic mean of all values.</summary>
    public static double Mean(FloatTensor tensor) => tensor.Values.Sum(value => (double)value) / tensor.Values.Length;
}
