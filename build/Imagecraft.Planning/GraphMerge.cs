// Several plans in one graph, in which what is equal stands once. Unaware of what actions do.

using System.Collections.Immutable;
using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Graph;

namespace Imagecraft.Planning;

/// <summary>Plans of several boards that are built together.</summary>
/// <param name="Graph">All actions.</param>
/// <param name="Plans">The plans with the names that their actions have in the graph.</param>
public sealed record MergedPlans(ActionGraph Graph, ImmutableArray<ImageBuild> Plans)
{
    /// <summary>How many actions of a plan others have too.</summary>
    public int Shared(ImageBuild plan) => plan.Graph!.Order.Count(id => Plans.Any(other => other != plan && other.Graph!.Nodes.ContainsKey(id)));
}

/// <summary>Merges plans. Actions of one name that differ (a network quantized for another processor) keep apart: the later one's name gets its board's.</summary>
public static class GraphMerge
{
    /// <summary>The merged plans; null when one has errors.</summary>
    public static MergedPlans? Of(ImmutableArray<ImageBuild> plans)
    {
        if (plans.Any(p => p.Graph is null))
            return null;
        if (plans.Length == 1)
            return new(plans[0].Graph!, plans);
        var nodes = new Dictionary<ActionId, ActionNode>();
        var texts = new Dictionary<ActionId, string>();
        ImmutableArray<ImageBuild> renamed = [.. plans.Select(p => Add(p, nodes, texts))];
        return new(ActionGraph.Create(nodes.Values), renamed);
    }

    /// <summary>Whether two actions give the same, whatever is said of them to people.</summary>
    public static bool AreSame(ActionNode one, ActionNode other) => Text(one) == Text(other);

    private static ImageBuild Add(ImageBuild plan, Dictionary<ActionId, ActionNode> nodes, Dictionary<ActionId, string> texts)
    {
        var names = new Dictionary<ActionId, ActionId>();
        // In this order everything that an action reads has its name already.
        foreach (var id in plan.Graph!.Order)
        {
            var node = Renamed(plan.Graph.Nodes[id], names);
            var text = Text(node);
            if (texts.TryGetValue(id, out var known) && known != text)
            {
                names[id] = Own(id, plan.Board.Name);
                node = node with { Id = names[id] };
            }

            texts.TryAdd(node.Id, text);
            nodes.TryAdd(node.Id, node);
        }

        return names.Count == 0 ? plan : plan with
        {
            Graph = ActionGraph.Create(plan.Graph.Order.Select(id => nodes[names.GetValueOrDefault(id, id)])),
            Artifacts = plan.Artifacts.ToImmutableSortedDictionary(a => a.Key, a => Renamed(a.Value, names), StringComparer.Ordinal),
            Qemu = plan.Qemu is null ? null : Renamed(plan.Qemu, names),
            Sandbox = Renamed(plan.Sandbox, names),
        };
    }

    // NAME@TARGET:STEP becomes NAME@TARGET.BOARD:STEP, which people still call NAME:STEP.
    private static ActionId Own(ActionId id, string board)
    {
        var at = id.Value.IndexOf('@', StringComparison.Ordinal);
        var colon = id.Value.IndexOf(':', Math.Max(at, 0));
        return new(at < 0 ? $"{id.Value[..colon]}@{board}{id.Value[colon..]}" : $"{id.Value[..colon]}.{board}{id.Value[colon..]}");
    }

    private static ActionNode Renamed(ActionNode node, Dictionary<ActionId, ActionId> names) => names.Count == 0 ? node : node with
    {
        Inputs = [.. node.Inputs.Select(i => i.Source is InputSource.OutputOf output && names.TryGetValue(output.Action, out var name) ? i with { Source = output with { Action = name } } : i)],
    };

    private static OutputRef Renamed(OutputRef output, Dictionary<ActionId, ActionId> names) => names.TryGetValue(output.Action, out var name) ? output with { Action = name } : output;

    // Everything that decides the result; words for people are left out.
    private static string Text(ActionNode node)
    {
        var text = new StringBuilder();
        switch (node.Work)
        {
            case ActionWork.Process process:
                Line("runs", [.. process.Arguments, process.WorkingDirectory]);
                Line("with", process.Environment.Select(e => $"{e.Key}={e.Value}"));
                Line("caches", process.Caches.Select(c => $"{c.Key}={c.Value}"));
                Line("follows", process.Follows);
                break;
            case ActionWork.BuiltIn function:
                Line("calls", [function.Function, .. function.Parameters.Select(p => $"{p.Key}={p.Value}")]);
                break;
            case ActionWork.Fetch fetch:
                Line("fetches", [fetch.Integrity ?? fetch.Sha256]);
                break;
            case ActionWork.FetchCommit fetch:
                Line("fetches", [fetch.Commit, fetch.Sha256 ?? ""]);
                break;
        }

        foreach (var input in node.Inputs)
            Line(input.MountPath, Words(input.Source));
        Line("makes", node.Outputs.Select(o => $"{o.Name} {o.Path} {o.Kind}"));
        return text.ToString();

        void Line(string word, IEnumerable<string> values) => text.Append(word).Append('\0').AppendJoin('\0', values).Append('\n');
    }

    private static IEnumerable<string> Words(InputSource source) => source switch
    {
        InputSource.OutputOf output => ["output", output.Action.Value, output.Output],
        InputSource.Local local => ["local", local.HostPath, .. local.Exclude],
        InputSource.Inline inline => ["inline", inline.Text, inline.Executable ? "x" : ""],
        _ => throw new InvalidOperationException($"No text for {source.GetType().Name}"),
    };
}
