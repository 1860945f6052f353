// What the lock must pin for a workspace: one set a tool root, one a prebuilt recipe and architecture, one project a .NET recipe.

using System.Collections.Immutable;
using Imagecraft.Feeds.Debian;
using Imagecraft.Feeds.Locking;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning.Recipes;

/// <summary>A .NET project whose packages the lock must have.</summary>
/// <param name="Name">Its name in the lock.</param>
/// <param name="Project">Project file relative to the workspace root.</param>
/// <param name="RuntimeIdentifiers">Targets it is compiled for.</param>
public sealed record ProjectRequest(string Name, string Project, ImmutableArray<string> RuntimeIdentifiers);

/// <summary>Names and requests of the lock's sets.</summary>
public static class LockSets
{
    /// <summary>The lock's name of a tool root's set.</summary>
    public static string OfToolRoot(string name) => $"toolroot/{name}";

    /// <summary>The lock's name of a recipe's set or project.</summary>
    public static string OfRecipe(string name) => $"recipe/{name}";

    /// <summary>The lock's name of a dataset's set.</summary>
    public static string OfDataset(string name) => $"dataset/{name}";

    /// <summary>The lock's names of what a document may be locked as.</summary>
    public static IEnumerable<string> Of(DocumentId document) => document.Kind switch
    {
        KindNames.ToolRoot => [OfToolRoot(document.Name)],
        KindNames.Recipe => [OfRecipe(document.Name)],
        KindNames.Dataset => [OfDataset(document.Name)],
        _ => [],
    };

    /// <summary>Whether the recipe has packages for the architecture of this name, and its feed too.</summary>
    public static bool Has(Workspace workspace, BuildSpec.Prebuilt build, string architecture) =>
        IsAmong(build.Architectures, architecture) && (!workspace.Feeds.TryGetValue(build.Feed, out var feed) || IsAmong(feed.Architectures, architecture));

    private static bool IsAmong(ImmutableArray<Sited<string>> named, string architecture) => named.IsEmpty || named.Any(a => a.Value == architecture);

    /// <summary>All feeds of the workspace; key files are found below <paramref name="workspaceRoot"/>.</summary>
    public static ImmutableArray<FeedSpec> Feeds(Workspace workspace, string workspaceRoot) =>
        [.. workspace.Feeds.Values.Select(f => new FeedSpec(f.Name, f.Suite, [.. f.Components.Select(c => c.Value)], [.. f.Keys.Select(k => Path.Combine(workspaceRoot, k))], f.Base?.Value) { Updates = f.Updates?.Value, Archived = f.Archived, Home = f.Apt is null ? null : new(f.Name, AddressOf(f.Apt, workspaceRoot)) })];

    // A path is seen from the folder of the file that it is written in.
    private static string? AddressOf(Sited<string> apt, string workspaceRoot) => apt.Value switch
    {
        ['$', ..] => null,
        ['f', 'i', 'l', 'e', ':', '/', '/', ..] => apt,
        ['f', 'i', 'l', 'e', ':', .. var path] => "file://" + string.Join('/', Path.GetFullPath(Path.Combine(workspaceRoot, Path.GetDirectoryName(apt.Span.File) ?? "", path)).Split('/').Select(Uri.EscapeDataString)),
        _ => apt,
    };

    /// <summary>The sets of Debian packages that documents of the workspace use.</summary>
    /// <param name="workspace">The merged metadata.</param>
    /// <param name="hostArchitecture">Debian's name of the build host's architecture.</param>
    /// <param name="counts">Which documents count.</param>
    public static ImmutableArray<SetRequest> Debian(Workspace workspace, string hostArchitecture, Func<DocumentId, bool> counts)
    {
        var architectures = workspace.Boards.Values.Where(b => counts(new(KindNames.Board, b.Name))).Select(b => b.Architecture.Value).Distinct(StringComparer.Ordinal).Where(workspace.Architectures.ContainsKey).Select(a => workspace.Architectures[a]).OrderBy(a => a.Debian.Value, StringComparer.Ordinal).ToImmutableArray();
        return
        [
            .. workspace.ToolRoots.Values.Where(t => counts(new(KindNames.ToolRoot, t.Name))).Select(t => Request(OfToolRoot(t.Name), t.Feed, t.Architecture?.Value ?? hostArchitecture, t.Packages, t.Without)),
            .. workspace.Datasets.Values.Where(d => d.Content is DatasetContent.Idx && counts(new(KindNames.Dataset, d.Name))).Select(d =>
            {
                var idx = (DatasetContent.Idx)d.Content;
                return Request(OfDataset(d.Name), idx.Feed, hostArchitecture, [idx.Package], []);
            }),
            .. workspace.Recipes.Values.Where(r => r.Build is BuildSpec.Prebuilt && counts(new(KindNames.Recipe, r.Name))).SelectMany(r => architectures.Where(a => Has(workspace, (BuildSpec.Prebuilt)r.Build, a.Name)).Select(a =>
            {
                var build = (BuildSpec.Prebuilt)r.Build;
                return Request(OfRecipe(r.Name), build.Feed, a.Debian, build.FeedPackages, build.Without);
            })),
        ];

        static SetRequest Request(string name, string feed, string architecture, ImmutableArray<Sited<string>> packages, ImmutableArray<Sited<string>> without) =>
            new(name, feed, architecture, [.. packages.Select(p => p.Value)], [.. without.Select(w => w.Value)]);
    }

    /// <summary>The .NET projects that recipes compile.</summary>
    /// <param name="workspace">The merged metadata.</param>
    /// <param name="counts">Which documents count; a project is locked for all architectures, whoever has one.</param>
    public static ImmutableArray<ProjectRequest> Projects(Workspace workspace, Func<DocumentId, bool> counts)
    {
        ImmutableArray<string> targets = [.. workspace.Architectures.Values.Select(a => a.DotnetRid?.Value).OfType<string>().Order(StringComparer.Ordinal)];
        return [.. workspace.Recipes.Values.Where(r => r.Build is BuildSpec.DotnetAot && counts(new(KindNames.Recipe, r.Name))).Select(r => new ProjectRequest(OfRecipe(r.Name), ((BuildSpec.DotnetAot)r.Build).Project, targets))];
    }
}
