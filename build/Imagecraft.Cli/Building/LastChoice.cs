// The board and image that a workspace was last used with. Unaware of what they are.

using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Files;

namespace Imagecraft.Cli.Building;

/// <summary>What <c>image</c>, <c>check</c> and <c>run</c> were last given; it counts only where a board would be asked for otherwise.</summary>
/// <param name="Board">As it was written.</param>
/// <param name="Image">As it was written; null: none was.</param>
public sealed record LastChoice(string Board, string? Image)
{
    /// <summary>The last choice; null when there was none.</summary>
    public static LastChoice? Read(Session session)
    {
        try
        {
            return File.ReadAllText(FileOf(session)).Split('\n') is [{ Length: > 0 } board, var image, ..] ? new(board, image.Length > 0 ? image : null) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Keeps what a call names, when it names one board.</summary>
    public static void Keep(Session session, BuildRequest request)
    {
        if (request is not { Board: { } board, FurtherBoards.IsEmpty: true } || Read(session) == new LastChoice(board, request.Image))
            return;
        PrivateFolder.Make(Path.GetDirectoryName(FileOf(session))!);
        AtomicFile.Write(FileOf(session), $"{board}\n{request.Image}\n");
    }

    private static string FileOf(Session session) => Path.Combine(session.WorkspaceRoot, ".imagecraft", "last-board");
}
