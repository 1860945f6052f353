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
            using var workshop = await Workshop.OpenAsync(session, options.Read(parsed)).ConfigureAwait(false);
            var result = await new ImageDelivery(session, workshop).BuildAsync(_ => []).ConfigureAwait(false);
            if (result.Succeeded)
                session.Console.Out.WriteLine($"The image is in `{workshop.OutputFolder}`");
            return result.ExitCode;
        });
    }
}
