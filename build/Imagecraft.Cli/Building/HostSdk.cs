// Which .NET SDK programs for the board are compiled with: the newest beside the program that runs us, or that the machine has. Unaware of how it came here.

using System.Collections.Immutable;
using Imagecraft.Planning.Systems;

namespace Imagecraft.Cli.Building;

/// <summary>Finds the SDK of this machine.</summary>
public static class HostSdk
{
    private const string Program = "dotnet", Runtime = "shared/Microsoft.NETCore.App", Resolver = "host/fxr";

    /// <summary>Reads folder names only, because it is part of every call. Null: the machine has none of this version, or not all that it needs.</summary>
    public static DotnetSdk? Find(Session session) => Candidates(session).Select(In).FirstOrDefault(sdk => sdk is not null);

    /// <summary>The installation of a program `dotnet`.</summary>
    public static string RootOf(string dotnet) => Path.GetDirectoryName(File.ResolveLinkTarget(dotnet, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(dotnet))!;

    /// <summary>What of an installation runs programs: the newest runtime of this version and what finds it; null when it has none.</summary>
    public static ImmutableArray<string>? RuntimeParts(string root) => Newest(root, Resolver) is { } resolver && Newest(root, Runtime) is { } runtime ? [resolver, runtime] : null;

    // An installation without an SDK is a runtime that came with us; then the ones count that people have set up.
    private static IEnumerable<string> Candidates(Session session)
    {
        string?[] folders = [session.Variable("DOTNET_ROOT"), .. session.Variable("PATH")?.Split(':') ?? [], session.Variable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".dotnet") : null];
        return folders.OfType<string>().Where(Path.IsPathRooted).Select(folder => Path.Combine(folder, Program)).Prepend(session.Dotnet).Where(File.Exists).Select(RootOf).Distinct();
    }

    private static DotnetSdk? In(string root)
    {
        if (Newest(root, "sdk") is not { } sdk || RuntimeParts(root) is not { } runtime)
            return null;
        // The packs of the runtime's interface and of host programs, of any version: NuGet's lock says which are used.
        var packs = Directory.Exists(Path.Combine(root, "packs")) ? Directory.EnumerateDirectories(Path.Combine(root, "packs"), "Microsoft.NETCore.App.*").Select(path => $"packs/{Path.GetFileName(path)}") : [];
        var manifests = Directory.Exists(Path.Combine(root, "sdk-manifests")) ? ["sdk-manifests"] : Array.Empty<string>();
        return new DotnetSdk(root, Path.GetFileName(sdk), [Program, .. runtime, sdk, .. manifests, .. packs.Order(StringComparer.Ordinal)]);
    }

    private static string? Newest(string root, string folder)
    {
        var all = Path.Combine(root, folder);
        var newest = Directory.Exists(all)
            ? Directory.EnumerateDirectories(all).Select(d => Path.GetFileName(d)!).Select(n => (Name: n, Version: Parse(n))).Where(s => s.Version?.Major == Environment.Version.Major).MaxBy(s => s.Version).Name
            : null;
        return newest is null ? null : $"{folder}/{newest}";
    }

    private static System.Version? Parse(string name) => System.Version.TryParse(name, out var version) ? version : null;
}
