// `graph`: packages or actions with what they need, for Graphviz. Unaware of drawing.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Graph;

namespace Imagecraft.Cli.Verbs;

/// <summary>Prints DOT; <c>dot -Tsvg</c> draws it.</summary>
public static class GraphVerb
{
    private const string OfPackages = "packages", OfActions = "actions";

    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("graph", "Print what needs what, packages or actions, in Graphviz' language", Build);

    private static void Build(Command command, Session session)
    {
        var name = new Argument<string?>("name") { Description = "Only this package or action and what it needs", Arity = ArgumentArity.ZeroOrOne };
        var of = new Option<string>("--of") { Description = $"{OfPackages} of an image that was built, or {OfActions} of the plan", DefaultValueFactory = _ => OfPackages };
        of.AcceptOnlyFromAmong(OfPackages, OfActions);
        command.Arguments.Add(name);
        command.Options.Add(of);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var lines = parsed.GetValue(of) == OfActions
                ? await ActionsAsync(session, options.Read(parsed), parsed.GetValue(name)).ConfigureAwait(false)
                : Packages(ImageOptions.Read(session, options.Read(parsed)).Manifest.Packages.ToDictionary(p => p.Name, p => p.Requires.AsEnumerable(), StringComparer.Ordinal), parsed.GetValue(name));
            foreach (var line in lines)
                session.Console.Out.WriteLine(line);
            return ExitCodes.Done;
        });
    }

    private static IEnumerable<string> Packages(Dictionary<string, IEnumerable<string>> requires, string? name) =>
        name is null || requires.ContainsKey(name) ? Dot(requires, name is null ? requires.Keys : [name]) : throw ProblemException.Unknown("package of the image", name, requires.Keys);

    private static async Task<IEnumerable<string>> ActionsAsync(Session session, BuildRequest request, string? name)
    {
        var asked = new AskedNames(name is null ? [] : [name]);
        using var workshop = await Workshop.OpenAsync(session, request, asked.Extras).ConfigureAwait(false);
        var needs = workshop.Graph.Nodes.ToDictionary(node => node.Key.Value, node => Needs(node.Value), StringComparer.Ordinal);
        return Dot(needs, name is null ? needs.Keys : asked.Goals(workshop.Plan).Select(id => id.Value)).ToList();
    }

    private static IEnumerable<string> Needs(ActionNode node) => node.Inputs.Select(input => input.Source).OfType<InputSource.OutputOf>().Select(output => output.Action.Value).Distinct();

    /// <summary>The graph of what <paramref name="from"/> needs, in the order of names.</summary>
    public static IEnumerable<string> Dot(IReadOnlyDictionary<string, IEnumerable<string>> needs, IEnumerable<string> from)
    {
        var reached = new SortedSet<string>(StringComparer.Ordinal);
        var queue = new Queue<string>(from);
        while (queue.TryDequeue(out var next))
            if (reached.Add(next) && needs.TryGetValue(next, out var further))
                foreach (var one in further)
                    queue.Enqueue(one);
        yield return "digraph imagecraft {";
        yield return "  rankdir=LR; node [shape=box];";
        foreach (var node in reached)
            yield return $"  {Quoted(node)};";
        foreach (var node in reached)
            foreach (var further in needs.GetValueOrDefault(node, []).Order(StringComparer.Ordinal))
                yield return $"  {Quoted(node)} -> {Quoted(further)};";
        yield return "}";
    }

    private static string Quoted(string name) => $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
