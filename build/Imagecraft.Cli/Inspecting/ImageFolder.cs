// What a build left in `out/BOARD/IMAGE`, or a copy of it, read back. Unaware of workspaces, plans and the store.

using System.Collections.Immutable;
using System.Text.Json;
using System.Xml;
using Imagecraft.Cli.Boards;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Images.Manifests;

namespace Imagecraft.Cli.Inspecting;

/// <summary>An image as its files tell it. What an older build did not write, or nobody made yet, is empty.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Manifest">Packages, models, artifacts.</param>
/// <param name="Files">The root file system's entries; empty in images of versions that wrote no list.</param>
/// <param name="Configuration">The kernel's final symbols.</param>
/// <param name="Requested">Which symbols were asked for, and by which fragment.</param>
/// <param name="Checks">The last check's cases.</param>
public sealed record ImageFolder(string Path, ImageManifest Manifest, ImmutableArray<ListedFile> Files, ImmutableSortedDictionary<string, string> Configuration, ImmutableSortedDictionary<string, string> Requested, CheckedCases Checks)
{
    /// <summary>The kernel's final configuration among the artifacts.</summary>
    public const string ConfigName = "kernel.config";

    private const string ManifestName = "manifest.json", RequestedName = "kernel.requested";

    /// <summary>Why a package is there: its reason, then that of the package that required it, up to image, board or accelerator.</summary>
    public IEnumerable<string> Reasons(string package)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var name = package; name is not null && seen.Add(name) && Manifest.Packages.FirstOrDefault(p => p.Name == name) is { Reason: { } reason } found; name = found.RequiredBy)
            yield return reason;
    }

    /// <summary>The bars of the last build that did something; null when there is no trace.</summary>
    public string? Trace => Text(Path, ImageDelivery.TraceName);

    /// <summary>The console of the last check's boot; null when there was none.</summary>
    public string? Console => Text(System.IO.Path.Combine(Path, CheckRecord.Folder), "console.log");

    /// <summary>What every program has against attackers; null in images of versions that did not look.</summary>
    public string? Hardening => Text(Path, "hardening.txt");

    /// <summary>Reads a folder of artifacts.</summary>
    /// <param name="path">The folder, or its manifest.</param>
    /// <exception cref="ProblemException">It is none, or what is in it cannot be read.</exception>
    public static ImageFolder Read(string path)
    {
        var folder = System.IO.Path.GetFileName(path) == ManifestName ? System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))! : path;
        var manifest = Parse<ImageManifest?>(folder, ManifestName, ManifestJson.Read, null) ?? throw ProblemException.User($"`{folder}` is no folder of an image: it has no `{ManifestName}`", "Build the image with `./build.sh image`, or name the folder of one that was built");
        return new(
            folder,
            manifest,
            Parse(folder, FileListJson.Artifact, FileListJson.Read, []),
            Symbols(Text(folder, ConfigName)),
            RequestedBy(Text(folder, RequestedName)),
            Parse(System.IO.Path.Combine(folder, CheckRecord.Folder), CheckRecord.FileName, CheckedCases.Parse, CheckedCases.None));
    }

    /// <summary>The symbols of a <c>.config</c>; what is not set is <c>n</c>.</summary>
    public static ImmutableSortedDictionary<string, string> Symbols(string? config)
    {
        const string prefix = "CONFIG_", unset = " is not set";
        var symbols = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var line in (config ?? "").Split('\n'))
        {
            if (line.StartsWith(prefix, StringComparison.Ordinal) && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
                symbols[line[..equals]] = line[(equals + 1)..];
            else if (line.StartsWith("# " + prefix, StringComparison.Ordinal) && line.EndsWith(unset, StringComparison.Ordinal))
                symbols[line[2..^unset.Length]] = "n";
        }

        return symbols.ToImmutable();
    }

    private static ImmutableSortedDictionary<string, string> RequestedBy(string? contract) =>
        (contract ?? "").Split('\n').Select(line => line.Split('\t')).Where(words => words.Length >= 3).ToImmutableSortedDictionary(words => words[0], words => words[2], StringComparer.Ordinal);

    private static string? Text(string folder, string name) => System.IO.Path.Combine(folder, name) is var path && File.Exists(path) ? File.ReadAllText(path) : null;

    private static T Parse<T>(string folder, string name, Func<string, T> read, T absent)
    {
        try
        {
            return Text(folder, name) is { } text ? read(text) : absent;
        }
        catch (Exception problem) when (problem is JsonException or XmlException or FormatException)
        {
            throw ProblemException.User($"`{System.IO.Path.Combine(folder, name)}` cannot be read: {problem.Message}", "Build or check the image again, or name another folder");
        }
    }
}
