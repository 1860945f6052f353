// A document of a layer. Unaware of what its keys mean.

using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Layers;

/// <summary>A document before or after merging.</summary>
/// <param name="Id">Kind and name; of an append that it is one, and what it changes.</param>
/// <param name="Root">All of it.</param>
/// <param name="IsWhole">Its file could be read to the end; otherwise only its name can be trusted.</param>
sealed record LayerDocument(DocumentId Id, YamlMap Root, bool IsWhole)
{
    /// <summary>Whether parts of it have conditions.</summary>
    public bool HasConditions { get; init; }

    /// <summary>Whether it is a recipe of which other versions can be chosen.</summary>
    public bool HasVersions => Id.Kind == KindNames.Recipe && Root[Conditions.Variants.Versions] is not null;

    /// <summary>The scalar with its name; of an append the name of what it changes.</summary>
    public YamlScalar Name => Root.Entries[0].Value is YamlMap { Entries: [var only] } ? (YamlScalar)only.Value : (YamlScalar)Root.Entries[0].Value;

    /// <summary>The document that it makes or changes.</summary>
    public DocumentId Target => Id.Kind != KindNames.Append ? Id : new DocumentId(Root.Entries[0].Value is YamlMap { Entries: [var only] } ? only.Key.Text : KindNames.Recipe, Name.Text);
}
