// What `make-rootfs` is told beside the trees of its packages. Unaware of how a root file system is put together.

using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Images.RootFs;

namespace Imagecraft.Requests.Imaging;

/// <summary>Packages and what the image says become one root file system.</summary>
public sealed record MakeRootFsRequest : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "make-rootfs";

    /// <summary>Trees by package.</summary>
    public static InputSlots PackageInputs { get; } = new("/package/");

    /// <summary>OCI archives by the name of their image.</summary>
    public static InputSlots ContainerInputs { get; } = new("/container/");

    /// <summary>Templates by <see cref="FilePlan.Template"/>.</summary>
    public static InputSlots TemplateInputs { get; } = new("/template/");

    /// <summary>Files and folders by <see cref="FilePlan.Source"/>.</summary>
    public static InputSlots SourceInputs { get; } = new("/source/");

    /// <summary>Folders that lie over all packages, by their paths in the workspace.</summary>
    public static InputSlots OverlayInputs { get; } = new("/overlay/");

    /// <summary>The root file system as a tar.</summary>
    public static OutputSlot TarOutput { get; } = new("tar", OutputKind.File);

    /// <summary>Bytes that its file system gets, as text.</summary>
    public static OutputSlot SizeOutput { get; } = new("size", OutputKind.File);

    /// <summary>Extended attributes that a maker of file systems does not take from the tar: a line each of path, name and value in hexadecimal digits, with tabs between them.</summary>
    public static OutputSlot XattrsOutput { get; } = new("xattrs", OutputKind.File);

    /// <summary>Its files with their packages, as <see cref="Images.Manifests.FileListJson"/>.</summary>
    public static OutputSlot FilesOutput { get; } = new("files", OutputKind.File);

    /// <summary>Identity of its file system.</summary>
    public static OutputSlot UuidOutput { get; } = new("uuid", OutputKind.File);

    /// <summary>Image name.</summary>
    public required string Image { get; init; }

    /// <summary>Board name.</summary>
    public required string Board { get; init; }

    /// <summary>Version of the image for <c>os-release</c>; null: what it contains tells.</summary>
    public string? Version { get; init; }

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

    /// <summary>What is done with partitions at each boot.</summary>
    public ImmutableArray<BootPartition> Partitions { get; init; } = [];

    /// <summary>Packages in installation order.</summary>
    public required ImmutableArray<RootFsPackage> Packages { get; init; }

    /// <summary>Users beside root.</summary>
    public ImmutableArray<PasswdUser> Users { get; init; } = [];

    /// <summary>Groups beside root.</summary>
    public ImmutableArray<PasswdGroup> Groups { get; init; } = [];

    /// <summary>Services in starting order.</summary>
    public ImmutableArray<ServicePlan> Services { get; init; } = [];

    /// <summary>Files, links and folders of the image.</summary>
    public ImmutableArray<FilePlan> Files { get; init; } = [];

    /// <summary>Folders that recipes bring.</summary>
    public ImmutableArray<FolderPlan> Folders { get; init; } = [];

    /// <summary>Modes and owners of paths.</summary>
    public ImmutableArray<AttributePlan> Attributes { get; init; } = [];

    /// <summary>Device nodes' modes and owners, for the device manager.</summary>
    public ImmutableArray<AttributePlan> Devices { get; init; } = [];

    /// <summary>Bytes of the file system; null: the content and a quarter.</summary>
    public long? Size { get; init; }

    /// <summary>Largest allowed content in bytes.</summary>
    public long? Budget { get; init; }

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [TarOutput.Spec, SizeOutput.Spec, UuidOutput.Spec, XattrsOutput.Spec, FilesOutput.Spec];
}

/// <summary>An installed package with what its recipe says of modes and owners.</summary>
public sealed record RootFsPackage(string Name, ImmutableArray<AttributePlan> Attributes)
{
    /// <summary>Globs of programs that give way to those of other packages; null: none.</summary>
    public ImmutableArray<string>? GivesWay { get; init; }
}

/// <summary>A service, whose <paramref name="Run"/> is a shell script; <paramref name="Kind"/> is <c>once</c>, <c>daemon</c> or <c>respawn</c>.</summary>
public sealed record ServicePlan(string Name, string Run, string Kind, ImmutableArray<string>? After = null)
{
    /// <summary>Who runs it; null: root.</summary>
    public string? User { get; init; }

    /// <summary>Variables of its environment; null: none.</summary>
    public ImmutableSortedDictionary<string, string>? Environment { get; init; }

    /// <summary>How often it is started anew within five minutes, after which it has failed; null: always again.</summary>
    public int? Restarts { get; init; }
}

/// <summary>A file, link or folder: with <paramref name="Text"/>, of a <paramref name="Template"/>, or what else is not null. <paramref name="Mode"/> has four octal digits; null: the ordinary one.</summary>
public sealed record FilePlan(string Path, string? Text, string? Template, string? Mode)
{
    /// <summary>What is taken as it is, by its path in the workspace.</summary>
    public string? Source { get; init; }

    /// <summary>Where a symbolic link leads.</summary>
    public string? Link { get; init; }

    /// <summary>Owner by name or number; null: root.</summary>
    public string? Owner { get; init; }

    /// <summary>Group likewise.</summary>
    public string? Group { get; init; }

    /// <summary>Whether nothing says what it contains: a folder.</summary>
    [JsonIgnore]
    public bool IsFolder => Text is null && Template is null && Source is null && Link is null;

    /// <summary>Its permission bits.</summary>
    [JsonIgnore]
    public int? Bits => OctalMode.Bits(Mode);
}

/// <summary>A folder that a recipe brings.</summary>
/// <param name="Recipe">Its recipe.</param>
/// <param name="Folder">The folder.</param>
public sealed record FolderPlan(string Recipe, FilePlan Folder);

/// <summary>Mode (four octal digits) and owner of paths that match a glob; what is null stays.</summary>
public sealed record AttributePlan(string Path, string? Mode, string? Owner, string? Group)
{
    /// <summary>Numbers of capabilities, permitted and effective; null: those that it has.</summary>
    public ImmutableArray<int>? Capabilities { get; init; }

    /// <summary>Extended attributes by full name, text or <c>0x</c> and hexadecimal digits; null: none is added.</summary>
    public ImmutableSortedDictionary<string, string>? Xattrs { get; init; }

    /// <summary>Permission bits of the mode.</summary>
    [JsonIgnore]
    public int? Bits => OctalMode.Bits(Mode);
}

internal static class OctalMode
{
    // As Metadata's UnixMode writes it; what people write was checked there.
    internal static int? Bits(string? text) => text is null ? null : Convert.ToInt32(text, 8);
}
