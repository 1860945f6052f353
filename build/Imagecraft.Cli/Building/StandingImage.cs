// Answers a call for an image without a look at its metadata when nothing changed since the last one. Unaware of how images are built.

using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Editing;
using Imagecraft.Cli.Rendering;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Execution.Memory;
using Imagecraft.Feeds.Locking;
using Imagecraft.Metadata;

namespace Imagecraft.Cli.Building;

/// <summary>The standing of <c>./build.sh image</c>: what decides it are its options, the program, the SDK and the workspace's files.</summary>
public static class StandingImage
{
    /// <summary>Looks before anything is read. A call that writes events is not answered from memory: it wants to see them.</summary>
    public static StandingBuild? Look(Session session, BuildRequest request)
    {
        if (request.Events is not null)
            return null;
        var sdk = HostSdk.Find(session);
        // The program's folder is named anew with each compilation.
        var words = string.Join('\n', "image", request.Board, string.Join(' ', request.FurtherBoards), request.Image, request.Locked, request.Offline, new Edits(session).Words, request.Board is null ? LastChoice.Read(session) : null, AppContext.BaseDirectory, Environment.Version, sdk?.Root, string.Join(' ', sdk?.Parts ?? []));
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(words)).AsSpan(0, 8));
        return StandingBuild.Look(new(
            Path.Combine(session.WorkspaceRoot, ".imagecraft", "standing", name),
            words,
            session.WorkspaceRoot,
            [LockFile.FileName, .. WorkspaceLayers.Prepare(session, request.Offline).Places],
            session.CacheRoot,
            TimeProvider.System));
    }

    /// <summary>Says what the engine would have said.</summary>
    public static int Say(Session session, StandingAnswer answer)
    {
        session.Console.Out.WriteLine(BuildText.Summary(new BuildProgress { Cached = answer.Actions }, TimeSpan.Zero));
        foreach (var line in answer.Lines)
            session.Console.Out.WriteLine(line);
        return ExitCodes.Done;
    }
}
