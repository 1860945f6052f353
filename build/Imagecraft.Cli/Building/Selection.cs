// Which board and image are meant. Unaware of how they are built.

using System.Collections.Immutable;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Building;

/// <summary>Resolves names of the command line.</summary>
/// <param name="Board">An existing board.</param>
/// <param name="Image">An existing image.</param>
public sealed record Selection(string Board, string Image)
{
    /// <summary>The named board or the only one, the named image or the board's own.</summary>
    /// <exception cref="ProblemException">A name is unknown, or one is needed.</exception>
    /// <exception cref="DiagnosticsException">The board is described, but wrongly.</exception>
    public static Selection Of(WorkspaceReading reading, BuildRequest request) => Of(reading, request.Board, request.Image);

    /// <summary>All that are asked for, each board once.</summary>
    /// <exception cref="ProblemException">A name is unknown, or one is needed.</exception>
    /// <exception cref="DiagnosticsException">A board is described, but wrongly.</exception>
    public static ImmutableArray<Selection> AllOf(WorkspaceReading reading, BuildRequest request) =>
        [Of(reading, request), .. request.FurtherBoards.Where(b => b != request.Board).Distinct(StringComparer.Ordinal).Select(b => Of(reading, b, request.Image))];

    private static Selection Of(WorkspaceReading reading, string? board, string? chosenImage)
    {
        var boards = reading.NamesOf(KindNames.Board);
        var name = board ?? reading.Own?.Board?.Value ?? (boards.Count == 1
            ? boards.First()
            : throw ProblemException.User("A board is needed", boards.Count == 0 ? "The workspace has none; add one below `boards/`" : $"Add `--board`, one of [{string.Join(", ", boards)}]"));
        if (!reading.Workspace.Boards.TryGetValue(name, out var known))
        {
            Composition.RefuseBroken(reading, new DocumentId(KindNames.Board, name));
            throw ProblemException.Unknown("board", name, boards);
        }

        var image = chosenImage ?? (board is null || board == reading.Own?.Board?.Value ? reading.Own?.Image?.Value : null) ?? known.DefaultImage.Value;
        if (reading.Workspace.Images.ContainsKey(image))
            return new Selection(name, image);
        Composition.RefuseBroken(reading, new DocumentId(KindNames.Image, image));
        if (chosenImage is null)
            Composition.RefuseBroken(reading, new DocumentId(KindNames.Board, name));
        throw ProblemException.Unknown("image", image, reading.NamesOf(KindNames.Image));
    }
}
