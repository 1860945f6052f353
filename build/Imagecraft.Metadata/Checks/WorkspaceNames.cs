// Which names exist, also of documents that could not be read, so that one problem is not told twice. Unaware of forms.

using Imagecraft.Metadata.Layers;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Checks;

sealed class WorkspaceNames
{
    readonly Dictionary<string, SortedSet<string>> byKind = [];
    readonly Dictionary<string, DocumentId> suspects = [];
    readonly List<DocumentId> halfRead = [];

    /// <param name="documents">All that could be told apart.</param>
    /// <param name="unknown">Files whose document could not be told, with as much as could be read.</param>
    /// <param name="references">Learns which recipe has which package.</param>
    public WorkspaceNames(IEnumerable<LayerDocument> documents, IEnumerable<(string Path, YamlMap? Root)> unknown, References references)
    {
        foreach (var document in documents)
        {
            Of(document.Id.Kind).Add(document.Id.Name);
            if (document.Id.Kind == KindNames.Recipe)
                AddPackages(document, references);
        }
        foreach (var (path, root) in unknown)
        {
            Suspect(path, Stem(path), references);
            if (root is { Entries: [{ Value: YamlScalar name }, ..] } && name.Text != Stem(path))
                Suspect(path, name.Text, references);
        }
    }

    /// <summary>Packages that recipes name.</summary>
    public SortedSet<string> Packages { get; } = new(StringComparer.Ordinal);

    /// <summary>Packages that recipes have without naming them.</summary>
    public HashSet<string> ConventionalPackages { get; } = new(StringComparer.Ordinal);

    /// <summary>Names that recipes provide besides their own.</summary>
    public HashSet<string> ProvidedRecipes { get; } = new(StringComparer.Ordinal);

    /// <summary>Names that packages provide besides their own.</summary>
    public HashSet<string> ProvidedPackages { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether a package has or provides this name.</summary>
    public bool HasPackage(string name) => Packages.Contains(name) || ConventionalPackages.Contains(name) || ProvidedPackages.Contains(name);

    /// <summary>Whether a document of this kind has the name, or a recipe provides it.</summary>
    public bool Has(string kind, string name) => Of(kind).Contains(name) || (kind == KindNames.Recipe && ProvidedRecipes.Contains(name));

    /// <summary>Learns what recipes provide; who needs a provided name needs each that may be chosen for it.</summary>
    public void Learn(Workspace workspace, References references)
    {
        foreach (var recipe in workspace.Recipes.Values)
        {
            var provider = new DocumentId(KindNames.Recipe, recipe.Name);
            foreach (var name in recipe.Provides)
            {
                ProvidedRecipes.Add(name);
                if (!Of(KindNames.Recipe).Contains(name))
                    references.Add(new DocumentId(KindNames.Recipe, name), provider, name.Span);
            }

            foreach (var name in recipe.Packages.SelectMany(package => package.Provides))
            {
                ProvidedPackages.Add(name);
                if (!Packages.Contains(name))
                    references.Add(DocumentId.OfPackage(name), provider, name.Span);
            }
        }
    }

    /// <summary>Malformed recipes, which may have further packages.</summary>
    public IReadOnlyList<DocumentId> HalfRead => halfRead;

    /// <summary>Names of a kind.</summary>
    public SortedSet<string> Of(string kind)
    {
        if (!byKind.TryGetValue(kind, out var names))
            byKind.Add(kind, names = new SortedSet<string>(StringComparer.Ordinal));
        return names;
    }

    /// <summary>A file that may describe what has this name, but whose document cannot be told; null when there is none.</summary>
    public DocumentId? Suspect(string name) => suspects.GetValueOrDefault(name);

    /// <summary>The file may make what has this name, or change or override it where another layer makes it.</summary>
    void Suspect(string path, string name, References references)
    {
        suspects.TryAdd(name, DocumentId.OfFile(path));
        foreach (var kind in KindNames.In(path))
            if (Of(kind).Contains(name))
                references.Add(new DocumentId(kind, name), DocumentId.OfFile(path), new SourceSpan(path, 1, 1, 0));
    }

    static string Stem(string path)
    {
        var file = path[(path.LastIndexOf('/') + 1)..];
        return file[..file.IndexOf('.')];
    }

    void AddPackages(LayerDocument recipe, References references)
    {
        if (!recipe.IsWhole)
            halfRead.Add(recipe.Id);
        if (recipe.Root["packages"] is not YamlList list)
            return;
        foreach (var package in list.Items)
        {
            if (package is not YamlMap map || map["name"] is not YamlScalar name)
                continue;
            Packages.Add(name.Text);
            references.Add(DocumentId.OfPackage(name.Text), recipe.Id, name.Span);
        }
    }
}
