// `image`: everything of a board's image, into out/BOARD/IMAGE. Unaware of how it is made.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;

namespace Imagecraft.Cli.Verbs;

/// <summary>Builds an image.</summary>
public static class ImageVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("image", "Build a board's image into `out/BOARD/IMAGE`", Build);

    private static void Build(Command command, Session session)
    {
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var request = options.Read(parsed);
            var standing = StandingImage.Look(session, request);
            if (standing?.Answer is { } answer)
                return StandingImage.Say(session, answer);
            using var workshop = await Workshop.OpenAsync(session, request).ConfigureAwait(false);
            var delivery = new ImageDelivery(session, workshop);
            var result = await delivery.BuildAsync(_ => []).ConfigureAwait(false);
            if (!result.Succeeded)
                return result.ExitCode;
            var line = $"The image is in `{workshop.OutputFolder}`";
            session.Console.Out.WriteLine(line);
            // Warnings are told again by each call.
            if (!workshop.HasWarnings)
                standing?.Keep(workshop.Graph, new(result.Outcomes.Count, [delivery.StampFile], [line]));
            return ExitCodes.Done;
        });
    }
}
