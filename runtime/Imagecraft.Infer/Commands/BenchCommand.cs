// `bench MODEL`: how long one inference takes. Unaware of what the outputs mean.

using System.Diagnostics;
using System.Text.Json;
using Imagecraft.Infer.Data;
using Imagecraft.Infer.Network;

namespace Imagecraft.Infer.Commands;

static class BenchCommand
{
    public static int Run(ReadOnlySpan<string> words, TextWriter output)
    {
        var arguments = new Arguments("bench", words, [Inputs.One, Inputs.Folder, "--shape", "--warmup", "--runs", "--threads"], ["--json"]);
        var threads = arguments.Number("--threads", 1, 1, 1024);
        var warmup = arguments.Number("--warmup", 10, 0, 1_000_000);
        var runs = arguments.Number("--runs", 100, 1, 10_000_000);
        var start = Stopwatch.GetTimestamp();
        using var net = Net.Load(arguments.Model, threads);
        var load = Stopwatch.GetElapsedTime(start);
        var inputs = Complete(net, Inputs.Read(arguments, net), arguments.Pairs("--shape"));
        net.Check(inputs);

        for (var i = 0; i < warmup; i++)
            net.Run(inputs);
        var milliseconds = new double[runs];
        for (var i = 0; i < runs; i++)
        {
            start = Stopwatch.GetTimestamp();
            net.Run(inputs);
            milliseconds[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        var figures = Figures.Of(milliseconds, load.TotalMilliseconds, Memory.PeakBytes(), threads, warmup);
        output.WriteLine(arguments.Has("--json") ? Json(arguments.Model, figures) : Text(figures));
        return ExitCode.Done;
    }

    /// <summary>Inputs that were not given are zeros of the model's shape, or of <c>--shape NAME=1,512</c>.</summary>
    static Dictionary<string, Tensor> Complete(Net net, Dictionary<string, Tensor> inputs, Dictionary<string, string> shapes)
    {
        foreach (var (name, text) in shapes)
            inputs.TryAdd(name, Tensor.Zeros(net.Input(name).Type, InputFile.ParseShape(text)));
        foreach (var port in net.Inputs.Where(port => !inputs.ContainsKey(port.Name)))
            inputs[port.Name] = port.IsFixed
                ? Tensor.Zeros(port.Type, port.Shape)
                : throw new InferException($"Input `{port.Name}` has the free shape {Tensor.Format(port.Shape)}, give --shape {port.Name}=SIZES or --input {port.Name}=FILE");
        return inputs;
    }

    static string Text(Figures figures) => string.Join('\n',
        $"load        {figures.LoadMilliseconds:F3} ms",
        $"runs        {figures.Runs} after {figures.Warmup} for warm-up, {figures.Threads} threads",
        $"p50         {figures.P50:F3} ms",
        $"p90         {figures.P90:F3} ms",
        $"p99         {figures.P99:F3} ms",
        $"max         {figures.Max:F3} ms",
        $"throughput  {figures.PerSecond:F1} per second",
        $"peak memory {figures.PeakBytes / 1024} KiB");

    static string Json(string model, Figures figures)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("model", model);
            writer.WriteNumber("threads", figures.Threads);
            writer.WriteNumber("warmup", figures.Warmup);
            writer.WriteNumber("runs", figures.Runs);
            writer.WriteNumber("load_ms", figures.LoadMilliseconds);
            writer.WriteNumber("p50_ms", figures.P50);
            writer.WriteNumber("p90_ms", figures.P90);
            writer.WriteNumber("p99_ms", figures.P99);
            writer.WriteNumber("max_ms", figures.Max);
            writer.WriteNumber("per_second", figures.PerSecond);
            writer.WriteNumber("peak_bytes", figures.PeakBytes);
            writer.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
