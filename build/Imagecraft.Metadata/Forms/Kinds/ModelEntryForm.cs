// An image's models: a name, or a name with how it is deployed. Unaware of ONNX.

using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>An item of <c>models:</c> of images.</summary>
sealed class ModelEntryShape : Shape<ModelEntry>
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Model = Keys.Required("model", ScalarShapes.Name, "a model");
    static readonly Field<Sited<string>?> Variant = Keys.Maybe("variant", ScalarShapes.OneOf(ModelVariants.All), "which variant, deployed at /usr/share/models/NAME-VARIANT; the board's profile chooses when absent");
    static readonly Field<Sited<string>?> Format = Keys.Maybe("format", ModelForm.FormatWord, "onnx or ort (ONNX Runtime's own); the recipe's when absent");
    static readonly Field<Sited<string>?> Fallback = Keys.Maybe("fallback", FallbackWord.Shape, FallbackWord.Meaning);

    static readonly Form<ModelEntry> Form = new("a model of an image", Keys,
        values => new ModelEntry(values.Get(Model), values.Get(Variant), values.Get(Format), values.Get(Fallback) is { } fallback ? fallback.Value == FallbackWord.Cpu : null));

    public override bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out ModelEntry value)
    {
        if (node is YamlMap)
            return Form.TryRead(node, what, reading, out value);
        value = ScalarShapes.Name.TryRead(node, what, reading, out var name) ? new ModelEntry(name, null, null, null) : null;
        return value is not null;
    }

    public override JsonObject Schema() => new() { ["oneOf"] = new JsonArray(ScalarShapes.Name.Schema(), Form.Schema()) };
}
