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
public sealed record ManifestPackage(string Name, string Version, string License, string Recipe, ImmutableArray<ManifestSource> Sources);

/// <summary>A source by address and SHA-256 (or commit for git).</summary>
public sealed record ManifestSource(string Url, string Sha256);

/// <summary>A model of the image.</summary>
/// <param name="Name">Recipe name.</param>
/// <param name="Version">Version.</param>
/// <param name="License">SPDX expression.</param>
/// <param name="Origin">Who made it, and where it is from.</param>
/// <param name="Source">The file as its author gave it.</param>
/// <param name="Sha256">SHA-256 of the deployed file.</param>
public sealed record ManifestModel(string Name, string Version, string License, string Origin, ManifestSource Source, string Sha256);

/// <summary>An accelerator and its kernel modules.</summary>
public sealed record ManifestAccelerator(string Name, ImmutableArray<string> Modules);

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
            Models = [.. manifest.Models.OrderBy(model => model.Name, StringComparer.Ordinal)],
            Accelerators = [.. manifest.Accelerators.OrderBy(accelerator => accelerator.Name, StringComparer.Ordinal)],
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
