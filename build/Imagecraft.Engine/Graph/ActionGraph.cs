// The planned graph: nodes by id, checked when built. Unaware of execution.

using System.Collections.Frozen;
using System.Collections.Immutable;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Engine.Graph;

/// <summary>An immutable graph of actions in which every reference resolves and no cycle exists.</summary>
public sealed class ActionGraph
{
    private ActionGraph(FrozenDictionary<ActionId, ActionNode> nodes, ImmutableArray<ActionId> order)
    {
        Nodes = nodes;
        Order = order;
    }

    /// <summary>The actions by id.</summary>
    public FrozenDictionary<ActionId, ActionNode> Nodes { get; }

    /// <summary>All ids, each after everything it reads.</summary>
    public ImmutableArray<ActionId> Order { get; }

    /// <summary>Checks and builds a graph.</summary>
    /// <exception cref="GraphException">A duplicate id, a reference to nothing, or a cycle (named in full).</exception>
    public static ActionGraph Create(IEnumerable<ActionNode> nodes)
    {
        var byId = new Dictionary<ActionId, ActionNode>();
        foreach (var node in nodes)
        {
            if (!byId.TryAdd(node.Id, node) && byId[node.Id] != node)
                throw new GraphException($"Two actions are named `{node.Id}`");
        }

        var order = ImmutableArray.CreateBuilder<ActionId>(byId.Count);
        var done = new HashSet<ActionId>(byId.Count);
        foreach (var id in byId.Keys)
            Visit(id, byId, done, order);
        return new ActionGraph(byId.ToFrozenDictionary(), order.MoveToImmutable());
    }

    // Depth first without recursion: a chain may be longer than the stack is deep.
    static void Visit(ActionId first, Dictionary<ActionId, ActionNode> nodes, HashSet<ActionId> done, ImmutableArray<ActionId>.Builder order)
    {
        if (done.Contains(first))
            return;
        var path = new List<(ActionId Id, int NextInput)> { (first, 0) };
        var onPath = new HashSet<ActionId> { first };
        while (path.Count > 0)
        {
            var (id, next) = path[^1];
            var inputs = nodes[id].Inputs;
            if (next == inputs.Length)
            {
                path.RemoveAt(path.Count - 1);
                onPath.Remove(id);
                done.Add(id);
                order.Add(id);
                continue;
            }

            path[^1] = (id, next + 1);
            if (inputs[next].Source is not InputSource.OutputOf source)
                continue;
            Check(id, source, nodes);
            if (done.Contains(source.Action))
                continue;
            if (!onPath.Add(source.Action))
            {
                var cycle = path.Select(p => p.Id).SkipWhile(p => p != source.Action).Append(source.Action);
                throw new GraphException($"Actions depend on each other in a cycle: {string.Join(" -> ", cycle.Select(p => $"`{p}`"))}");
            }

            path.Add((source.Action, 0));
        }
    }

    static void Check(ActionId reader, InputSource.OutputOf source, Dictionary<ActionId, ActionNode> nodes)
    {
        if (!nodes.TryGetValue(source.Action, out var producer))
            throw new GraphException($"`{reader}` reads `{source.Action}`, which no action is named");
        if (!producer.Outputs.Any(o => o.Name == source.Output))
            throw new GraphException($"`{reader}` reads output `{source.Output}` of `{source.Action}`, which has only [{string.Join(", ", producer.Outputs.Select(o => o.Name))}]");
    }
}

/// <summary>A graph that cannot be: a fault of the planner, or of recipes that depend on each other.</summary>
public sealed class GraphException(string message) : Exception(message);
