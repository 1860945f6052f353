// Where the nodes of a network run, how often values change sides, and what memory that takes. Unaware of times.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Profiles;

/// <summary>What an accelerator and the CPU share of a network.</summary>
/// <param name="Regions">How often the accelerator is started in a run: nodes whose inputs are there go into one region as long as there are any.</param>
/// <param name="Crossings">Values that one side makes and the other reads; the CPU has the network's inputs, and wants its outputs.</param>
/// <param name="CrossingBytes">Their sizes.</param>
/// <param name="ArenaBytes">Memory for all values that the accelerator reads or writes, each from its maker to its last reader, laid out as TensorFlow Lite Micro's greedy planner does: the largest first, each at the first gap.</param>
public sealed record Placement(int Regions, int Crossings, long CrossingBytes, long ArenaBytes)
{
    /// <summary>Nothing is placed.</summary>
    public static Placement None { get; } = new(0, 0, 0, 0);

    /// <summary>Places a network of known shapes; a value of unknown shape counts as empty.</summary>
    /// <param name="index">The network.</param>
    /// <param name="isTaken">Whether the accelerator runs a node.</param>
    /// <param name="profile">Says whether values have one byte (it computes on integers) or four.</param>
    internal static Placement Of(GraphIndex index, Func<NodeProto, bool> isTaken, Profile profile)
    {
        var steps = Schedule(index, isTaken, out var regions);
        var values = new Dictionary<string, Value>(StringComparer.Ordinal);
        for (var step = 0; step < steps.Count; step++)
        {
            var (node, taken) = steps[step];
            foreach (var name in Sources(node, index))
                Of(name, step, false).Use(step, taken);
            foreach (var name in node.Output.Where(name => name.Length > 0))
                _ = Of(name, step, taken);
        }
        foreach (var output in index.Graph.Output)
            if (Source(output.Name, index) is { } name)
                Of(name, 0, false).Use(steps.Count, false);
        var crossing = values.Values.Where(value => value.Crosses).ToList();
        return new(regions, crossing.Count, crossing.Sum(value => value.Bytes), Arena([.. values.Values.Where(value => value.OnAccelerator)]));

        Value Of(string name, int step, bool taken)
        {
            if (!values.TryGetValue(name, out var value))
                values[name] = value = new(Bytes(name), step, taken);
            return value;
        }

        long Bytes(string name) => index.TryStaticShape(name, out var shape) ? shape.Aggregate(profile.ActivationTypes.IsEmpty ? 4L : 1L, (size, side) => size * side) : 0;
    }

    /// <summary>An order in which sides change as seldom as possible when each goes on while it can.</summary>
    static List<(NodeProto Node, bool IsTaken)> Schedule(GraphIndex index, Func<NodeProto, bool> isTaken, out int regions)
    {
        var waiting = index.TopologicalOrder().Where(node => !ProfileCheck.IsFree(node)).Select(node => (Node: node, IsTaken: isTaken(node))).ToList();
        var (steps, done, onAccelerator) = (new List<(NodeProto, bool)>(), new HashSet<string>(StringComparer.Ordinal), true);
        var computed = waiting.SelectMany(step => step.Node.Output).ToHashSet(StringComparer.Ordinal);
        regions = 0;
        while (waiting.Count > 0)
        {
            var before = steps.Count;
            // The order is topological, so one pass finds all that this side can do.
            var left = new List<(NodeProto Node, bool IsTaken)>();
            foreach (var step in waiting)
            {
                if (step.IsTaken == onAccelerator && Sources(step.Node, index).All(value => done.Contains(value) || !computed.Contains(value)))
                {
                    steps.Add(step);
                    done.UnionWith(step.Node.Output);
                }
                else
                    left.Add(step);
            }
            waiting = left;
            regions += onAccelerator && steps.Count > before ? 1 : 0;
            onAccelerator = !onAccelerator;
        }
        return steps;
    }

    /// <summary>The values that a node and its branches read, without constants and behind pairs.</summary>
    static IEnumerable<string> Sources(NodeProto node, GraphIndex index) => NodeScopes.Reads(node).Where(index.Defines).Select(value => Source(value, index)).OfType<string>().Distinct();

    static string? Source(string value, GraphIndex index)
    {
        while (value.Length > 0 && index.Constant(value) is null)
        {
            if (index.Producer(value) is not { } maker || !ProfileCheck.IsFree(maker))
                return value;
            if (maker.Input.Count == 0)
                return null;
            value = maker.Input[0];
        }
        return null;
    }

    static long Arena(List<Value> values)
    {
        var placed = new List<(long Offset, Value Value)>();
        foreach (var value in values.OrderByDescending(value => value.Bytes).ThenBy(value => value.First))
        {
            var offset = 0L;
            foreach (var (start, other) in placed.Where(pair => pair.Value.First <= value.Last && value.First <= pair.Value.Last).OrderBy(pair => pair.Offset))
            {
                if (start >= offset + value.Bytes)
                    break;
                offset = Math.Max(offset, start + other.Bytes);
            }
            placed.Add((offset, value));
        }
        return placed.Select(pair => pair.Offset + pair.Value.Bytes).DefaultIfEmpty().Max();
    }

    sealed class Value(long bytes, int first, bool isMadeByAccelerator)
    {
        readonly bool isMadeByAccelerator = isMadeByAccelerator;

        public long Bytes { get; } = bytes;

        public int First { get; } = first;

        public int Last { get; private set; } = first;

        public bool Crosses { get; private set; }

        public bool OnAccelerator { get; private set; } = isMadeByAccelerator;

        public void Use(int step, bool byAccelerator)
        {
            Last = Math.Max(Last, step);
            Crosses |= byAccelerator != isMadeByAccelerator;
            OnAccelerator |= byAccelerator;
        }
    }
}
