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
        var state = new Dictionary<ActionId, bool>(byId.Count);
        var path = new List<ActionId>();
        foreach (var id in byId.Keys)
            Visit(id);
        return new ActionGraph(byId.ToFrozenDictionary(), order.MoveToImmutable());

        void Visit(ActionId id)
        {
            if (state.TryGetValue(id, out var done))
            {
                if (!done)
                    throw new GraphException($"Actions depend on each other in a cycle: {string.Join(" -> ", path.SkipWhile(p => p != id).Append(id).Select(p => $"`{p}`"))}");
                return;
            }

            state[id] = false;
            path.Add(id);
            foreach (var input in byId[id].Inputs)
            {
                if (input.Source is not InputSource.OutputOf source)
                    continue;
                if (!byId.TryGetValue(source.Action, out var producer))
                    throw new GraphException($"`{id}` reads `{source.Action}`, which no action is named");
                if (!producer.Outputs.Any(o => o.Name == source.Output))
                    throw new GraphException($"`{id}` reads output `{source.Output}` of `{source.Action}`, which has only [{string.Join(", ", producer.Outputs.Select(o => o.Name))}]");
                Visit(source.Action);
            }

            path.RemoveAt(path.Count - 1);
            state[id] = true;
            order.Add(id);
        }
    }
}

/// <summary>A graph that cannot be: a fault of the planner, or of recipes that depend on each other.</summary>
public sealed class GraphException(string message) : Exception(message);
