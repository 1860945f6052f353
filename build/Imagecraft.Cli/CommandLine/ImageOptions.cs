// The options of verbs that look at an image that was built. Unaware of verbs.

using System.CommandLine;
using System.CommandLine.Parsing;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.Inspecting;

namespace Imagecraft.Cli.CommandLine;

/// <summary>Adds them to a command, and finds what they name.</summary>
public sealed class ImageOptions
{
    private readonly Option<string?> _board = new("--board", "-b") { Description = "Board of the image (default: the only one)" };
    private readonly Option<string?> _image = new("--image", "-i") { Description = "Image (default: the board's own)" };

    /// <summary>Adds the options to <paramref name="command"/>.</summary>
    public ImageOptions(Command command)
    {
        command.Options.Add(_board);
        command.Options.Add(_image);
    }

    /// <summary>The artifacts of the image that the options name.</summary>
    /// <exception cref="ProblemException">A name is unknown, or nothing was built.</exception>
    public ImageFolder Read(ParseResult parsed, Session session) =>
        Read(session, new BuildRequest(parsed.GetValue(_board), parsed.GetValue(_image), false, false, false, null, null));

    /// <summary>The artifacts of the image that a request names.</summary>
    /// <exception cref="ProblemException">A name is unknown, or nothing was built.</exception>
    public static ImageFolder Read(Session session, BuildRequest request)
    {
        var chosen = Selection.Of(Composition.Load(session, request.Offline), request with { Last = LastChoice.Read(session) });
        chosen.Tell(session);
        return Of(session, chosen.Board, chosen.Image);
    }

    /// <summary>The folder that an argument names: a path, or <c>BOARD/IMAGE</c> of this workspace.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public static ImageFolder Named(Session session, string name) =>
        Directory.Exists(name) || File.Exists(name) ? ImageFolder.Read(name)
        : name.Split('/') is [{ Length: > 0 } board, { Length: > 0 } image] && Directory.Exists(session.OutputFolder(board, image)) ? Of(session, board, image)
        : throw ProblemException.User($"`{name}` is neither a folder of artifacts nor `BOARD/IMAGE` of one that was built here", "Name e.g. `out/qemu-arm64/edge-ml`, a copy of such a folder, or its `manifest.json`");

    private static ImageFolder Of(Session session, string board, string image)
    {
        var folder = session.OutputFolder(board, image);
        return File.Exists(Path.Combine(folder, "manifest.json")) ? ImageFolder.Read(folder) : throw ProblemException.User($"The image `{image}` of `{board}` was not built yet", $"Build it: `./build.sh image --board {board} --image {image}`");
    }
}
