// Which .NET SDK programs for the board are compiled with: the newest beside the program that runs us. Unaware of how it came here.

using Imagecraft.Cli.CommandLine;
using Imagecraft.Planning.Systems;

namespace Imagecraft.Cli.Building;

/// <summary>Finds the SDK of this machine.</summary>
public static class HostSdk
{
    private const string Runtime = "shared/Microsoft.NETCore.App", Resolver = "host/fxr";

    /// <summary>Reads folder names only, because it is part of every call.</summary>
    /// <param name="dotnet">Path of the program, links resolved or not.</param>
    /// <exception cref="ProblemException">No SDK, or not all that it needs, lies beside it.</exception>
    public static DotnetSdk Find(string dotnet)
    {
        var program = File.ResolveLinkTarget(dotnet, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(dotnet);
        var root = Path.GetDirectoryName(program)!;
        var major = Environment.Version.Major;
        var sdk = Newest(root, "sdk", major);
        // The packs of the runtime's interface and of host programs, of any version: NuGet's lock says which are used.
        var packs = Directory.Exists(Path.Combine(root, "packs")) ? Directory.EnumerateDirectories(Path.Combine(root, "packs"), "Microsoft.NETCore.App.*").Select(path => $"packs/{Path.GetFileName(path)}") : [];
        var manifests = Directory.Exists(Path.Combine(root, "sdk-manifests")) ? ["sdk-manifests"] : Array.Empty<string>();
        return new DotnetSdk(root, Path.GetFileName(sdk), ["dotnet", Newest(root, Resolver, major), Newest(root, Runtime, major), sdk, .. manifests, .. packs.Order(StringComparer.Ordinal)]);
    }

    private static string Newest(string root, string folder, int major)
    {
        var all = Path.Combine(root, folder);
        var newest = Directory.Exists(all)
            ? Directory.EnumerateDirectories(all).Select(d => Path.GetFileName(d)!).Select(n => (Name: n, Version: Parse(n))).Where(s => s.Version?.Major == major).MaxBy(s => s.Version).Name
            : null;
        return newest is null
            ? throw ProblemException.Environment($"No .NET {major} SDK lies in `{all}`", "Install the SDK, not only the runtime")
            : $"{folder}/{newest}";
    }

    private static System.Version? Parse(string name) => System.Version.TryParse(name, out var version) ? version : null;
}
