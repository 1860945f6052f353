// Which board and image are meant. Unaware of how they are built.

using System.Collections.Immutable;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Building;

/// <summary>Resolves names of the command line.</summary>
/// <param name="Board">An existing board.</param>
/// <param name="Image">An existing image.</param>
public sealed record Selection(string Board, string Image)
{
    /// <summary>The named board or the only one, the named image or the board's own.</summary>
    /// <exception cref="ProblemException">A name is unknown, or one is needed.</exception>
    public static Selection Of(Workspace workspace, BuildRequest request) => Of(workspace, request.Board, request.Image);

    /// <summary>All that are asked for, each board once.</summary>
    /// <exception cref="ProblemException">A name is unknown, or one is needed.</exception>
    public static ImmutableArray<Selection> AllOf(Workspace workspace, BuildRequest request) =>
        [Of(workspace, request), .. request.FurtherBoards.Where(b => b != request.Board).Distinct(StringComparer.Ordinal).Select(b => Of(workspace, b, request.Image))];

    private static Selection Of(Workspace workspace, string? board, string? chosenImage)
    {
        var name = board ?? (workspace.Boards.Count == 1
            ? workspace.Boards.Keys.First()
            : throw ProblemException.User("A board is needed", workspace.Boards.IsEmpty ? "The workspace has none; add one below `boards/`" : $"Add `--board`, one of [{string.Join(", ", workspace.Boards.Keys)}]"));
        if (!workspace.Boards.TryGetValue(name, out var known))
            throw ProblemException.Unknown("board", name, workspace.Boards.Keys);
        var image = chosenImage ?? known.DefaultImage.Value;
        return workspace.Images.ContainsKey(image) ? new Selection(name, image) : throw ProblemException.Unknown("image", image, workspace.Images.Keys);
    }
}
