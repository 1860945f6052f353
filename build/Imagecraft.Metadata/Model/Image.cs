// What an image says. Unaware of YAML and of file systems.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>A named set of packages, models, users, services and formats.</summary>
public sealed record Image
{
    /// <summary>Unique name.</summary>
    public required Sited<string> Name { get; init; }

    /// <summary>One line.</summary>
    public string? Summary { get; init; }

    /// <summary>Packages; what they require comes along.</summary>
    public ImmutableArray<Sited<string>> Packages { get; init; } = [];

    /// <summary>Features, with those that come along; what they bring is in the lists of this record already.</summary>
    public ImmutableArray<Sited<string>> Features { get; init; } = [];

    /// <summary>Kernel arguments after the board's.</summary>
    public Sited<string>? CommandLine { get; init; }

    /// <summary>What starts services: <c>busybox</c> (when null), <c>systemd</c>, or <c>none</c> for an image that is no system but a container.</summary>
    public Sited<string>? Init { get; init; }

    /// <summary>Images without init, which lie ready in <c>/usr/share/containers/NAME.tar</c> as OCI archives.</summary>
    public ImmutableArray<Sited<string>> Containers { get; init; } = [];

    /// <summary>Models and how they are deployed.</summary>
    public ImmutableArray<ModelEntry> Models { get; init; } = [];

    /// <summary>Kernel fragments of image features (workspace-relative paths).</summary>
    public ImmutableArray<Sited<string>> KernelFragments { get; init; } = [];

    /// <summary>Host name on the board.</summary>
    public Sited<string>? Hostname { get; init; }

    /// <summary>Users beside root.</summary>
    public ImmutableArray<UserSpec> Users { get; init; } = [];

    /// <summary>Groups beside root.</summary>
    public ImmutableArray<GroupSpec> Groups { get; init; } = [];

    /// <summary>How its network cards get addresses, and its clock the time.</summary>
    public NetworkSpec Network { get; init; } = new();

    /// <summary>Services beside those of the packages' recipes.</summary>
    public ImmutableArray<ServiceSpec> Services { get; init; } = [];

    /// <summary>Files, links and folders, e.g. <c>/etc/motd</c>.</summary>
    public ImmutableArray<ImageFile> Files { get; init; } = [];

    /// <summary>Folders (workspace-relative paths) that are copied over the root file system.</summary>
    public ImmutableArray<Sited<string>> Overlays { get; init; } = [];

    /// <summary>Its version, for <c>os-release</c>; null: what it contains tells.</summary>
    public Sited<string>? Version { get; init; }

    /// <summary>How the container starts that it comes as; null: a shell.</summary>
    public OciSpec? Oci { get; init; }

    /// <summary>Modes and owners of paths.</summary>
    public ImmutableArray<FileAttributes> Attributes { get; init; } = [];

    /// <summary>Size of the root file system in bytes; null: the content and a quarter.</summary>
    public Sited<long>? Size { get; init; }

    /// <summary>Largest allowed content of the root file system in bytes.</summary>
    public Sited<long>? Budget { get; init; }

    /// <summary>Format of the root file system in partitions with the content <c>rootfs</c>: <c>ext4</c> (when null), <c>erofs</c> or <c>squashfs</c>.</summary>
    public Sited<string>? Root { get; init; }

    /// <summary>Artifacts the image comes in, besides those of its board, e.g. <c>rootfs.cpio.gz</c> or <c>disk.img.zst</c>.</summary>
    public ImmutableArray<Sited<string>> Formats { get; init; } = [];

    /// <summary>Commands that prove the image on the booted board.</summary>
    public ImmutableArray<CheckSpec> Checks { get; init; } = [];

    /// <summary>Names of standard checks of a boot that do not hold for it, e.g. <c>network</c>.</summary>
    public ImmutableArray<Sited<string>> WithoutChecks { get; init; } = [];

    /// <summary>Who checks log in as; null: root, when no password is asked of it.</summary>
    public CheckLogin? CheckLogin { get; init; }

    /// <summary>What it chooses of recipes; it counts more than what its features, its board and layers choose.</summary>
    public Choices Choices { get; init; } = Choices.None;

    /// <summary>Folder of the image's file, relative to the workspace root.</summary>
    public required string Folder { get; init; }
}

