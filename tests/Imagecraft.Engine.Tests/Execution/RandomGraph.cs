// A small random graph and what a build of it must give, for the model test of the coordinator. Unaware of builds.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;

namespace Imagecraft.Engine.Tests.Execution;

/// <summary>Actions named `n0`, `n1`...; each reads some of those before it. Some are twins: of another name and the same key.</summary>
sealed class RandomGraph
{
    readonly List<ActionNode> nodes = [];
    readonly Dictionary<string, string> texts = [];

    public RandomGraph(Random random)
    {
        nodes.Add(EngineBench.TreeNode("root-source", "unpack", ("x", EngineBench.Text("sandbox"))));
        nodes.Add(EngineBench.TreeNode("root", "merge", ("1", EngineBench.TreeFrom("root-source"))));
        var count = random.Next(3, 12);
        for (var i = 0; i < count; i++)
            Add($"n{i}", i, random);
    }

    public IReadOnlyList<ActionNode> Nodes => nodes;

    /// <summary>Names of all but what the sandbox is made of.</summary>
    public IEnumerable<string> Names => texts.Keys;

    /// <summary>What the one output of an action holds.</summary>
    public string TextOf(string name) => texts[name];

    /// <summary>The output of an action, as others read it.</summary>
    public static InputSource.OutputOf From(ActionNode node) => new(node.Id, node.Outputs[0].Name);

    /// <summary>All that an action reads, itself included, and the sandbox where one is needed.</summary>
    public HashSet<string> Above(string name)
    {
        var found = new HashSet<string>();
        var open = new Stack<string>([name]);
        while (open.TryPop(out var id))
        {
            if (!found.Add(id))
                continue;
            var node = nodes.Single(n => n.Id.Value == id);
            node.Inputs.Select(i => i.Source).OfType<InputSource.OutputOf>().ToList().ForEach(o => open.Push(o.Action.Value));
            if (node.Work.NeedsSandbox)
                open.Push("root");
        }

        return found;
    }

    void Add(string name, int index, Random random)
    {
        var before = nodes.Skip(2).ToList();
        if (before.Count > 0 && random.Next(4) == 0)
        {
            var twin = before[random.Next(before.Count)];
            nodes.Add(twin with { Id = EngineBench.Id(name) });
            texts[name] = texts[twin.Id.Value];
            return;
        }

        if (random.Next(6) == 0)
        {
            var commit = $"{index:x}".PadLeft(40, 'c');
            nodes.Add(new ActionNode
            {
                Id = EngineBench.Id(name),
                Work = new ActionWork.FetchCommit(commit, null, name, [$"git:{commit}"]),
                Outputs = [new OutputSpec("file", "file", OutputKind.File)],
            });
            texts[name] = commit;
            return;
        }

        var inputs = before.OrderBy(_ => random.Next()).Take(random.Next(Math.Min(4, before.Count + 1))).ToList();
        var handsOn = inputs.Count > 0 && random.Next(4) == 0;
        nodes.Add(EngineBench.Node(name, handsOn ? "hand-on" : "work", [.. inputs.Select((n, i) => ($"{i}", (InputSource)From(n)))]) with
        {
            Work = new ActionWork.BuiltIn(handsOn ? "hand-on" : "work", ImmutableSortedDictionary<string, string>.Empty.Add("label", name)),
        });
        texts[name] = handsOn ? texts[inputs[0].Id.Value] : name + string.Concat(inputs.Select(n => $"({texts[n.Id.Value]})"));
    }
}
