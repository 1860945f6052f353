// Which .NET SDK programs for the board are compiled with: the one that runs us. Unaware of how it came here.

using Imagecraft.Cli.CommandLine;

namespace Imagecraft.Cli.Building;

/// <summary>An installed SDK.</summary>
/// <param name="Root">Folder with <c>dotnet</c>, <c>sdk</c> and <c>shared</c>.</param>
/// <param name="Version">Version of the SDK; stands for the whole folder in keys.</param>
public sealed record HostSdk(string Root, string Version)
{
    /// <summary>Reads folder names only, because it is part of every call.</summary>
    /// <param name="dotnet">Path of the program, links resolved or not.</param>
    /// <exception cref="ProblemException">No SDK lies beside it.</exception>
    public static HostSdk Find(string dotnet)
    {
        var program = File.ResolveLinkTarget(dotnet, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(dotnet);
        var root = Path.GetDirectoryName(program)!;
        var sdks = Path.Combine(root, "sdk");
        var newest = Directory.Exists(sdks)
            ? Directory.EnumerateDirectories(sdks).Select(d => Path.GetFileName(d)!).Select(n => (Name: n, Version: Parse(n))).Where(s => s.Version?.Major == Environment.Version.Major).MaxBy(s => s.Version).Name
            : null;
        return newest is null
            ? throw ProblemException.Environment($"No .NET {Environment.Version.Major} SDK lies in `{sdks}`", "Install the SDK, not only the runtime")
            : new HostSdk(root, newest);
    }

    private static System.Version? Parse(string name) => System.Version.TryParse(name, out var version) ? version : null;
}
