// The rim: finds layers on disk and reads their texts. The only file of this project that touches a disk; unaware of what the texts mean.

#pragma warning disable RS0030 // This file is the rim that reads from disk; everything behind it is pure.

using System.Collections.Immutable;
using System.IO.Enumeration;
using System.Text;
using System.Text.Unicode;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Forms.Kinds;
using Imagecraft.Metadata.Layers;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata;

/// <summary>Loads workspaces from disk.</summary>
public static class WorkspaceLoader
{
    static readonly string[] Folders = ["boards", "images", "models", "recipes"];

    /// <summary>The files and folders below a root that <see cref="Load"/> looks at.</summary>
    public static ImmutableArray<string> Places { get; } = ["layer.yaml", "layers", .. Folders];

    /// <summary>The same of a workspace with its file and layers.</summary>
    public static IEnumerable<string> PlacesOf(IEnumerable<string> layers) =>
        [WorkspaceFile.FileName, .. Places, .. layers.SelectMany(layer => Places.Where(place => place != "layers").Select(place => $"{layer}/{place}"))];

    /// <summary>Reads `imagecraft.yaml`; neither a file nor problems when there is none.</summary>
    /// <param name="root">The workspace's root folder.</param>
    public static (WorkspaceFile? File, ImmutableArray<Diagnostic> Problems) ReadFile(string root)
    {
        var path = $"{root}/{WorkspaceFile.FileName}";
        var guard = new LayerGuard(root);
        if (!Path.Exists(path) && new FileInfo(path).LinkTarget is null)
            return (null, []);
        if (!guard.Takes(path) || !guard.TakesText(path) || ReadText(path, guard) is not { } text)
            return (null, [.. guard.Refused.Select(entry => new Diagnostic(entry.Code, Severity.Error, entry.Message, new SourceSpan(entry.Path, 1, 1, 0), entry.Hint))]);
        var document = YamlText.Parse(WorkspaceFile.FileName, text);
        var reading = new Reading(path => Path.Exists($"{root}/{path}"));
        reading.Add(document.Diagnostics);
        if (document is { IsWhole: true, Root: { } map } && WorkspaceForm.Form.TryRead(map, "`workspace`", reading, out var file))
            return (file, []);
        return (null, [.. reading.Sorted().Select(problem => problem.Diagnostic)]);
    }

    /// <summary>Enumerates the folders of every layer once, reads all YAML files and hands them to <see cref="WorkspaceReader"/>.</summary>
    /// <param name="root">The workspace's root folder.</param>
    /// <param name="own">The workspace of one's own that it is; null: the root is the core layer, and each folder of `layers/` a further one.</param>
    /// <param name="further">Folders of the layers of <paramref name="own"/>, relative to the root, in the order in which it lists them.</param>
    /// <exception cref="IOException">A file or folder cannot be read.</exception>
    public static WorkspaceReading Load(string root, WorkspaceFile? own = null, params IEnumerable<string> further)
    {
        root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        var known = new HashSet<string>(StringComparer.Ordinal);
        LayerText[] listed = [.. further.Select((folder, index) => Layer(root, folder, known) with { Place = own?.Layers.ElementAtOrDefault(index) })];
        LayerText[] layers = own is null ? [.. FoldersOf(root).Select(folder => Layer(root, folder, known))]
            : own.IsCore ? [Layer(root, "", known), .. listed]
            : [Layer(root, LayerFolders.Core, known) with { IsCore = true }, .. listed, Layer(root, "", known) with { IsCore = false, Workspace = own }];
        return WorkspaceReader.Read(layers, path => known.Contains(path) || Path.Exists($"{root}/{path}"), text: path => Source(root, path), odd: new LayerGuard(root).Oddity);
    }

