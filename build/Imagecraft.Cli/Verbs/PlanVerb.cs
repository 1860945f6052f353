// `plan`: what would be done, what of it would run and why, and why each input is there; runs nothing.

using System.CommandLine;
using System.Text.Json.Nodes;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Output;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Execution;
using Imagecraft.Feeds;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Requests;

namespace Imagecraft.Cli.Verbs;

/// <summary>Prints the action graph.</summary>
public static class PlanVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("plan", "Print the actions of an image and which of them would run, or one of them with command and inputs", Build);

    private static void Build(Command command, Session session)
    {
        var name = new Argument<string?>("action") { Description = "Show this one (or this recipe's) in full", Arity = ArgumentArity.ZeroOrOne };
        var json = JsonOutput.Option();
        command.Arguments.Add(name);
        command.Options.Add(json);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var asked = new AskedNames(parsed.GetValue(name) is { } one ? [one] : []);
            using var workshop = await Workshop.OpenAsync(session, options.Read(parsed), asked.Extras).ConfigureAwait(false);
            using var engine = workshop.OpenEngine();
            var forecasts = engine.Forecast(workshop.Graph, session.Console.Diagnostics.WriteLine);
            var goals = asked.Goals(workshop.Plan).ToHashSet();
            if (parsed.GetValue(json))
            {
                session.Console.WriteJson(forecasts.Where(forecast => goals.Count == 0 || goals.Contains(forecast.Id)).ToJson(forecast => Json(workshop.Graph.Nodes[forecast.Id], forecast)));
                return ExitCodes.Done;
            }

            foreach (var line in goals.Count == 0
                ? Listing(forecasts, id => workshop.Graph.Nodes[id].Description)
                : forecasts.Where(forecast => goals.Contains(forecast.Id)).SelectMany(forecast => Lines(workshop.Graph.Nodes[forecast.Id]).Append($"  next    {Next(forecast)}")))
                session.Console.Out.WriteLine(line);
            return ExitCodes.Done;
        });
    }

    /// <summary>A line for each action, and a sum.</summary>
    /// <param name="forecasts">What would be done, in order.</param>
    /// <param name="description">Of an action.</param>
    public static IEnumerable<string> Listing(IReadOnlyCollection<Forecast> forecasts, Func<ActionId, string> description)
    {
        var width = forecasts.Max(forecast => forecast.Id.Value.Length);
        foreach (var forecast in forecasts)
        {
            yield return $"{Word(forecast.Verdict),-5}  {forecast.Id.Value.PadRight(width)}  {description(forecast.Id)}".TrimEnd();
            if (forecast.Verdict == WhyVerdict.Stale)
                yield return $"       because {forecast.Words}";
        }

        var counts = forecasts.ToLookup(forecast => Word(forecast.Verdict));
        yield return $"{forecasts.Count} actions: {counts["run"].Count()} would run, {counts["maybe"].Count()} run when what they read changes by that, {counts["have"].Count()} are there";
    }

    /// <summary>A word for programs and listings.</summary>
    public static string Word(WhyVerdict verdict) => verdict switch
    {
        WhyVerdict.Stale => "run",
        WhyVerdict.Undecided => "maybe",
        _ => "have",
    };

    private static JsonObject Json(ActionNode node, Forecast forecast) => new()
    {
        ["action"] = node.Id.Value,
        ["description"] = node.Description,
        ["verdict"] = Word(forecast.Verdict),
        ["because"] = forecast.Words,
        ["work"] = node.Work switch
        {
            ActionWork.Process process => new JsonObject { ["command"] = process.Arguments.ToJson(), ["environment"] = new JsonObject(process.Environment.Select(variable => KeyValuePair.Create(variable.Key, (JsonNode?)variable.Value))) },
            ActionWork.BuiltIn function => new JsonObject { ["function"] = function.Function, ["request"] = JsonNode.Parse(Request(node)) },
            ActionWork.Fetch fetch => new JsonObject { ["fetch"] = fetch.FileName, ["hash"] = fetch.Integrity ?? fetch.Sha256, ["places"] = fetch.Places.Select(Addresses.Shown).ToJson() },
            ActionWork.FetchCommit fetch => new JsonObject { ["commit"] = fetch.Commit, ["places"] = fetch.Places.Select(Addresses.Shown).ToJson() },
            _ => null,
        },
        ["reads"] = node.Inputs.Where(i => i.MountPath != RequestJson.Input.Path).ToJson(input => new JsonObject { ["path"] = input.MountPath, ["from"] = Words(input.Source), ["because"] = input.Reason }),
        ["makes"] = node.Outputs.ToJson(output => new JsonObject { ["name"] = output.Name, ["kind"] = output.Kind.ToString().ToLowerInvariant(), ["path"] = output.Path }),
    };

    private static string Next(Forecast forecast) => forecast.Verdict switch
    {
        WhyVerdict.Stale => $"runs, because {forecast.Words}",
        WhyVerdict.Undecided => $"may run {forecast.Words}",
        WhyVerdict.Cached => "is taken from the cache",
        _ => "is there, nothing to do",
    };

    /// <summary>One action in full.</summary>
    public static IEnumerable<string> Lines(ActionNode node)
    {
        yield return $"{node.Id}  {node.Description}".TrimEnd();
        switch (node.Work)
        {
            case ActionWork.Process process:
                yield return $"  runs    {ShellText.Line(process.Arguments)}";
                foreach (var (key, value) in process.Environment)
                    yield return $"  with    {key}={value}";
                break;
            case ActionWork.BuiltIn function:
                yield return $"  calls   {function.Function}";
                foreach (var line in Request(node).Split('\n'))
                    yield return $"  with    {line}";
                break;
            case ActionWork.Fetch fetch:
                yield return $"  fetches {fetch.FileName} with {(fetch.Integrity is { } integrity ? integrity : $"SHA-256 {fetch.Sha256}")}";
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
