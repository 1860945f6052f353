// All kinds of documents by their first key. Unaware of layers.

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>A kind of document: how it is read and its JSON Schema, both from one form.</summary>
/// <param name="Word">First key.</param>
/// <param name="Read">The record, or null when problems were reported.</param>
/// <param name="Schema">JSON Schema of the document.</param>
sealed record Kind(string Word, Func<YamlMap, Reading, object?> Read, Func<JsonObject> Schema);

/// <summary>The registry of kinds.</summary>
static class Kinds
{
    /// <summary>Kinds that stand for a record of their own, by word.</summary>
    public static ImmutableDictionary<string, Kind> All { get; } = new[]
    {
        Of(KindNames.Recipe, RecipeForm.Form, RecipeVariables.Expand), Of(KindNames.Board, BoardForm.Form), Of(KindNames.Architecture, ArchitectureForm.Form),
        Of(KindNames.Accelerator, AcceleratorForm.Form), Of(KindNames.Image, ImageForm.Form), Of(KindNames.Feature, FeatureForm.Form), Of(KindNames.Model, ModelForm.Form),
        Of(KindNames.Dataset, DatasetForm.Form), Of(KindNames.Feed, FeedForm.Form), Of(KindNames.ToolRoot, ToolRootForm.Form), Of(KindNames.Layer, LayerForm.Form),
    }.ToImmutableDictionary(kind => kind.Word);

    /// <param name="word">First key.</param>
    /// <param name="form">Reads it.</param>
    /// <param name="prepare">What is done to the tree before.</param>
    static Kind Of<T>(string word, Form<T> form, Func<YamlMap, Reading, YamlMap>? prepare = null) where T : class =>
        new(word, (map, reading) => form.TryRead(prepare?.Invoke(map, reading) ?? map, $"`{word}`", reading, out var value) ? value : null, form.Schema);
}
