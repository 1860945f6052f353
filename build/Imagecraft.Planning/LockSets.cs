// What the lock must pin for a workspace: one set a tool root, one a prebuilt recipe and architecture, one project a .NET recipe.

using System.Collections.Immutable;
using Imagecraft.Feeds.Debian;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning;

/// <summary>A set of feed packages that the lock must have.</summary>
public sealed record SetRequest(string Name, ResolveRequest Request);

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

    /// <summary>All sets of Debian packages that the workspace uses.</summary>
    /// <param name="workspace">The merged metadata.</param>
    /// <param name="hostArchitecture">Debian's name of the build host's architecture.</param>
    public static ImmutableArray<SetRequest> Debian(Workspace workspace, string hostArchitecture)
    {
        var bases = workspace.Feeds.Values.Where(f => f.Base is not null).ToImmutableSortedDictionary(f => f.Name.Value, f => f.Base!.Value.Value, StringComparer.Ordinal);
        var architectures = workspace.Boards.Values.Select(b => b.Architecture.Value).Distinct(StringComparer.Ordinal).Where(workspace.Architectures.ContainsKey).Select(a => workspace.Architectures[a].Debian.Value).Order(StringComparer.Ordinal).ToImmutableArray();
        return
        [
            .. workspace.ToolRoots.Values.Select(t => Request(OfToolRoot(t.Name), t.Feed, t.Architecture?.Value ?? hostArchitecture, t.Packages, t.Without)),
            .. workspace.Recipes.Values.Where(r => r.Build is BuildSpec.Prebuilt).SelectMany(r => architectures.Select(a =>
            {
                var build = (BuildSpec.Prebuilt)r.Build;
                return Request(OfRecipe(r.Name), build.Feed, a, build.FeedPackages, build.Without);
            })),
        ];

        SetRequest Request(string name, string feed, string architecture, ImmutableArray<Sited<string>> packages, ImmutableArray<Sited<string>> without) => new(name, new()
        {
            Feed = feed,
            Architecture = architecture,
            Packages = [.. packages.Select(p => PackageRequest.Parse(p))],
            Without = [.. without.Select(w => w.Value)],
            Bases = bases,
        });
    }

    /// <summary>All .NET projects that recipes compile.</summary>
    public static ImmutableArray<ProjectRequest> Projects(Workspace workspace)
    {
        ImmutableArray<string> targets = [.. workspace.Architectures.Values.Select(a => a.DotnetRid?.Value).OfType<string>().Order(StringComparer.Ordinal)];
        return [.. workspace.Recipes.Values.Where(r => r.Build is BuildSpec.DotnetAot).Select(r => new ProjectRequest(OfRecipe(r.Name), ((BuildSpec.DotnetAot)r.Build).Project, targets))];
    }
}
