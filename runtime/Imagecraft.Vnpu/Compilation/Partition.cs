// Which nodes run on the accelerator, and in how many parts. Unaware of commands' contents.

using System.Collections.Immutable;
using Imagecraft.Vnpu.Networks;

namespace Imagecraft.Vnpu.Compilation;

/// <summary>Where a node runs.</summary>
/// <param name="Node">The node.</param>
/// <param name="Region">Number of the accelerator's part that has it; null when the CPU has it.</param>
/// <param name="Reason">Why the CPU has it.</param>
/// <param name="Products">Its multiply-accumulates, on whatever it runs.</param>
public sealed record NodePlace(NetworkNode Node, int? Region, string? Reason, long Products);

/// <summary>A network in parts. Each part can run at once when all that it reads is there.</summary>
/// <param name="Places">All nodes, in the order that was given.</param>
/// <param name="Regions">How many parts the accelerator has.</param>
public sealed record Partition(ImmutableArray<NodePlace> Places, int Regions)
{
    /// <summary>Values that one side makes and the other reads: inputs and outputs of the accelerator's parts.</summary>
    public int Crossings { get; private init; }

    /// <summary>Shares out nodes.</summary>
    /// <param name="nodes">In an order in which they can run.</param>
    /// <param name="outputs">Names of the network's outputs.</param>
    public static Partition Of(ImmutableArray<NetworkNode> nodes, ImmutableArray<string> outputs)
    {
        var lowered = nodes.Select(Lowering.Of).ToArray();
        var levels = Levels(nodes, [.. lowered.Select(node => node.IsTaken)]);
        var reasons = lowered.Select(node => node.Reason).ToArray();
        var numbers = new Dictionary<int, int>();
        foreach (var part in Enumerable.Range(0, nodes.Length).Where(i => lowered[i].IsTaken).GroupBy(i => levels[i]).OrderBy(part => part.Key))
            if (ReasonAgainst(nodes, [.. part], outputs) is { } reason)
                foreach (var i in part)
                    reasons[i] = reason;
            else
                numbers[part.Key] = numbers.Count;
        var places = nodes.Select((node, i) => new NodePlace(node, reasons[i] is null ? numbers[levels[i]] : null, reasons[i], Multiplications.Of(node))).ToImmutableArray();
        return new(places, numbers.Count) { Crossings = Cross(places, outputs) };
    }

    /// <summary>A network some of whose nodes stand for parts that are compiled already.</summary>
    /// <param name="nodes">In an order in which they can run.</param>
    /// <param name="outputs">Names of the network's outputs.</param>
    /// <param name="contexts">What nodes stand for; the places have the nodes of it in their stead.</param>
    public static Partition OfContexts(ImmutableArray<NetworkNode> nodes, ImmutableArray<string> outputs, IReadOnlyDictionary<NetworkNode, CompiledContext> contexts)
    {
        var numbers = nodes.Where(contexts.ContainsKey).Select((node, number) => (node, number)).ToDictionary(pair => pair.node, pair => pair.number);
        ImmutableArray<NodePlace> sides = [.. nodes.Select(node => numbers.TryGetValue(node, out var number) ? new NodePlace(node, number, null, 0) : new(node, null, Lowering.Of(node).Reason ?? "it was left to the processor when the network was compiled", Multiplications.Of(node)))];
        return new([.. sides.SelectMany(side => side.Region is null ? [side] : contexts[side.Node].Nodes.Select(node => side with { Node = new(node.Name, "", node.Kind, [], []), Products = node.Products }))], numbers.Count) { Crossings = Cross(sides, outputs) };
    }

    /// <summary>Compiles one of its parts, which fits.</summary>
    /// <param name="region">Its number.</param>
    /// <param name="outputs">Names of the network's outputs.</param>
    public CompiledContext Compile(int region, ImmutableArray<string> outputs)
    {
        var part = Places.Index().Where(place => place.Item.Region == region).Select(place => place.Index).ToHashSet();
        var (program, reason) = Compile([.. Places.Select(place => place.Node)], part, outputs);
        return new(program ?? throw new InvalidOperationException(reason), [.. Places.Where(place => place.Region == region).Select(place => new ContextNode(place.Node.Name, place.Node.Kind, place.Products))]);
    }

    // A part that multiplies nothing costs two crossings for nothing.
    private static string? ReasonAgainst(ImmutableArray<NetworkNode> nodes, HashSet<int> part, ImmutableArray<string> outputs)
    {
        if (!part.Any(i => Multiplications.Of(nodes[i]) > 0))
            return "nothing beside it multiplies";
        return Compile(nodes, part, outputs).Reason is { } reason ? $"its part does not fit: {reason}" : null;
    }

    private static (NpuProgram? Program, string? Reason) Compile(ImmutableArray<NetworkNode> nodes, HashSet<int> part, ImmutableArray<string> outputs)
    {
        ImmutableArray<NetworkNode> own = [.. part.Order().Select(i => nodes[i])];
        var made = own.SelectMany(node => node.Outputs).OfType<NetworkValue>().DistinctBy(value => value.Name).ToDictionary(value => value.Name, StringComparer.Ordinal);
        var wanted = nodes.Where((_, i) => !part.Contains(i)).SelectMany(node => node.Inputs).OfType<NetworkValue>().Select(value => value.Name).Concat(outputs).Where(made.ContainsKey).Distinct();
        var read = own.SelectMany(node => node.Inputs).OfType<NetworkValue>().Where(value => value.Constant is null && !made.ContainsKey(value.Name)).DistinctBy(value => value.Name);
        return Compiler.Compile(own, [.. read], [.. wanted.Select(name => made[name])]);
    }

    // The level of a node grows by one with each change of sides on the longest way to it; so what leaves a level never comes back.
    private static int[] Levels(ImmutableArray<NetworkNode> nodes, bool[] isTaken)
    {
        var makers = new Dictionary<string, int>(StringComparer.Ordinal);
        var levels = new int[nodes.Length];
        for (var i = 0; i < nodes.Length; i++)
        {
            foreach (var input in nodes[i].Inputs)
                if (input is not null && makers.TryGetValue(input.Name, out var maker))
                    levels[i] = Math.Max(levels[i], levels[maker] + (isTaken[maker] == isTaken[i] ? 0 : 1));
            // The sides take turns, so that a level has one side: the CPU's are even.
            if (levels[i] % 2 != (isTaken[i] ? 1 : 0))
                levels[i]++;
            foreach (var output in nodes[i].Outputs)
                if (output is not null)
                    makers[output.Name] = i;
        }

        return levels;
    }

    private static int Cross(ImmutableArray<NodePlace> places, ImmutableArray<string> outputs)
    {
        var makers = places.SelectMany(place => place.Node.Outputs.OfType<NetworkValue>().Select(output => (output.Name, place.Region))).ToDictionary(pair => pair.Name, pair => pair.Region, StringComparer.Ordinal);
        var reads = places.SelectMany(place => place.Node.Inputs.OfType<NetworkValue>().Where(input => input.Constant is null).Select(input => (input.Name, place.Region))).Concat(outputs.Select(name => (name, (int?)null)));
        return reads.Where(read => makers.GetValueOrDefault(read.Item1) != read.Item2).Select(read => (read.Item1, read.Item2.HasValue)).Distinct().Count();
    }
}
