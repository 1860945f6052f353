// `verify MODEL-FOLDER`: whether this machine reproduces a deployed model's golden outputs. Unaware of how they were made.

using System.Globalization;
using System.Text;
using System.Text.Json;
using Imagecraft.Infer.Data;
using Imagecraft.Infer.Deployed;
using Imagecraft.Infer.Network;

namespace Imagecraft.Infer.Commands;

static class VerifyCommand
{
    public static int Run(ReadOnlySpan<string> words, TextWriter output)
    {
        var arguments = new Arguments("verify", words, ["--threads"], ["--json"]);
        var folder = ModelFolder.Open(arguments.Model);
        using var net = Net.Load(folder.ModelPath, arguments.Number("--threads", 1, 1, 1024));
        var stepper = new Stepper(folder.Sequence(net), folder.Card.Carry);
        var results = new List<Result>();
        var problems = new List<string>();
        foreach (var sample in folder.Card.Samples)
        {
            try
            {
                var outputs = stepper.Run(net, folder.Inputs(sample, net));
                foreach (var port in net.Outputs)
                {
                    var path = folder.Expected(sample, port);
                    var (given, golden) = (outputs[port.Name], Npy.Read(path));
                    results.Add(new(sample, port.Name, Comparison.Largest(given, golden, path), Comparison.Outside(given, golden, folder.Card.Tolerance), folder.Card));
                }
            }
            catch (InferException problem)
            {
                problems.Add(problem.Message);
            }
        }
        if (!arguments.Has("--json"))
            output.WriteLine(Text(results, folder));
        // Every damaged sample is told at once; what the others gave is already printed.
        if (problems.Count > 0)
            throw new InferException(string.Join("; ", problems));
        if (arguments.Has("--json"))
            output.WriteLine(Json(results, folder));
        return results.TrueForAll(result => result.Passes) ? ExitCode.Done : ExitCode.Mismatch;
    }

    static string Text(List<Result> results, ModelFolder folder) => string.Join('\n',
    [
        .. results.Select(result => string.Create(CultureInfo.InvariantCulture,
            $"{(result.Passes ? "golden" : "MISMATCH")} `{result.Sample.Name}` `{result.Output}`: largest deviation {result.Deviation:G6}, tolerance {result.Card.Tolerance:G6}{Share(result)}, {result.Sample.Frames} frames")),
        $"{results.Count(result => result.Passes)} of {results.Count} outputs of {folder.Card.Samples.Count} samples reproduced",
    ]);

    // Only where a share of the values may lie outside is it of interest.
    static string Share(Result result) => result.Card.Outliers == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" but for {result.Outside:P3} of the values, {result.Card.Outliers:P3} may");

    static string Json(List<Result> results, ModelFolder folder)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("model", folder.ModelPath);
            writer.WriteBoolean("passed", results.TrueForAll(result => result.Passes));
            writer.WriteNumber("tolerance", folder.Card.Tolerance);
            writer.WriteNumber("outliers", folder.Card.Outliers);
            writer.WriteStartArray("outputs");
            foreach (var result in results)
            {
                writer.WriteStartObject();
                writer.WriteString("sample", result.Sample.Name);
                writer.WriteString("output", result.Output);
                writer.WriteNumber("frames", result.Sample.Frames);
                writer.WriteBoolean("passed", result.Passes);
                // JSON has no infinity, which is the deviation where one of two values is not a number.
                if (double.IsFinite(result.Deviation))
                    writer.WriteNumber("deviation", result.Deviation);
                else
                    writer.WriteNull("deviation");
                writer.WriteNumber("outside", result.Outside);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <param name="Deviation">Largest absolute deviation over all frames.</param>
    /// <param name="Outside">Share of the values that deviate by more than the tolerance.</param>
    sealed record Result(CardSample Sample, string Output, double Deviation, double Outside, ModelCard Card)
    {
        public bool Passes => Outside <= Card.Outliers;
    }
}
