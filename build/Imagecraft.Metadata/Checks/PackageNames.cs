// Checks that no two recipes have a package of one name. Unaware of YAML.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

static class PackageNames
{
    /// <summary>Reports each second use of a name.</summary>
    public static void Check(Workspace workspace, Reading reading)
    {
        var owners = new Dictionary<string, Recipe>();
        foreach (var recipe in workspace.Recipes.Values)
        {
            foreach (var package in recipe.Packages)
            {
                if (owners.TryAdd(package.Name.Value, recipe))
                    continue;
                var owner = owners[package.Name.Value];
                var other = owner.Packages.First(candidate => candidate.Name.Value == package.Name.Value).Name.Span;
                reading.Error(Codes.DuplicatePackage, $"Recipes [ `{owner.Name}`, `{recipe.Name}` ] both have a package `{package.Name}`", package.Name.Span, $"The other is at {other}; rename one", [DocumentId.OfPackage(package.Name.Value)]);
            }
        }
    }
}
