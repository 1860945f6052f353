// The part of the graph that one build reaches from its goals. Unaware of states.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Graph;

namespace Imagecraft.Engine.Execution.Running;

sealed class RunGraph(ActionGraph graph)
{
    readonly Dictionary<ActionId, BuildNode> nodes = [];

    public IReadOnlyCollection<BuildNode> Nodes => nodes.Values;

    public BuildNode this[ActionId id] => nodes[id];

    /// <summary>The node of an action; it and all it reads are added when they are new.</summary>
    /// <param name="goal">Which one.</param>
    /// <param name="added">What is new, to be queued where nothing has to be done before.</param>
    /// <exception cref="GraphException">No action is named so.</exception>
    public BuildNode Reach(ActionId goal, out IReadOnlyList<BuildNode> added)
    {
        if (!graph.Nodes.ContainsKey(goal))
            throw new GraphException($"No action is named `{goal}`");
        var fresh = Find(goal);
        foreach (var node in fresh)
        {
            foreach (var producer in ProducersOf(node.Action).Distinct())
            {
                node.Producers.Add(nodes[producer]);
                nodes[producer].Consumers.Add(node);
            }

            node.CountPending();
        }

        added = fresh;
        return nodes[goal];
    }

    // Without recursion: graphs may be thousands of actions deep.
    List<BuildNode> Find(ActionId goal)
    {
        var found = new Stack<ActionId>([goal]);
        var fresh = new List<BuildNode>();
        while (found.TryPop(out var id))
        {
            if (nodes.ContainsKey(id))
                continue;
            var node = new BuildNode(graph.Nodes[id]);
            nodes.Add(id, node);
            fresh.Add(node);
            foreach (var producer in ProducersOf(node.Action))
                found.Push(producer);
        }

        return fresh;
    }

    static IEnumerable<ActionId> ProducersOf(ActionNode action) => action.Inputs.Select(i => i.Source).OfType<InputSource.OutputOf>().Select(o => o.Action);
}
