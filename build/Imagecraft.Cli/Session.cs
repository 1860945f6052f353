// One call of the command line: its streams, workspace, variables and interrupts. Unaware of verbs.

using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Development;
using Imagecraft.Cli.Output;
using Imagecraft.Cli.Publishing;
using Imagecraft.Engine.Sandbox;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli;

/// <summary>What every verb is given.</summary>
/// <param name="Console">Where everything visible goes.</param>
/// <param name="WorkspaceRoot">Absolute path of the workspace.</param>
/// <param name="Variable">Environment variables.</param>
public sealed record Session(IConsole Console, string WorkspaceRoot, Func<string, string?> Variable)
{
    /// <summary>Ctrl-C of this call.</summary>
    public Interrupts Interrupts { get; } = new();

    /// <summary><c>$IMAGECRAFT_CACHE</c>, or <c>imagecraft</c> in the user's cache folder.</summary>
    public string CacheRoot => Chosen is var path && File.Exists(path) ? throw ProblemException.Environment($"The cache `{path}` is a file", "Set IMAGECRAFT_CACHE to a folder, which is made when it does not exist") : path;

    private string Chosen
    {
        get
        {
            if (Variable("IMAGECRAFT_CACHE") is { Length: > 0 } own)
                return Path.GetFullPath(own);
            if (Variable("XDG_CACHE_HOME") is { Length: > 0 } caches && Path.IsPathRooted(caches))
                return Path.Combine(caches, "imagecraft");
            if (Variable("HOME") is { Length: > 0 } home)
                return Path.Combine(home, ".cache", "imagecraft");
            throw ProblemException.Environment("Neither IMAGECRAFT_CACHE nor XDG_CACHE_HOME nor HOME is set", "Set IMAGECRAFT_CACHE to a folder for downloads and results");
        }
    }

    /// <summary>Absolute path of the core layer, which comes with the program; the workspace itself when it is that.</summary>
    public string CoreRoot => Variable("IMAGECRAFT_CORE") is { Length: > 0 } core ? Path.GetFullPath(core) : WorkspaceRoot;

    /// <summary>The <c>dotnet</c> that runs us; it belongs to an SDK that fits <c>global.json</c>, because <c>build.sh</c> saw to that.</summary>
    public string Dotnet { get; init; } = Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";

    /// <summary>The SDK that this program belongs to; null: it works on a workspace.</summary>
    public UnpackedSdk? Sdk { get; init; }

    /// <summary>Holds all artifacts.</summary>
    public string OutputRoot => Path.Combine(WorkspaceRoot, "out");

    /// <summary>The folder of artifacts of a board's image.</summary>
    public string OutputFolder(string board, string image) => Path.Combine(OutputRoot, board, image);

    /// <summary>The session of this process. The workspace is the one that <c>IMAGECRAFT_WORKSPACE</c> names, or the folder here or above that has an <c>imagecraft.yaml</c>, or the folder of <c>build.sh</c>.</summary>
    public static Session OfProcess()
    {
        // What the calling shell left open is none of what this process starts.
        Descriptors.KeepFromChildren();
        var variable = OfTool(Environment.GetEnvironmentVariable);
        var sdk = UnpackedSdk.Of(variable);
        return new Session(new SystemConsole(variable), Path.GetFullPath(sdk?.StateFolder(variable) ?? Workspace(variable)), variable) { Sdk = sdk };
    }

    // A package of the .NET tool has no launcher that would set them.
    private static Func<string, string?> OfTool(Func<string, string?> variable)
    {
        if (PackedCore.Find(AppContext.BaseDirectory) is not { } archive)
            return variable;
        var core = new Lazy<string>(() => PackedCore.Unpack(archive, new Session(new SystemConsole(variable), ".", variable).CacheRoot));
        return name => variable(name) is { Length: > 0 } set ? set : name switch
        {
            "IMAGECRAFT_CORE" => core.Value,
            "IMAGECRAFT_PROGRAM" => "imagecraft",
            _ => null,
        };
    }

    private static string Workspace(Func<string, string?> variable)
    {
        if (variable("IMAGECRAFT_WORKSPACE") is { Length: > 0 } root)
            return root;
        var core = variable("IMAGECRAFT_CORE") is { Length: > 0 } checkout ? checkout : null;
        for (var folder = Directory.GetCurrentDirectory(); folder is not null; folder = Path.GetDirectoryName(folder))
            // Another checkout is no workspace of this one: whoever calls a script by its path means what it is of.
            if (File.Exists(Path.Combine(folder, WorkspaceFile.FileName)))
                return core is not null && File.Exists(Path.Combine(folder, "Imagecraft.sln")) ? core : folder;
        return core ?? ".";
    }
}
