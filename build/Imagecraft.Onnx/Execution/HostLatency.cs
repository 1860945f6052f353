// How long networks take on this host. Unaware of what they are compared for.

using System.Diagnostics;
using Imagecraft.Onnx.Golden;
using Microsoft.ML.OnnxRuntime;

namespace Imagecraft.Onnx.Execution;

/// <summary>Medians on one thread, with what ONNX Runtime does at load for any CPU. A measurement: it is never part of a build's result.</summary>
public static class HostLatency
{
    const int Rounds = 5, LeastRuns = 10;
    static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(400);

    /// <summary>The median of five rounds for each network, in milliseconds a run. The rounds alternate, so that whatever else the machine does meets all alike.</summary>
    /// <param name="paths">Models of fixed float inputs; these get noise.</param>
    /// <param name="shownAs">Names them in messages.</param>
    /// <param name="cancellationToken">Stops between rounds.</param>
    public static IReadOnlyList<double> Measure(IReadOnlyList<string> paths, string shownAs, CancellationToken cancellationToken) => Measure(paths, shownAs, RoundTime, cancellationToken);

    /// <summary>The same with rounds of another length; each has ten runs at least.</summary>
    internal static IReadOnlyList<double> Measure(IReadOnlyList<string> paths, string shownAs, TimeSpan roundTime, CancellationToken cancellationToken)
    {
        var networks = new List<Network>();
        try
        {
            foreach (var path in paths)
                networks.Add(new(path, shownAs));
            var medians = networks.Select(_ => new List<double>()).ToArray();
            for (var round = 0; round < Rounds; round++)
            {
                for (var i = 0; i < networks.Count; i++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    medians[i].Add(networks[i].MedianRun(roundTime, cancellationToken));
                }
            }

            return [.. medians.Select(Median)];
        }
        finally
        {
            networks.ForEach(network => network.Dispose());
        }
    }

    static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    sealed class Network : IDisposable
    {
        readonly string shownAs;
        readonly InferenceSession session;
        readonly RunOptions options = new();
        readonly Dictionary<string, OrtValue> inputs;

        public Network(string path, string shownAs)
        {
            this.shownAs = shownAs;
            // Of its own format ONNX Runtime fuses nothing at load.
            using var settings = RuntimeSession.Options(GraphOptimizationLevel.ORT_ENABLE_EXTENDED, OrtFile.IsOne(path) ? [] : PairAxes.LeftOut(OnnxFile.Read(path, shownAs), shownAs).AsSpan());
            session = RuntimeSession.Open(path, settings, shownAs);
            var model = OrtFile.IsOne(path) ? null : OnnxFile.Read(path, shownAs);
            var frames = GeneratedFrames.Make(model, [.. session.InputNames.Select(name => Checked(TensorPort.Of(name, session.InputMetadata[name]), shownAs))], carries: false);
            inputs = frames.Inputs.ToDictionary(pair => pair.Key, pair => Value(pair.Value.Slice(0)));
        }

        public double MedianRun(TimeSpan roundTime, CancellationToken cancellationToken)
        {
            // A run that takes long is stopped within it, between two nodes.
            using var stop = cancellationToken.Register(() => options.Terminate = true);
            var times = new List<double>();
            for (var begin = Stopwatch.GetTimestamp(); times.Count < LeastRuns || Stopwatch.GetElapsedTime(begin) < roundTime;)
            {
                var start = Stopwatch.GetTimestamp();
                Run(cancellationToken);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            return Median(times);
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
