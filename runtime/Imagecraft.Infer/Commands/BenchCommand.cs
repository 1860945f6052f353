// `bench MODEL`: how fast inferences are on this machine. Unaware of what the outputs mean.

using System.Diagnostics;
using Imagecraft.Infer.Bench;
using Imagecraft.Infer.Data;
using Imagecraft.Infer.Deployed;
using Imagecraft.Infer.Host;
using Imagecraft.Infer.Network;

namespace Imagecraft.Infer.Commands;

static class BenchCommand
{
    public static int Run(ReadOnlySpan<string> words, TextWriter output)
    {
        var arguments = new Arguments("bench", words,
            [Inputs.One, Inputs.Folder, "--shape", "--carry", "--scenario", "--queries", "--duration", "--warmup", "--cpus", "--realtime", .. Loading.Options], ["--json", .. Loading.Flags]);
        var scenario = Scenario.Of(arguments.Last("--scenario"));
        var warmup = arguments.Number("--warmup", 10, 0, 1_000_000);
        // Either minimum alone is all that is asked for; without both, LoadGen's hold.
        var (queries, duration) = (arguments.Last("--queries"), arguments.Decimal("--duration", 0, 86400));
        var leastQueries = arguments.Number("--queries", duration is null ? scenario.LeastQueries : 1, 1, int.MaxValue);
        var leastDuration = TimeSpan.FromSeconds(duration ?? (queries is null ? Scenario.LeastSeconds : 0));
        var cpus = arguments.Last("--cpus") is { } list ? CpuSet.Parse(list) : null;
        int? priority = arguments.Last("--realtime") is null ? null : arguments.Number("--realtime", 0, Realtime.LeastPriority, Realtime.MostPriority);
        var folder = Directory.Exists(arguments.Model) ? ModelFolder.Open(arguments.Model) : null;
        var path = folder?.ModelPath ?? arguments.Model;
        var how = Loading.Read(arguments, path);

        // Before the session starts its threads, which inherit both.
        if (cpus is not null)
            CpuSet.Pin(cpus);
        if (priority is { } fifo)
            Realtime.Enter(fifo);
        var start = Stopwatch.GetTimestamp();
        using var net = Net.Load(path, how);
        var load = Stopwatch.GetElapsedTime(start);
        var named = arguments.Pairs("--carry");
        var carries = named.Count > 0 || folder is null ? named : folder.Card.Carry;
        var inputs = Complete(net, Inputs.Read(arguments, net), arguments.Pairs("--shape"), folder);
        net.Check(inputs);
        start = Stopwatch.GetTimestamp();
        var outputs = net.Run(inputs);
        var first = Stopwatch.GetElapsedTime(start);

        var streams = new BoundStream[scenario.SamplesPerQuery];
        for (var i = 0; i < streams.Length; i++)
            streams[i] = new(net, inputs, outputs, carries);
        var before = net.Placement?.Work ?? default;
        var measured = Measurement.Run(streams, warmup, leastQueries, leastDuration);
        foreach (var stream in streams)
            stream.Dispose();
        var placement = net.Placement;
        var report = new BenchReport(path, scenario, how.Threads, net.IsArranged, cpus, priority, warmup, load.TotalMilliseconds, first.TotalMilliseconds, Memory.PeakBytes(), measured)
        {
            Shapes = net.Inputs.Where(port => !port.IsFixed).ToDictionary(port => port.Name, port => inputs[port.Name].Shape),
            Device = placement is null ? null : new(placement, placement.Work.Since(before), (warmup + measured.Latencies.Count) * streams.Length),
        };
        output.WriteLine(arguments.Has("--json") ? report.Json() : report.Text());
        return ExitCode.Done;
    }

    /// <summary>Inputs that were not given are zeros of the shape <c>--shape NAME=1,512</c>, the first golden frame of a deployed model, or zeros of the model's shape, the usual one where it has free axes.</summary>
    static Dictionary<string, Tensor> Complete(Net net, Dictionary<string, Tensor> inputs, Dictionary<string, string> shapes, ModelFolder? folder)
    {
        foreach (var (name, text) in shapes)
            inputs.TryAdd(name, Tensor.Zeros(net.Input(name).Type, InputFile.ParseShape(text)));
        if (folder?.Card.Samples is [var first, ..] && net.Inputs.Any(port => !inputs.ContainsKey(port.Name)))
            foreach (var (name, tensor) in folder.FirstFrame(first, net))
                inputs.TryAdd(name, tensor);
        foreach (var port in net.Inputs.Where(port => !inputs.ContainsKey(port.Name)))
            inputs[port.Name] = port.IsFixed
                ? Tensor.Zeros(port.Type, port.Shape)
                : net.UsualShape(port) is { } usual ? Tensor.Zeros(port.Type, usual)
                : throw new InferException($"Input `{port.Name}` has the free shape {Tensor.Format(port.Shape)}, give --shape {port.Name}=SIZES or --input {port.Name}=FILE");
        return inputs;
    }
}
