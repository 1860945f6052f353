// An image's models: a name, or a name with how it is deployed. Unaware of ONNX.

using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>An item of <c>models:</c> of images.</summary>
static class ModelEntryForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Model = Keys.Required("model", ScalarShapes.Name, "a model");
    static readonly Field<Sited<string>?> Variant = Keys.Maybe("variant", ScalarShapes.OneOf(ModelVariants.All), "which variant, deployed at /usr/share/models/NAME-VARIANT; the board's profile chooses when absent");
    static readonly Field<Sited<string>?> Format = Keys.Maybe("format", ModelForm.FormatWord, "onnx or ort (ONNX Runtime's own); the recipe's when absent");
    static readonly Field<Sited<string>?> Fallback = Keys.Maybe("fallback", FallbackWord.Shape, FallbackWord.Meaning);

    public static Shape<ModelEntry> Shape { get; } = new ScalarOrMap<ModelEntry>(
        ScalarShapes.Name.Select(name => new ModelEntry(name, null, null, null)),
        new Form<ModelEntry>("a model of an image", Keys, values => new ModelEntry(values.Get(Model), values.Get(Variant), values.Get(Format), values.Get(Fallback) is { } fallback ? fallback.Value == FallbackWord.Cpu : null)));
}
