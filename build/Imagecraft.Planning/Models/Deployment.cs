// A network in the form in which it is deployed. Unaware of ONNX.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Onnx.Passes;

namespace Imagecraft.Planning.Models;

/// <summary>What becomes of a model recipe.</summary>
/// <param name="Model">The recipe, which may be one with changed settings.</param>
/// <param name="Variant">One of <see cref="ModelVariants"/>.</param>
/// <param name="Format"><c>onnx</c> or <c>ort</c>.</param>
/// <param name="Folder">Its folder below <c>/usr/share/models</c>.</param>
/// <param name="Label">The part after <c>@</c> in the ids of actions that make its numbers.</param>
public sealed record Deployment(ModelRecipe Model, string Variant, string Format, string Folder, string Label)
{
    /// <summary>Who runs it.</summary>
    public required Inference Inference { get; init; }

    /// <summary>Whether the CPU may run what the board's accelerator does not take; so it is of a variant that the accelerator would not choose.</summary>
    public bool Fallback { get; init; }

    /// <summary>Whether the float network may take its place, should it not pay: nobody asked for this very variant.</summary>
    public bool MayBeFloat { get; init; }

    /// <summary>What the board does when it loads it.</summary>
    public LoadOptimization OptimizeAtLoad { get; init; }

    /// <summary>Whether the accuracy gate need not hold: its figures are wanted all the same.</summary>
    public bool ReportOnly { get; init; }

    /// <summary>Whether its numbers differ from the published ones.</summary>
    public bool IsQuantized => Variant != ModelVariants.Floating;

    /// <summary>The part after <c>@</c> in the ids of actions that concern the deployed file.</summary>
    public string FileLabel => Format == "onnx" ? Label : $"{Label}.{Format}";

    /// <summary>The deployments of an image whose models exist, without those for accelerators that the board does not have.</summary>
    public static ImmutableArray<Deployment> Of(Workspace workspace, Image image, Inference inference) =>
        [.. image.Models.Where(entry => workspace.Models.ContainsKey(entry.Model)).SelectMany(entry => On(inference, entry) is { } own ? [Of(workspace.Models[entry.Model], entry, own)] : Array.Empty<Deployment>())];

    /// <summary>All variants of a model, float first.</summary>
    public static ImmutableArray<Deployment> Of(ModelRecipe model, Inference inference) =>
        [.. ModelVariants.Of(model).Select(variant => Of(model, variant, inference))];

    /// <summary>A variant of a model.</summary>
    public static Deployment Of(ModelRecipe model, string variant, Inference inference) =>
        Of(model, new ModelEntry(model.Name, model.Name with { Value = variant }, null, null), inference);

    /// <summary>What a recipe with changed settings makes, for figures alone.</summary>
    public static Deployment OfSetting(ModelRecipe model, string label, Inference inference) =>
        Of(model, model.Quantize is { } quantize ? ModelVariants.Of(quantize) : ModelVariants.Floating, inference) with { Label = label, ReportOnly = true, Fallback = true };

    private static Inference? On(Inference inference, ModelEntry entry) => entry.Accelerator is { } accelerator ? inference.On(accelerator) : inference;

    /// <summary>An item of an image's list.</summary>
    private static Deployment Of(ModelRecipe model, ModelEntry entry, Inference inference)
    {
        var variant = entry.Variant?.Value ?? inference.Choose(model);
        var format = entry.Format?.Value ?? model.Format?.Value ?? "onnx";
        return new(model, variant, format, entry.Folder, entry.Accelerator is { } accelerator ? $"{variant}-{accelerator}" : variant)
        {
            Inference = inference,
            OptimizeAtLoad = Words.Of<LoadOptimization>(LoadWords.Of(entry.OptimizeAtLoad, model.OptimizeAtLoad, format)),
            MayBeFloat = entry.Variant is null && variant != ModelVariants.Floating && ModelVariants.Of(model).Contains(ModelVariants.Floating),
            Fallback = entry.Fallback ?? (inference.Fallback || variant != inference.Choose(model)),
        };
    }
}

/// <summary>Where the parts of a planned network come from.</summary>
/// <param name="Deployment">What was planned.</param>
/// <param name="File">The network itself.</param>
/// <param name="Tree">The tree with <c>usr/share/models/FOLDER</c>; null when nothing is deployed.</param>
/// <param name="Card">Its card, as <paramref name="Tree"/>.</param>
/// <param name="Accuracy">The gate's figures; null without a gate.</param>
/// <param name="Quantization">The report of the quantization; null for float.</param>
/// <param name="Profiles">What accelerators take of it.</param>
public sealed record PlannedModel(Deployment Deployment, OutputRef File, OutputRef? Tree, OutputRef? Card, OutputRef? Accuracy, OutputRef? Quantization, ImmutableArray<OutputRef> Profiles)
{
    /// <summary>The instructions that an inference takes; null when nobody asked, or they cannot be counted.</summary>
    public OutputRef? Instructions { get; init; }

    /// <summary>All outputs that tell about it.</summary>
    public ImmutableArray<OutputRef> Outputs => [File, .. new[] { Tree, Card, Accuracy, Quantization, Instructions }.OfType<OutputRef>(), .. Profiles];
}
