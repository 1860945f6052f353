// How long networks take on this host. Unaware of what they are compared for.

using System.Diagnostics;
using System.Runtime.InteropServices;
using Imagecraft.Onnx.Golden;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Microsoft.ML.OnnxRuntime;

namespace Imagecraft.Onnx.Execution;

/// <summary>Time of the processor on one thread, in milliseconds a run.</summary>
/// <param name="Least">The fastest run: what the network takes when nothing else is in its way, and the figure to compare.</param>
/// <param name="Median">Half of the runs are faster.</param>
/// <param name="Spread">The distance of the quartiles, as a share of the median: how much the machine did beside.</param>
public sealed record Latency(double Least, double Median, double Spread)
{
    /// <summary>Of the times of single runs.</summary>
    internal static Latency Of(IEnumerable<double> runs)
    {
        var sorted = runs.Order().ToArray();
        var median = sorted[sorted.Length / 2];
        return new(sorted[0], median, median > 0 ? (sorted[sorted.Length * 3 / 4] - sorted[sorted.Length / 4]) / median : 0);
    }
}

/// <summary>A network that is measured.</summary>
/// <param name="Path">Its file, of fixed inputs; these get noise.</param>
/// <param name="AtLoad">What the board does when it loads it, and this host likewise.</param>
public sealed record MeasuredNetwork(string Path, LoadOptimization AtLoad);

/// <summary>
/// Runs on one thread, loaded as a board loads it, by the thread's own clock: time in which others have the processor does not count. A measurement: it is never part of a build's result.
/// </summary>
public static partial class HostLatency
{
    const int Rounds = 5, LeastRuns = 10;
    static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(400);

    /// <summary>Five rounds for each network. The rounds alternate, so that whatever else the machine does meets all alike.</summary>
    /// <param name="measured">Which.</param>
    /// <param name="shownAs">Names them in messages.</param>
    /// <param name="cancellationToken">Stops between rounds.</param>
    public static IReadOnlyList<Latency> Measure(IReadOnlyList<MeasuredNetwork> measured, string shownAs, CancellationToken cancellationToken) => Measure(measured, shownAs, RoundTime, cancellationToken);

    /// <summary>The same with rounds of another length; each has ten runs at least.</summary>
    internal static IReadOnlyList<Latency> Measure(IReadOnlyList<MeasuredNetwork> measured, string shownAs, TimeSpan roundTime, CancellationToken cancellationToken)
    {
        var networks = new List<Network>();
        try
        {
            foreach (var network in measured)
                networks.Add(new(network, shownAs));
            var runs = networks.Select(_ => new List<double>()).ToArray();
            for (var round = 0; round < Rounds; round++)
            {
                for (var i = 0; i < networks.Count; i++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    runs[i].AddRange(networks[i].Runs(roundTime, cancellationToken));
                }
            }

            return [.. runs.Select(Latency.Of)];
        }
        finally
        {
            networks.ForEach(network => network.Dispose());
        }
    }

    /// <summary>What this thread has had of the processor, in milliseconds.</summary>
    internal static double ThreadTime()
    {
        const int threadClock = 3;
        return GetTime(threadClock, out var time) == 0 ? (time.Seconds * 1e3) + (time.Nanoseconds / 1e6) : throw new InvalidOperationException("The kernel has no clock of threads");
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    // As on 64-bit hosts, the only ones that build.
    [StructLayout(LayoutKind.Sequential)]
    struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    sealed class Network : IDisposable
    {
        readonly string shownAs;
        readonly InferenceSession session;
        readonly RunOptions options = new();
        readonly Dictionary<string, OrtValue> inputs;

        public Network(MeasuredNetwork measured, string shownAs)
        {
            this.shownAs = shownAs;
            var model = OrtFile.IsOne(measured.Path) ? null : OnnxFile.Read(measured.Path, shownAs);
            using var settings = RuntimeSession.AsLoaded(model, measured.AtLoad);
            session = RuntimeSession.Open(measured.Path, settings, shownAs);
            var frames = GeneratedFrames.Make(model, [.. session.InputNames.Select(name => Checked(Usual(TensorPort.Of(name, session.InputMetadata[name])), shownAs))], carries: false);
            inputs = frames.Inputs.ToDictionary(pair => pair.Key, pair => Value(pair.Value.Slice(0)));
        }

        public List<double> Runs(TimeSpan roundTime, CancellationToken cancellationToken)
        {
            // A run that takes long is stopped within it, between two nodes.
            using var stop = cancellationToken.Register(() => options.Terminate = true);
            var times = new List<double>();
            for (var begin = Stopwatch.GetTimestamp(); times.Count < LeastRuns || Stopwatch.GetElapsedTime(begin) < roundTime;)
            {
                var start = ThreadTime();
                Run(cancellationToken);
                times.Add(ThreadTime() - start);
            }

            // The first run fills caches.
            return times[1..];
        }

        void Run(CancellationToken cancellationToken)
        {
            try
            {
                session.Run(options, inputs, session.OutputNames).Dispose();
            }
            catch (OnnxRuntimeException problem)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw RuntimeFault.OfRun(problem, $"{shownAs} (as this host runs it)");
            }
        }

        public void Dispose()
        {
            foreach (var input in inputs.Values)
                input.Dispose();
            options.Dispose();
            session.Dispose();
        }

        TensorPort Usual(TensorPort port) =>
            session.ModelMetadata.CustomMetadataMap.GetValueOrDefault(UsualSizes.Prefix + port.Name) is { } text && UsualSizes.Parse(text) is var sizes && sizes.Length == port.Shape.Length
                ? port with { Shape = [.. port.Shape.Zip(sizes, (size, usual) => size < 0 ? usual : size)] }
                : port;

        static TensorPort Checked(TensorPort port, string shownAs) => port.Element != Protos.TensorProto.Types.DataType.Undefined && !Array.Exists(port.Shape, size => size < 0)
            ? port
            : throw new OnnxException($"Input `{port.Name}` of `{shownAs}` is {port.Type} [{string.Join(", ", port.Shape)}]; only numbers and booleans of fixed shape can be measured");

        static OrtValue Value(TypedTensor tensor)
        {
            var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (Microsoft.ML.OnnxRuntime.Tensors.TensorElementType)tensor.Type, tensor.Shape);
            tensor.Bytes.CopyTo(value.GetTensorMutableRawData());
            return value;
        }
    }
}