/// <summary>How checks log in to an image. Nothing of it becomes part of the image, and the files are read by checks alone.</summary>
/// <param name="User">Login name.</param>
/// <param name="PasswordFile">File with the password in its first line (workspace-relative path); null: none is asked.</param>
/// <param name="Identity">File with a private key for SSH (workspace-relative path); null: those of who checks.</param>
public sealed record CheckLogin(Sited<string> User, Sited<string>? PasswordFile, Sited<string>? Identity);

/// <summary>A model of an image.</summary>
/// <param name="Model">A model recipe.</param>
/// <param name="Variant">One of <see cref="ModelVariants"/>; null: the board's profile chooses.</param>
/// <param name="Format"><c>onnx</c> or <c>ort</c>; null: the recipe's.</param>
/// <param name="Fallback">Whether the CPU may run what the board's accelerator does not take; null: as the board says.</param>
public sealed record ModelEntry(Sited<string> Model, Sited<string>? Variant, Sited<string>? Format, bool? Fallback)
{
    /// <summary>What the board does when it loads the network; null: the recipe's.</summary>
    public Sited<string>? OptimizeAtLoad { get; init; }

    /// <summary>The accelerator that runs it, on boards that have it; others do not get it. Null: whatever runs the board's networks.</summary>
    public Sited<string>? Accelerator { get; init; }

    /// <summary>Name of its folder below <c>/usr/share/models</c>: the model's, with the variant's and the accelerator's when they are named.</summary>
    public string Folder => string.Join('-', new[] { Model, Variant, Accelerator }.OfType<Sited<string>>());
}

/// <summary>A user of the image.</summary>
/// <param name="Name">Login name.</param>
/// <param name="Id">Numeric id.</param>
/// <param name="Group">Primary group's name; null: a group of the same name and id.</param>
/// <param name="Home">Home folder; null: <c>/home/NAME</c>.</param>
/// <param name="Shell">Login shell; null: <c>/bin/sh</c>.</param>
/// <param name="Password">crypt(3) hash; empty text: no password asked; null: none fits.</param>
/// <param name="Groups">Further groups.</param>
public sealed record UserSpec(Sited<string> Name, Sited<int> Id, Sited<string>? Group, Sited<string>? Home, Sited<string>? Shell, Sited<string>? Password, ImmutableArray<Sited<string>> Groups)
{
    /// <summary>Public keys that may log in by SSH, a line of <c>authorized_keys</c> each.</summary>
    public ImmutableArray<Sited<string>> AuthorizedKeys { get; init; } = [];

    /// <summary>Whether nobody may log in, neither by password nor by key; null: as the rest says.</summary>
    public Sited<bool>? Locked { get; init; }

    /// <summary>Whether nobody may log in.</summary>
    public bool IsLocked => Locked?.Value == true;
}

/// <summary>A group of the image.</summary>
public sealed record GroupSpec(Sited<string> Name, Sited<int> Id);

/// <summary>A file, link or folder of the image: one of text, template, source, link and folder.</summary>
/// <param name="Path">Absolute target path.</param>
/// <param name="Text">The text itself, or null.</param>
/// <param name="Template">Template file (Scriban; workspace-relative path) with the documented variables, or null.</param>
/// <param name="Mode">Of a file, null is <c>0644</c>, or <c>0755</c> where the source is executable; of a folder, <c>0755</c>. That of a source's folder itself, not of what lies in it.</param>
public sealed record ImageFile(Sited<string> Path, Sited<string>? Text, Sited<string>? Template, Sited<UnixMode>? Mode)
{
    /// <summary>File, link or folder (workspace-relative path) that is taken as it is, with all that lies in it; or null.</summary>
    public Sited<string>? Source { get; init; }

    /// <summary>Where a symbolic link leads, or null.</summary>
    public Sited<string>? Link { get; init; }

    /// <summary>Whether it is a folder in which nothing needs to lie; null as false.</summary>
    public Sited<bool>? Folder { get; init; }

    /// <summary>User name or number, also of what lies in a source's folder; null is root.</summary>
    public Sited<string>? Owner { get; init; }

    /// <summary>Group name or number, likewise.</summary>
    public Sited<string>? Group { get; init; }
}
