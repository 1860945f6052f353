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
    /// <summary>The call named no board: it is the one of last time.</summary>
    public bool IsLast { get; init; }

    /// <summary>Says so.</summary>
    public void Tell(Session session)
    {
        if (IsLast)
            session.Console.Diagnostics.WriteLine($"note: board `{Board}` with image `{Image}`, as last time; `--board` names another");
    }

    /// <summary>The named board or the only one, the named image or the board's own.</summary>
    /// <exception cref="ProblemException">A name is unknown, or one is needed.</exception>
    /// <exception cref="DiagnosticsException">The board is described, but wrongly.</exception>
    public static Selection Of(WorkspaceReading reading, BuildRequest request) => Of(reading, request.Board, request.Image, request.Last);

    /// <summary>All that are asked for, each board once.</summary>
    /// <exception cref="ProblemException">A name is unknown, or one is needed.</exception>
    /// <exception cref="DiagnosticsException">A board is described, but wrongly.</exception>
    public static ImmutableArray<Selection> AllOf(WorkspaceReading reading, BuildRequest request) =>
        [Of(reading, request), .. request.FurtherBoards.Where(b => b != request.Board).Distinct(StringComparer.Ordinal).Select(b => Of(reading, b, request.Image, null))];

    private static Selection Of(WorkspaceReading reading, string? board, string? chosenImage, LastChoice? last)
    {
        var boards = reading.NamesOf(KindNames.Board);
        if (board is null && reading.Own?.Board is null && boards.Count > 1 && last is not null && boards.Contains(last.Board))
            return Of(reading, last.Board, chosenImage ?? (last.Image is { } image && reading.NamesOf(KindNames.Image).Contains(image) ? image : null), null) with { IsLast = true };
        var name = board ?? reading.Own?.Board?.Value ?? (boards.Count == 1
            ? boards.First()
            : throw ProblemException.User("A board is needed", boards.Count == 0 ? "The workspace has none; add one below `boards/`" : $"Add `--board`, one of [{string.Join(", ", boards)}]"));
        if (!reading.Workspace.Boards.TryGetValue(name, out var known))
        {
            Composition.RefuseBroken(reading, new DocumentId(KindNames.Board, name));
            throw ProblemException.Unknown("board", name, boards);
        }

        var named = chosenImage ?? (board is null || board == reading.Own?.Board?.Value ? reading.Own?.Image?.Value : null) ?? known.DefaultImage.Value;
        if (reading.Workspace.Images.ContainsKey(named))
            return new Selection(name, named);
        Composition.RefuseBroken(reading, new DocumentId(KindNames.Image, named));
        if (chosenImage is null)
            Composition.RefuseBroken(reading, new DocumentId(KindNames.Board, name));
        throw ProblemException.Unknown("image", named, reading.NamesOf(KindNames.Image));
    }
}
