// The documents that one document with conditions and versions stands for. Unaware of which of them is wanted.

using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Layers;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Conditions;

static class Variants
{
    /// <summary>The key of recipes with further versions.</summary>
    public const string Versions = "versions";

    /// <summary>As many documents as are needed to see each part once: first the one of the usual version with the first of all alternatives.</summary>
    /// <param name="document">A merged document.</param>
    /// <param name="reading">Takes what changes of versions cannot change.</param>
    public static IEnumerable<LayerDocument> Of(LayerDocument document, Reading reading)
    {
        reading.Owner = document.Id;
        string?[] versions = document.HasVersions && document.Root[Versions] is YamlMap all ? [null, .. all.Entries.Select(entry => entry.Key.Text)] : [null];
        foreach (var version in versions)
        {
            var root = WithVersion(document, version, reading);
            var variants = ConditionalTree.Variants(root);
            for (var index = 0; index < variants; index++)
                yield return document with { Root = ConditionalTree.Variant(root, index) };
        }
    }

    /// <summary>A recipe of one of its versions.</summary>
    /// <param name="document">A merged document.</param>
    /// <param name="version">A key of <c>versions:</c>; the recipe as it is for others.</param>
    /// <param name="reading">Takes what cannot be changed so.</param>
    public static YamlMap WithVersion(LayerDocument document, string? version, Reading reading)
    {
        if (version is null || document.Root[Versions] is not YamlMap all || all.Entries.FirstOrDefault(entry => entry.Key.Text == version) is not { Value: YamlMap changes } entry)
            return document.Root;
        var named = changes["version"] is null ? changes with { Entries = changes.Entries.Insert(0, new YamlEntry(entry.Key with { Text = "version" }, entry.Key)) } : changes;
        return YamlMerge.Apply(document.Root, named, reading);
    }
}