    /// <summary>The text of a workspace's file for <see cref="Diagnostics.DiagnosticText"/>; null when it cannot be read.</summary>
    public static string? Source(string root, string path)
    {
        try
        {
            var (guard, full) = (new LayerGuard(root), Path.Combine(root, path));
            return guard.Takes(full) && guard.TakesText(full) ? Text(File.ReadAllBytes(full)) : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Null for bytes that are no UTF-8: what could not be read would silently become other characters.</summary>
    static string? ReadText(string path, LayerGuard guard)
    {
        var bytes = File.ReadAllBytes(path);
        if (Utf8.IsValid(bytes))
            return Text(bytes);
        guard.RefuseBytes(path, bytes);
        return null;
    }

    /// <summary>A file's UTF-8 text without byte order mark; <see cref="File.ReadAllText(string)"/> allocates several times the size of small files.</summary>
    static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes);

    static IEnumerable<string> FoldersOf(string root)
    {
        var layers = Path.Combine(root, "layers");
        var found = Directory.Exists(layers) ? Directory.GetDirectories(layers) : [];
        return found.Select(folder => $"layers/{Path.GetFileName(folder)}").Order(StringComparer.Ordinal).Prepend("");
    }

    static LayerText Layer(string root, string layer, HashSet<string> known)
    {
        var start = layer.Length == 0 ? root : $"{root}/{layer}";
        var paths = new List<string>();
        var guard = new LayerGuard(root);
        if (!guard.Takes(layer.Length == 0 ? root : $"{root}/layers") || !guard.Takes(start))
            return new LayerText(layer, []) { Refused = guard.Refused };
        if (guard.Takes($"{start}/layer.yaml") && File.Exists($"{start}/layer.yaml"))
            paths.Add($"{start}/layer.yaml");
        else if (File.Exists($"{start}/layer.yml") && guard.Takes($"{start}/layer.yml") && guard.IsText($"{start}/layer.yml"))
            paths.Add($"{start}/layer.yml");
        if (layer.Length > 0)
            foreach (var folder in Directory.GetDirectories(start))
                if (Nearest.To(Path.GetFileName(folder), Folders) is { } meant && meant != Path.GetFileName(folder))
                    guard.RefuseFolder(folder, meant);
        foreach (var folder in Folders)
            if (guard.Takes($"{start}/{folder}") && Directory.Exists($"{start}/{folder}"))
                paths.AddRange(Files($"{start}/{folder}", root.Length + 1, known, guard));
        paths.Sort(StringComparer.Ordinal);
        var texts = new SourceText?[paths.Count];
        Spread.Over(texts.Length, index => texts[index] = guard.TakesText(paths[index]) && ReadText(paths[index], guard) is { } text ? new SourceText(paths[index][(root.Length + 1)..], text) : null);
        return new LayerText(layer, [.. texts.OfType<SourceText>()]) { Refused = guard.Refused };
    }

    /// <summary>Full paths of the YAML files below a folder; all files' relative paths are added to <paramref name="known"/>.</summary>
    static IEnumerable<string> Files(string folder, int prefix, HashSet<string> known, LayerGuard guard)
    {
        var all = new FileSystemEnumerable<(string Path, bool IsFolder, bool IsLink)>(folder, (ref FileSystemEntry entry) => (entry.ToFullPath(), entry.IsDirectory, IsLink(ref entry)), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory || IsLink(ref entry),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsLink(ref entry) || guard.Takes(entry.ToFullPath()),
        };
        foreach (var (path, isFolder, isLink) in all)
        {
            if (isLink && !guard.Takes(path))
                continue;
            if (isFolder)
                continue;
            known.Add(path[prefix..]);
            // Of other endings, what turns out to be a document is told of.
            if (path.EndsWith(".yaml", StringComparison.Ordinal) || (IsAlmostYaml(path) && guard.IsText(path)))
                yield return path;
        }
    }

    static bool IsAlmostYaml(string path) => path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase);

    static bool IsLink(ref FileSystemEntry entry) => (entry.Attributes & System.IO.FileAttributes.ReparsePoint) != 0;
}
