// What the root file system step is told beside the trees of its packages; travels as JSON, so it is part of the key and can be read by people.

using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning.Imaging;

/// <summary>The root file system as a plan. Trees come as inputs named like the packages.</summary>
public sealed record ImagePlan
{
    /// <summary>Image name.</summary>
    public required string Image { get; init; }

    /// <summary>Board name.</summary>
    public required string Board { get; init; }

    /// <summary>Host name.</summary>
    public required string Hostname { get; init; }

    /// <summary>Console device without <c>/dev/</c>.</summary>
    public required string Console { get; init; }

    /// <summary>GNU triplet.</summary>
    public required string Triplet { get; init; }

    /// <summary>What starts services: <c>systemd</c>, <c>none</c> for containers, or null for busybox.</summary>
    public string? Init { get; init; }

    /// <summary>Where the layer over a root file system that is only read lies: <c>partition</c> or <c>memory</c>; null when there is none.</summary>
    public string? Layer { get; init; }

    /// <summary>Packages in installation order.</summary>
    public required ImmutableArray<PackagePlan> Packages { get; init; }

    /// <summary>Users beside root.</summary>
    public ImmutableArray<UserPlan> Users { get; init; } = [];

    /// <summary>Groups beside root.</summary>
    public ImmutableArray<GroupPlan> Groups { get; init; } = [];

    /// <summary>Services in starting order.</summary>
    public ImmutableArray<ServicePlan> Services { get; init; } = [];

    /// <summary>Files with text, or with a template that is an input of the name <c>template:PATH</c>.</summary>
    public ImmutableArray<FilePlan> Files { get; init; } = [];

    /// <summary>Modes and owners of paths.</summary>
    public ImmutableArray<AttributePlan> Attributes { get; init; } = [];

    /// <summary>Device nodes' modes and owners, for the device manager.</summary>
    public ImmutableArray<AttributePlan> Devices { get; init; } = [];

    /// <summary>Bytes of the file system; null: the content and a quarter.</summary>
    public long? Size { get; init; }

    /// <summary>Largest allowed content in bytes.</summary>
    public long? Budget { get; init; }
}

/// <summary>An installed package, with what the manifest says of it.</summary>
public sealed record PackagePlan(string Name, string Recipe, string Version, string License, ImmutableArray<SourcePlan> Sources, ImmutableArray<AttributePlan> Attributes, ImmutableArray<FeedPackagePlan> FeedPackages);

/// <summary>Where a package's source comes from.</summary>
public sealed record SourcePlan(string Url, string? Sha256);

/// <summary>A ready package within a prebuilt one.</summary>
public sealed record FeedPackagePlan(string Name, string Version, string Sha256);

/// <summary>A user.</summary>
public sealed record UserPlan(string Name, int Id, string? Group, string? Home, string? Shell, string? Password, ImmutableArray<string> Groups);

/// <summary>A group.</summary>
public sealed record GroupPlan(string Name, int Id);

/// <summary>A service; <paramref name="Kind"/> is <c>once</c>, <c>daemon</c> or <c>respawn</c>.</summary>
public sealed record ServicePlan(string Name, string Run, string Kind, ImmutableArray<string>? After = null);

/// <summary>A file; <paramref name="Text"/> is null for a template.</summary>
public sealed record FilePlan(string Path, string? Text, string? Template, UnixMode? Mode);

/// <summary>Mode and owner of paths that match a glob.</summary>
public sealed record AttributePlan(string Path, UnixMode? Mode, string? Owner, string? Group);

/// <summary>What the manifest says of a network; the rest stands on its card, the input <c>/card/FOLDER</c>.</summary>
public sealed record ModelPlan(string Name, string Folder, string Version, string License, string? Origin, string Source, string? Sha256);

/// <summary>What the manifest says of an accelerator.</summary>
public sealed record AcceleratorPlan(string Name, string? Summary, ImmutableArray<string> Modules);

/// <summary>The manifest's part that planning knows.</summary>
public sealed record ManifestPlan(string Image, string Board, string Architecture, string Kernel, string KernelVersion, ImmutableArray<PackagePlan> Packages, ImmutableArray<ModelPlan> Models, ImmutableArray<AcceleratorPlan> Accelerators);

/// <summary>A partition; <paramref name="Content"/> is the name of an input, and <paramref name="File"/> the path in it when it is a tree.</summary>
public sealed record PartitionPlan(string Name, string Type, string? Content, long? Size, string? File = null, long? Offset = null, ImmutableArray<string>? Attributes = null);

/// <summary>Raw content at a fixed place: <paramref name="File"/> of the tree <paramref name="Content"/>.</summary>
public sealed record BlobPlan(string Name, long Offset, long? Size, string Content, string File);

/// <summary>A disk; <paramref name="Table"/> is <c>mbr</c>, or null for a GPT.</summary>
public sealed record DiskPlan(string Name, ImmutableArray<PartitionPlan> Partitions, string? Table = null, ImmutableArray<BlobPlan>? Blobs = null);

/// <summary>How these records are written.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, NewLine = "\n")]
[JsonSerializable(typeof(ImagePlan))]
[JsonSerializable(typeof(ManifestPlan))]
[JsonSerializable(typeof(DiskPlan))]
public sealed partial class PlanJson : JsonSerializerContext;

/// <summary>Writes the same text without the readers' tables, whose set-up every call with nothing to do would pay.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, NewLine = "\n")]
[JsonSerializable(typeof(ImagePlan))]
[JsonSerializable(typeof(ManifestPlan))]
[JsonSerializable(typeof(DiskPlan))]
internal sealed partial class PlanWriter : JsonSerializerContext;
