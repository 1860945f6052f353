// Which board and image are meant. Unaware of how they are built.

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
    public static Selection Of(Workspace workspace, BuildRequest request)
    {
        var name = request.Board ?? (workspace.Boards.Count == 1
            ? workspace.Boards.Keys.First()
            : throw ProblemException.User("A board is needed", workspace.Boards.IsEmpty ? "The workspace has none; add one below `boards/`" : $"Add `--board`, one of [{string.Join(", ", workspace.Boards.Keys)}]"));
        if (!workspace.Boards.TryGetValue(name, out var board))
            throw ProblemException.Unknown("board", name, workspace.Boards.Keys);
        var image = request.Image ?? board.DefaultImage.Value;
        return workspace.Images.ContainsKey(image) ? new Selection(name, image) : throw ProblemException.Unknown("image", image, workspace.Images.Keys);
    }
}
