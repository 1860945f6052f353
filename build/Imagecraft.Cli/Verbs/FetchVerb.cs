// `fetch`: everything a build downloads, so that it needs no network afterwards. Unaware of where from.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;

namespace Imagecraft.Cli.Verbs;

/// <summary>Runs the plan's downloads and nothing else.</summary>
public static class FetchVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("fetch", "Download all that an image needs; afterwards `--offline` works", Build);

    private static void Build(Command command, Session session)
    {
        var options = new BuildOptions(command, NamedBoards.Several);
        command.SetAction(async (parsed, _) =>
        {
            using var workshop = await Workshop.OpenAsync(session, options.Read(parsed)).ConfigureAwait(false);
            var result = await workshop.BuildAsync(plan => plan.Graph!.Nodes.Values.Where(n => n.Work.IsDownload).Select(n => n.Id), null).ConfigureAwait(false);
            return result.ExitCode;
        });
    }
}
