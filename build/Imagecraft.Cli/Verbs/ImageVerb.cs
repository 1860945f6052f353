// `image`: everything of a board's image, into out/BOARD/IMAGE. Unaware of how it is made.

using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;

namespace Imagecraft.Cli.Verbs;

/// <summary>Builds an image.</summary>
public static class ImageVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("image", "Build the image of a board, or of several, into `out/BOARD/IMAGE`", Build);

    private static void Build(Command command, Session session)
    {
        var options = new BuildOptions(command, NamedBoards.Several);
        command.SetAction(async (parsed, _) =>
        {
            var request = options.Read(parsed);
            var standing = StandingImage.Look(session, request);
            if (standing?.Answer is { } answer)
            {
                LastChoice.Keep(session, request);
                return StandingImage.Say(session, answer);
            }

            using var workshop = await Workshop.OpenAsync(session, request).ConfigureAwait(false);
            LastChoice.Keep(session, request);
            var delivery = new ImageDelivery(session, workshop);
            var result = await delivery.BuildAsync(_ => []).ConfigureAwait(false);
            if (!result.Succeeded)
                return result.ExitCode;
            ImmutableArray<string> lines = [.. workshop.Plans.SelectMany(p => NotDeployed(Path.Combine(workshop.FolderOf(p), "manifest.json"))).Distinct(), .. Lines(workshop)];
            foreach (var line in lines)
                session.Console.Out.WriteLine(line);
            // Warnings are told again by each call.
            if (!workshop.HasWarnings)
                standing?.Keep(workshop.Graph, new(result.Outcomes.Count, delivery.StampFiles, lines));
            return ExitCodes.Done;
        });
    }

    /// <summary>Networks that stayed float because their quantized form does not pay.</summary>
    private static ImmutableArray<string> NotDeployed(string manifest)
    {
        if (!File.Exists(manifest))
            return [];
        using var document = JsonDocument.Parse(File.ReadAllText(manifest));
        return
        [
            .. document.RootElement.GetProperty("models").EnumerateArray()
                .Select(m => m.TryGetProperty("notDeployed", out var reason) ? reason.GetString() : null)
                .OfType<string>()
                .Select(reason => $"{reason}, so the float network is deployed"),
        ];
    }

    private static ImmutableArray<string> Lines(Workshop workshop)
    {
        if (workshop.Plans is [var only])
            return [$"The image is in `{workshop.FolderOf(only)}`"];
        return
        [
            .. workshop.Plans.Select(p => $"The image of {p.Board.Name} is in `{workshop.FolderOf(p)}`; {workshop.Shared(p)} of its {p.Graph!.Order.Length} actions are shared"),
            $"{workshop.Graph.Order.Length} actions made {workshop.Plans.Length} images, which alone take {workshop.Plans.Sum(p => p.Graph!.Order.Length)}",
        ];
    }
}
