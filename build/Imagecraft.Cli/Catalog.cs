// What a workspace has, as names with a line about each. Unaware of what the things mean.

using System.Collections.Immutable;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli;

/// <summary>A thing of the workspace.</summary>
/// <param name="Name">Its name.</param>
/// <param name="About">Version, summary or the like.</param>
/// <param name="Place">Where it was written.</param>
public sealed record CatalogEntry(string Name, string About, SourceSpan Place);

/// <summary>Lists a workspace by kind, documents that could not be read too.</summary>
public static class Catalog
{
    /// <summary>The kinds, as <c>list</c> and <c>show</c> name them.</summary>
    public static ImmutableArray<string> Kinds { get; } =
        [KindNames.Board, KindNames.Image, KindNames.Recipe, KindNames.Model, KindNames.Feature, KindNames.Dataset, KindNames.Accelerator, KindNames.Architecture, KindNames.ToolRoot, KindNames.Feed, KindNames.Layer, "package"];

    /// <summary>Everything of one of <see cref="Kinds"/>, by name.</summary>
    public static IReadOnlyList<CatalogEntry> Of(WorkspaceReading reading, string kind)
    {
        var entries = Of(reading.Workspace, kind);
        var read = entries.Select(e => e.Name).ToHashSet(StringComparer.Ordinal);
        var broken = reading.NamesOf(kind).Where(name => !read.Contains(name)).Select(name => (Name: name, Place: reading.PlaceOf(new(kind, name))!)).ToArray();
        return broken.Length == 0 ? entries : [.. entries.Concat(broken.Select(b => new CatalogEntry(b.Name, $"cannot be read, see {b.Place.File}", b.Place))).OrderBy(e => e.Name, StringComparer.Ordinal)];
    }

    /// <summary>What could be read of one of <see cref="Kinds"/>, by name.</summary>
    public static IReadOnlyList<CatalogEntry> Of(Workspace workspace, string kind) => kind switch
    {
        KindNames.Board => [.. workspace.Boards.Values.Select(b => new CatalogEntry(b.Name, b.Summary ?? "", b.Name.Span))],
        KindNames.Image => [.. workspace.Images.Values.Select(i => new CatalogEntry(i.Name, i.Summary ?? "", i.Name.Span))],
        KindNames.Feature => [.. workspace.Features.Values.Select(f => new CatalogEntry(f.Name, f.Summary ?? "", f.Name.Span))],
        KindNames.Recipe => [.. workspace.Recipes.Values.Select(r => new CatalogEntry(r.Name, $"{r.Version}  {r.Summary}".TrimEnd(), r.Name.Span))],
        KindNames.Model => [.. workspace.Models.Values.Select(m => new CatalogEntry(m.Name, $"{m.Version}  {m.Summary}".TrimEnd(), m.Name.Span))],
        KindNames.Dataset => [.. workspace.Datasets.Values.Select(d => new CatalogEntry(d.Name, d.Summary ?? "", d.Name.Span))],
        KindNames.Accelerator => [.. workspace.Accelerators.Values.Select(a => new CatalogEntry(a.Name, a.Summary ?? "", a.Name.Span))],
        KindNames.Architecture => [.. workspace.Architectures.Values.Select(a => new CatalogEntry(a.Name, a.Triplet, a.Name.Span))],
        KindNames.ToolRoot => [.. workspace.ToolRoots.Values.Select(t => new CatalogEntry(t.Name, $"feed {t.Feed}", t.Name.Span))],
        KindNames.Feed => [.. workspace.Feeds.Values.Select(f => new CatalogEntry(f.Name, f.Apt is null ? $"suite {f.Suite}" : $"suite {f.Suite} of {f.Apt}", f.Name.Span))],
        KindNames.Layer => [.. workspace.Layers.Select(l => new CatalogEntry(l.Name, string.Join(", ", new[] { $"priority {l.Priority}", l.Version is null ? null : $"version {l.Version}", From(l.Place) }.OfType<string>()), l.Name.Span))],
        "package" => [.. workspace.Recipes.Values.SelectMany(r => r.Packages.Where(p => !p.IsConventional).Select(p => new CatalogEntry(p.Name, $"of recipe {r.Name}", p.Name.Span))).OrderBy(e => e.Name, StringComparer.Ordinal)],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No kind of this name"),
    };

    private static string? From(LayerPlace? place) => place switch
    {
        LayerPlace.Archive archive => $"archive {archive.Address}",
        LayerPlace.Commit commit => $"commit {commit.Id} of {commit.Address}",
        _ => null,
    };
}
