// `plan`: what would be done and why each input is there; runs nothing. Unaware of what the cache has.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Actions;
using Imagecraft.Feeds;
using Imagecraft.Requests;

namespace Imagecraft.Cli.Verbs;

/// <summary>Prints the action graph.</summary>
public static class PlanVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("plan", "Print the actions of an image, or one of them with command and inputs", Build);

    private static void Build(Command command, Session session)
    {
        var name = new Argument<string?>("action") { Description = "Show this one (or this recipe's) in full", Arity = ArgumentArity.ZeroOrOne };
        command.Arguments.Add(name);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            using var workshop = await Workshop.OpenAsync(session, options.Read(parsed)).ConfigureAwait(false);
            var asked = parsed.GetValue(name);
            var width = workshop.Graph.Order.Max(id => id.Value.Length);
            foreach (var line in asked is null
                ? workshop.Graph.Order.Select(id => $"{id.Value.PadRight(width)}  {workshop.Graph.Nodes[id].Description}".TrimEnd())
                : ActionNames.Resolve(workshop.Graph.Order, asked).SelectMany(id => Lines(workshop.Graph.Nodes[id])))
                session.Console.Out.WriteLine(line);
            return ExitCodes.Done;
        });
    }

    /// <summary>One action in full.</summary>
    public static IEnumerable<string> Lines(ActionNode node)
    {
        yield return $"{node.Id}  {node.Description}".TrimEnd();
        switch (node.Work)
        {
            case ActionWork.Process process:
                yield return $"  runs    {string.Join(' ', process.Arguments)}";
                foreach (var (key, value) in process.Environment)
                    yield return $"  with    {key}={value}";
                break;
            case ActionWork.BuiltIn function:
                yield return $"  calls   {function.Function}";
                foreach (var line in Request(node).Split('\n'))
                    yield return $"  with    {line}";
                break;
            case ActionWork.Fetch fetch:
                yield return $"  fetches {fetch.FileName} with SHA-256 {fetch.Sha256}";
                foreach (var place in fetch.Places)
                    yield return $"  from    {Addresses.Shown(place)}";
                break;
            case ActionWork.FetchCommit fetch:
                yield return $"  fetches commit {fetch.Commit}";
                foreach (var place in fetch.Places)
                    yield return $"  from    {place}";
                break;
        }

        foreach (var input in node.Inputs.Where(i => i.MountPath != RequestJson.Input.Path))
            yield return $"  reads   {input.MountPath}: {Words(input.Source)}{(input.Reason.Length > 0 ? $", because {input.Reason}" : "")}";
        foreach (var output in node.Outputs)
            yield return $"  makes   {output.Name} ({output.Kind.ToString().ToLowerInvariant()} {output.Path})";
    }

    // What a built-in function is told.
    private static string Request(ActionNode node) => ((InputSource.Inline)node.Inputs.Single(i => i.MountPath == RequestJson.Input.Path).Source).Text;

    private static string Words(InputSource source) => source switch
    {
        InputSource.OutputOf output => $"{output.Output} of {output.Action}",
        InputSource.Local local => local.HostPath,
        InputSource.Inline inline => $"a text of {inline.Text.Length} characters",
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "A source without words"),
    };
}
