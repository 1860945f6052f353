// Which names exist, also of documents that could not be read, so that one problem is not told twice. Unaware of forms.

using Imagecraft.Metadata.Layers;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Checks;

sealed class WorkspaceNames
{
    readonly Dictionary<string, SortedSet<string>> byKind = [];

    public WorkspaceNames(IEnumerable<LayerDocument> documents)
    {
        foreach (var document in documents)
        {
            Of(document.Id.Kind).Add(document.Id.Name);
            if (document.Id.Kind == KindNames.Recipe)
                AddPackages(document);
        }
    }

    /// <summary>Packages of all recipes.</summary>
    public SortedSet<string> Packages { get; } = new(StringComparer.Ordinal);

    /// <summary>False when a malformed recipe may have further packages.</summary>
    public bool AllPackagesKnown { get; private set; } = true;

    /// <summary>Names of a kind.</summary>
    public SortedSet<string> Of(string kind)
    {
        if (!byKind.TryGetValue(kind, out var names))
            byKind.Add(kind, names = new SortedSet<string>(StringComparer.Ordinal));
        return names;
    }

    void AddPackages(LayerDocument recipe)
    {
        AllPackagesKnown &= recipe.IsWhole;
        if (recipe.Root["packages"] is not YamlList list)
            return;
        foreach (var package in list.Items)
            if (package is YamlMap map && map["name"] is YamlScalar name)
                Packages.Add(name.Text);
    }
}
