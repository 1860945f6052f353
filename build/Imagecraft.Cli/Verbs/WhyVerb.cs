// `why`: why an action would run now, or last ran, down to the first cause. Runs nothing.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;

namespace Imagecraft.Cli.Verbs;

/// <summary>Explains rebuilds.</summary>
public static class WhyVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("why", "Say why an action would run, or last ran, down to the first cause", Build);

    private static void Build(Command command, Session session)
    {
        var name = new Argument<string>("action") { Description = "An action, e.g. `linux:build`, or a recipe" };
        command.Arguments.Add(name);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var asked = new AskedNames([parsed.GetValue(name)!]);
            using var workshop = await Workshop.OpenAsync(session, options.Read(parsed), asked.Extras).ConfigureAwait(false);
            using var engine = workshop.OpenEngine();
            foreach (var id in asked.Goals(workshop.Plan))
                session.Console.Out.WriteLine(engine.Explain(workshop.Graph, id, session.Console.Diagnostics.WriteLine).Text);
            return ExitCodes.Done;
        });
    }
}
