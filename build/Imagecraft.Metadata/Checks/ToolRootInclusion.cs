// Gives each tool root what those it includes have. Unaware of packages' meaning and of YAML.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

/// <summary>Resolves <c>includes:</c> of tool roots; lists are added to, links of the including one win.</summary>
sealed class ToolRootInclusion(ImmutableSortedDictionary<string, ToolRoot> roots, Reading reading)
{
    readonly Dictionary<string, ToolRoot> done = [];
    readonly List<string> path = [];

    /// <summary>All tool roots with everything they include; a cycle is reported, an unknown name left to the cross check.</summary>
    public static ImmutableSortedDictionary<string, ToolRoot> Resolve(ImmutableSortedDictionary<string, ToolRoot> roots, Reading reading)
    {
        if (roots.Values.All(root => root.Includes.IsEmpty))
            return roots;
        var inclusion = new ToolRootInclusion(roots, reading);
        return roots.ToImmutableSortedDictionary(root => root.Key, root => inclusion.Whole(root.Value), StringComparer.Ordinal);
    }

    ToolRoot Whole(ToolRoot root)
    {
        if (root.Includes.IsEmpty)
            return root;
        if (done.TryGetValue(root.Name, out var known))
            return known;
        path.Add(root.Name);
        var whole = root;
        foreach (var name in root.Includes)
        {
            if (path.Contains(name))
                reading.Error(Codes.Cycle, $"Tool roots include each other in a cycle: {string.Join(" -> ", path[path.IndexOf(name)..].Append(name).Select(step => $"`{step}`"))}", name.Span, "Remove one of `includes`", path.Select(step => new DocumentId(KindNames.ToolRoot, step)));
            else if (roots.TryGetValue(name, out var included))
                whole = Add(Whole(included), whole);
        }

        path.RemoveAt(path.Count - 1);
        return done[root.Name] = whole;
    }

    static ToolRoot Add(ToolRoot below, ToolRoot above) => above with
    {
        Packages = [.. below.Packages, .. above.Packages],
        Without = [.. below.Without, .. above.Without],
        Links = below.Links.SetItems(above.Links),
        Only = [.. below.Only.Concat(above.Only).DistinctBy(glob => glob.Value)],
        Except = [.. below.Except.Concat(above.Except).DistinctBy(glob => glob.Value)],
    };
}
