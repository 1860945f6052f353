// `run MODEL`: from input files to output files, and comparison with what is expected. Unaware of timing.

using Imagecraft.Infer.Data;
using Imagecraft.Infer.Network;

namespace Imagecraft.Infer.Commands;

static class RunCommand
{
    public static int Run(ReadOnlySpan<string> words, TextWriter output)
    {
        var arguments = new Arguments("run", words,
            [Inputs.One, Inputs.Folder, "--output", "--sequence", "--carry", "--expect", "--tolerance", "--mean-min", "--mean-max", .. Loading.Options], Loading.Flags);
        using var net = Net.Load(arguments.Model, Loading.Read(arguments, arguments.Model));
        var inputs = Inputs.Read(arguments, net);
        var outputs = Compute(net, inputs, arguments);

        if (arguments.Last("--output") is { } folder)
            foreach (var (name, tensor) in outputs)
                Npy.Write(Path.Combine(folder, Npy.FileName(name)), tensor);
        foreach (var (name, tensor) in outputs)
            output.WriteLine($"output `{name}`: {tensor.Type.Name()} {Tensor.Format(tensor.Shape)}, mean {Comparison.Mean(tensor):G6}");

        var good = true;
        if (arguments.Last("--expect") is { } expected)
            good &= MatchesGolden(outputs, expected, arguments.Decimal("--tolerance") ?? 0, output);
        return good & MeanIsWithin(net, outputs, arguments, output) ? ExitCode.Done : ExitCode.Mismatch;
    }

    static Dictionary<string, Tensor> Compute(Net net, Dictionary<string, Tensor> inputs, Arguments arguments)
    {
        var carries = arguments.Pairs("--carry");
        string[] sequences = [.. arguments.All("--sequence").Distinct()];
        if (sequences.Length > 0)
            return new Stepper(sequences, carries).Run(net, inputs);
        if (carries.Count > 0)
            throw new InferException("`--carry` needs `--sequence INPUT`, the input whose leading dimension is stepped over");
        net.Check(inputs);
        return net.Run(inputs);
    }

    static bool MatchesGolden(Dictionary<string, Tensor> outputs, string folder, double tolerance, TextWriter output)
    {
        var good = true;
        var found = 0;
        foreach (var (name, tensor) in outputs)
        {
            var path = Path.Combine(folder, Npy.FileName(name));
            if (!File.Exists(path))
                continue;
            found++;
            var deviation = Comparison.Of(tensor, Npy.Read(path), new(tolerance), path);
            good &= deviation.Passes;
            output.WriteLine($"{(deviation.Passes ? "golden" : "MISMATCH")} `{name}`: largest deviation {deviation.Largest:G6}, tolerance {tolerance:G6}{VerifyReport.Unlike(deviation)}");
        }
        return found > 0 ? good : throw new InferException($"The folder `{folder}` has no golden output, expected at least one of [{string.Join(", ", outputs.Keys.Select(Npy.FileName))}]");
    }

    static bool MeanIsWithin(Net net, Dictionary<string, Tensor> outputs, Arguments arguments, TextWriter output)
    {
        var carried = arguments.Pairs("--carry").Values;
        var name = (net.Outputs.FirstOrDefault(port => !carried.Contains(port.Name)) ?? net.Outputs[0]).Name;
        var mean = Comparison.Mean(outputs[name]);
        var (least, most) = (arguments.Decimal("--mean-min"), arguments.Decimal("--mean-max"));
        var good = !(mean < least) && !(mean > most) && !double.IsNaN(mean);
        if (least is null && most is null)
            return true;
        output.WriteLine($"{(good ? "mean" : "MISMATCH")} of `{name}`: {mean:G6}, allowed {least?.ToString("G6") ?? "any"} to {most?.ToString("G6") ?? "any"}");
        return good;
    }
}
