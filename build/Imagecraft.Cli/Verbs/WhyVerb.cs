// `why`: why an action would run now, or last ran, down to the first cause. Runs nothing.

using System.CommandLine;
using System.Text.Json.Nodes;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Output;

namespace Imagecraft.Cli.Verbs;

/// <summary>Explains rebuilds.</summary>
public static class WhyVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("why", "Say why an action would run, or last ran, down to the first cause", Build);

    private static void Build(Command command, Session session)
    {
        var name = new Argument<string>("action") { Description = "An action, e.g. `linux:build`, or a recipe" };
        var json = JsonOutput.Option();
        command.Arguments.Add(name);
        command.Options.Add(json);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var asked = new AskedNames([parsed.GetValue(name)!]);
            using var workshop = await Workshop.OpenAsync(session, options.Read(parsed), asked.Extras).ConfigureAwait(false);
            using var engine = workshop.OpenEngine();
            var answers = asked.Goals(workshop.Plan).Select(id => (Id: id, Answer: engine.Explain(workshop.Graph, id, session.Console.Diagnostics.WriteLine)));
            if (parsed.GetValue(json))
                session.Console.WriteJson(answers.ToJson(one => new JsonObject
                {
                    ["action"] = one.Id.Value,
                    ["verdict"] = PlanVerb.Word(one.Answer.Verdict),
                    ["steps"] = one.Answer.Steps.ToJson(step => new JsonObject { ["action"] = step.Id.Value, ["words"] = step.Words }),
                }));
            else
                foreach (var (_, answer) in answers)
                    session.Console.Out.WriteLine(answer.Text);
            return ExitCodes.Done;
        });
    }
}
