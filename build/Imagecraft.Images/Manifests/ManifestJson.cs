// What is in an image, as JSON. Unaware of recipes.

using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Imagecraft.Images.Manifests;

/// <summary>A package of the image.</summary>
/// <param name="Name">Package name.</param>
/// <param name="Version">Version of its recipe or of the feed's package.</param>
/// <param name="License">SPDX expression.</param>
/// <param name="Recipe">Recipe that made it.</param>
/// <param name="Sources">What it was made of.</param>
public sealed record ManifestPackage(string Name, string Version, string License, string Recipe, ImmutableArray<ManifestSource> Sources)
{
    /// <summary>Why it is in the image, in words.</summary>
    public string? Reason { get; init; }

    /// <summary>The package that brought it; null when image, board or an accelerator did.</summary>
    public string? RequiredBy { get; init; }

    /// <summary>Packages that it does not work without.</summary>
    public ImmutableArray<string> Requires { get; init; } = [];
}

/// <summary>A source by address and SHA-256 (or commit for git).</summary>
public sealed record ManifestSource(string Url, string Sha256);

/// <summary>A model of the image.</summary>
/// <param name="Name">Recipe name.</param>
/// <param name="Version">Version.</param>
/// <param name="License">SPDX expression.</param>
/// <param name="Origin">Who made it, and where it is from.</param>
/// <param name="Source">The file as its author gave it.</param>
/// <param name="Sha256">SHA-256 of the deployed file; empty until it is made.</param>
public sealed record ManifestModel(string Name, string Version, string License, string Origin, ManifestSource Source, string Sha256)
{
    /// <summary>Its folder on the board.</summary>
    public required string Path { get; init; }

    /// <summary>The variant that is deployed, e.g. <c>int8</c>.</summary>
    public required string Variant { get; init; }

    /// <summary>Format of the deployed file: <c>onnx</c> or <c>ort</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Why a quantized form that was made is not the one deployed; null otherwise.</summary>
    public string? NotDeployed { get; init; }

    /// <summary>How it was made small: <c>static</c>, <c>dynamic</c>, <c>weight-only</c>, <c>float16</c>, or <c>taken</c> where the source had integers; null for float.</summary>
    public string? Method { get; init; }

    /// <summary>Size of the deployed file in bytes; 0 until it is made.</summary>
    public long Size { get; init; }

    /// <summary>Size of the float network that was quantized, in bytes; null for float.</summary>
    public long? FloatSize { get; init; }

    /// <summary>Whether an accuracy gate held it against limits; not when its recipe has none, or says <c>evaluate: none</c>.</summary>
    public bool Judged { get; init; }

    /// <summary>What was measured of the accuracy; null when nothing was.</summary>
    public ManifestAccuracy? Accuracy { get; init; }

    /// <summary>Layers that stayed float for the accuracy.</summary>
    public ImmutableArray<string> FloatLayers { get; init; } = [];

    /// <summary>Layers on integers with their errors.</summary>
    public ImmutableArray<ManifestLayer> Layers { get; init; } = [];
}

/// <summary>A metric before and after.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="Dataset">Dataset and split.</param>
/// <param name="Frames">How many frames were judged.</param>
/// <param name="Original">Of the network as published.</param>
/// <param name="Deployed">Of the deployed file.</param>
/// <param name="WorstDrop">The upper end of the interval of the drop; null when nothing is known of chance.</param>
public sealed record ManifestAccuracy(string Metric, string Dataset, int Frames, double Original, double Deployed, double? WorstDrop = null);

/// <summary>A layer on integers.</summary>
/// <param name="Name">Of its node.</param>
/// <param name="Kind">Its operator.</param>
/// <param name="Decibels">Signal to quantization noise of its own; null without noise.</param>
/// <param name="FloatBytes">Size of its weights before.</param>
/// <param name="Bytes">Size of its weights after.</param>
public sealed record ManifestLayer(string Name, string Kind, double? Decibels, long FloatBytes, long Bytes);

/// <summary>An accelerator and its kernel modules.</summary>
public sealed record ManifestAccelerator(string Name, ImmutableArray<string> Modules);

/// <summary>Two parts of the image that fit together: what one is made for, and what the other has.</summary>
/// <param name="Part">Package, model or accelerator that is made for it.</param>
/// <param name="Interface">Of whose version it speaks: a package, the kernel (<c>linux</c>), or an interface of one.</param>
/// <param name="Range">Versions that it is made for.</param>
/// <param name="Other">Who has it.</param>
/// <param name="Version">Which the other has.</param>
public sealed record ManifestFit(string Part, string Interface, string Range, string Other, string Version);

/// <summary>An artifact of the image and its SHA-256.</summary>
public sealed record ManifestArtifact(string Name, long Size, string Sha256);

/// <summary>Everything an image consists of. Equal content gives equal text: lists are ordered by name, and there is no time in it.</summary>
public sealed record ImageManifest
{
    /// <summary>Version of this format.</summary>
    public int Format { get; } = 1;

    /// <summary>Image name.</summary>
    public required string Image { get; init; }

    /// <summary>Board name.</summary>
    public required string Board { get; init; }

    /// <summary>Architecture name.</summary>
    public required string Architecture { get; init; }

    /// <summary>Packages.</summary>
    public ImmutableArray<ManifestPackage> Packages { get; init; } = [];

    /// <summary>Models.</summary>
    public ImmutableArray<ManifestModel> Models { get; init; } = [];

    /// <summary>Accelerators.</summary>
    public ImmutableArray<ManifestAccelerator> Accelerators { get; init; } = [];

    /// <summary>Parts that say what they are made for: driver, firmware, user space, runtime, profile and network.</summary>
    public ImmutableArray<ManifestFit> Fits { get; init; } = [];

    /// <summary>Artifacts beside the manifest.</summary>
    public ImmutableArray<ManifestArtifact> Artifacts { get; init; } = [];
}

/// <summary>Writes and reads <c>manifest.json</c>.</summary>
public static partial class ManifestJson
{
    /// <summary>The text, with a final line break.</summary>
    public static string Write(ImageManifest manifest)
    {
        ImageManifest ordered = manifest with
        {
            Packages = [.. manifest.Packages.OrderBy(package => package.Name, StringComparer.Ordinal)],
            Models = [.. manifest.Models.OrderBy(model => model.Path, StringComparer.Ordinal)],
            Accelerators = [.. manifest.Accelerators.OrderBy(accelerator => accelerator.Name, StringComparer.Ordinal)],
            Fits = [.. manifest.Fits.OrderBy(fit => fit.Part, StringComparer.Ordinal).ThenBy(fit => fit.Interface, StringComparer.Ordinal).ThenBy(fit => fit.Other, StringComparer.Ordinal)],
            Artifacts = [.. manifest.Artifacts.OrderBy(artifact => artifact.Name, StringComparer.Ordinal)],
        };
        return JsonSerializer.Serialize(ordered, Texts.ImageManifest) + "\n";
    }

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="JsonException">The text is no manifest.</exception>
    public static ImageManifest Read(string json) =>
        JsonSerializer.Deserialize(json, Texts.ImageManifest) ?? throw new JsonException("A manifest is an object");

    // Generated code instead of reflection keeps the orchestrator's start short.
    private static readonly Context Texts = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    [JsonSerializable(typeof(ImageManifest))]
    private sealed partial class Context : JsonSerializerContext;
}
