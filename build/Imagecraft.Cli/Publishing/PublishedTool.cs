// What an archive of Imagecraft holds: a launcher, the .NET runtime, the orchestrator and the core layer. Unaware of archives' formats.

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Feeds.Locking;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Systems;

namespace Imagecraft.Cli.Publishing;

/// <summary>Everything that runs from where it is unpacked, on a machine without an SDK.</summary>
public static class PublishedTool
{
    // The runtime is the one that runs this: it lies beside the program `dotnet`.
    private const string Launcher = """
        #!/bin/sh
        # Runs Imagecraft from where it was unpacked, on the core layer that came with it.
        self=$(readlink -f -- "$0") || exit 2
        here=${self%/*}
        export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_EnableWriteXorExecute=0 DOTNET_GCgen0size=4000000
        IMAGECRAFT_CORE=$here/core IMAGECRAFT_PROGRAM=imagecraft exec "$here/dotnet/dotnet" exec "$here/orchestrator/imagecraft.dll" "$@"

        """;

    // Of the core layer: what its own layer is read from, what that names by the workspace's root, and what people and editors read.
    private static readonly ImmutableArray<string> _ofCore = [WorkspaceFile.FileName, LockFile.FileName, "boards", "images", "models", "recipes", "docs", "README.md", "CHANGELOG.md", "global.json"];

    /// <summary>Where the core layer lies.</summary>
    public const string CoreFolder = "core";

    /// <summary>E.g. <c>imagecraft-0.1.0-linux-x64</c>.</summary>
    public static string Name => $"imagecraft-{ImagecraftVersion.Current}-linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>The files, by their names below the archive's folder.</summary>
    /// <param name="session">Its workspace is the core layer.</param>
    /// <exception cref="ProblemException">No runtime lies beside the program that runs this, or the workspace is another.</exception>
    public static IEnumerable<ArchiveFile> Files(Session session) => [new ArchiveFile.OfText("imagecraft", IsExecutable: true, Launcher), .. Program(session), .. Core(session).Select(file => ToolArchive.Within(CoreFolder, file))];

    /// <summary>The .NET runtime, in <c>dotnet</c>, and the orchestrator.</summary>
    /// <exception cref="ProblemException">No runtime lies beside the program that runs this.</exception>
    public static IEnumerable<ArchiveFile> Program(Session session) => [.. Runtime(session.Dotnet), .. Orchestrator().Select(file => ToolArchive.Within("orchestrator", file))];

    private static IEnumerable<ArchiveFile> Runtime(string dotnet)
    {
        var root = HostSdk.RootOf(dotnet);
        string[] parts = ["dotnet", "LICENSE.txt", "ThirdPartyNotices.txt", .. HostSdk.RuntimeParts(root) ?? throw ProblemException.Environment($"No .NET runtime lies beside `{dotnet}`", "Run it by `./build.sh`")];
        return parts.SelectMany(part => ArchiveFile.Below(Path.Combine(root, part), $"dotnet/{part}"));
    }

    /// <summary>The orchestrator's files, by their names beside its program.</summary>
    public static IEnumerable<ArchiveFile> Orchestrator() =>
        ArchiveFile.Below(AppContext.BaseDirectory.TrimEnd('/'), ".").Where(file => Path.GetExtension(file.Name) != ".pdb").Select(file => file with { Name = file.Name["./".Length..] });

    /// <summary>The core layer.</summary>
    /// <param name="session">Its workspace is that layer.</param>
    /// <exception cref="ProblemException">The workspace is another.</exception>
    public static IEnumerable<ArchiveFile> Core(Session session)
    {
        if (session.CoreRoot != session.WorkspaceRoot)
            throw ProblemException.User($"`{session.WorkspaceRoot}` is a workspace of its own, and only Imagecraft itself is published", $"Call it from within `{session.CoreRoot}`");
        var layers = WorkspaceLayers.Prepare(session);
        var code = Composition.Load(session).Workspace.Recipes.Values.Select(recipe => recipe.Build).OfType<BuildSpec.DotnetAot>().SelectMany(build => build.Folders.Select(folder => folder.Value));
        string[] parts = [.. _ofCore, .. DotnetSdk.SettingFiles, .. layers.Folders];
        return parts.SelectMany(part => Below(part)).Concat(code.SelectMany(folder => Below(folder, "bin", "obj"))).DistinctBy(file => file.Name);

        IEnumerable<ArchiveFile> Below(string part, params string[] without) => ArchiveFile.Below(Path.Combine(session.CoreRoot, part), part, without);
    }
}
