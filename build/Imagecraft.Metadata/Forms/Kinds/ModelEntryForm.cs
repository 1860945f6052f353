// An image's models: a name, or a name with how it is deployed. Unaware of ONNX.

using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>An item of <c>models:</c> of images.</summary>
static class ModelEntryForm
{
    public static Shape<ModelEntry> Shape { get; } = new ScalarOrMap<ModelEntry>(
        ScalarShapes.Name.Select(name => new ModelEntry(name, null, null, null)),
        new Form<ModelEntry>("a model of an image", keys => new ModelEntry(
            keys.Required("model", ScalarShapes.Name, "a model"),
            keys.Maybe("variant", ScalarShapes.OneOf(ModelVariants.All), "which variant, deployed at /usr/share/models/NAME-VARIANT; the board's profile chooses when absent"),
            keys.Maybe("format", ModelForm.FormatWord, "onnx or ort (ONNX Runtime's own); the recipe's when absent"),
            keys.Maybe("fallback", FallbackWord.Shape, FallbackWord.Meaning) is { } fallback ? fallback.Value == FallbackWord.Cpu : null)
        {
            Accelerator = keys.Maybe("accelerator", ScalarShapes.Name, "the accelerator that runs it, deployed at /usr/share/models/NAME-ACCELERATOR on boards that have it and on no others; whatever runs the board's networks when absent"),
            OptimizeAtLoad = keys.Maybe("optimize-at-load", ModelForm.LoadWord, "what the board does when it loads the network: all or none; the recipe's when absent"),
        }));
}
