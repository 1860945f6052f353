// What a recipe says. Unaware of YAML and of how it is built.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>How one component is fetched, built and split into packages.</summary>
public sealed record Recipe
{
    /// <summary>Unique within all layers.</summary>
    public required Sited<string> Name { get; init; }

    /// <summary>The component's version.</summary>
    public required Sited<string> Version { get; init; }

    /// <summary>SPDX license expression.</summary>
    public required Sited<string> License { get; init; }

    /// <summary>One line.</summary>
    public string? Summary { get; init; }

    /// <summary>The project's page.</summary>
    public string? Homepage { get; init; }

    /// <summary>Unpacked one over the other, in order.</summary>
    public ImmutableArray<SourceSpec> Sources { get; init; } = [];

    /// <summary>Patch files (paths relative to the workspace root), applied in order with <c>patch -p1</c>.</summary>
    public ImmutableArray<Sited<string>> Patches { get; init; } = [];

    /// <summary>Where newer versions appear; null: its sources tell.</summary>
    public ReleasesSpec? Releases { get; init; }

    /// <summary>How it is built.</summary>
    public required BuildSpec Build { get; init; }

    /// <summary>Recipes whose install trees lie in the sysroot while building.</summary>
    public ImmutableArray<Sited<string>> Depends { get; init; } = [];

    /// <summary>Names besides its own by which other recipes may depend on it.</summary>
    public ImmutableArray<Sited<string>> Provides { get; init; } = [];

    /// <summary>Parts that images and layers switch.</summary>
    public ImmutableSortedDictionary<string, RecipeOption> Options { get; init; } = ImmutableSortedDictionary<string, RecipeOption>.Empty;

    /// <summary>Versions besides <see cref="Version"/> that can be chosen, and where they are written.</summary>
    public ImmutableSortedDictionary<string, SourceSpan> Versions { get; init; } = ImmutableSortedDictionary<string, SourceSpan>.Empty;

    /// <summary>What is installed together.</summary>
    public ImmutableArray<PackageSpec> Packages { get; init; } = [];

    /// <summary>Commands that prove it on the booted board.</summary>
    public ImmutableArray<CheckSpec> Checks { get; init; } = [];

    /// <summary>init services it brings; installed with the package that an image names.</summary>
    public ImmutableArray<ServiceSpec> Services { get; init; } = [];

    /// <summary>Users that it brings to each image that has one of its packages.</summary>
    public ImmutableArray<UserSpec> Users { get; init; } = [];

    /// <summary>Groups that it brings likewise.</summary>
    public ImmutableArray<GroupSpec> Groups { get; init; } = [];

    /// <summary>Folders that it brings likewise, e.g. for what its services keep.</summary>
    public ImmutableArray<FolderSpec> Folders { get; init; } = [];

    /// <summary>Folder of the recipe's file, relative to the workspace root; file names in the recipe are relative to it.</summary>
    public required string Folder { get; init; }
}

/// <summary>One source: an archive or file of known SHA-256, or a pinned commit.</summary>
public sealed record SourceSpec
{
    /// <summary>Folder of the workspace for files that users get from their vendors.</summary>
    public const string SuppliedFolder = "supplied";

    /// <summary>The name of the file at an address.</summary>
    public static string FileNameOf(string address)
    {
        var end = address.IndexOfAny(['#', '?']);
        var path = end < 0 ? address : address[..end];
        return path[(path.LastIndexOfAny(['/', ':']) + 1)..];
    }

    /// <summary>Upstream's address: <c>https:</c>, <c>file:</c> (relative to the recipe), <c>git:</c>, <c>debian:</c>, <c>npm:</c>, or <c>supplied:</c> for a file that the user lays below <c>supplied/</c>.</summary>
    public required Sited<string> Url { get; init; }

    /// <summary>The last part of the address, without a query and without what is taken out of the file.</summary>
    public string FileName => FileNameOf(Url.Value);

    /// <summary>Further places with the same content.</summary>
    public ImmutableArray<Sited<string>> Mirrors { get; init; } = [];

    /// <summary>64 hexadecimal characters; required of what is fetched.</summary>
    public Sited<string>? Sha256 { get; init; }

    /// <summary>SHA-256 of each known version of a <c>supplied:</c> file, instead of <see cref="Sha256"/>.</summary>
    public ImmutableSortedDictionary<string, Sited<string>> Versions { get; init; } = ImmutableSortedDictionary<string, Sited<string>>.Empty;

    /// <summary>Commit of a <c>git:</c> source.</summary>
    public Sited<string>? Commit { get; init; }

    /// <summary>Unpack an archive (the default when the name ends like one) or place the file as it is.</summary>
    public bool Unpack { get; init; } = true;

    /// <summary>Leading path components to drop while unpacking.</summary>
    public int Strip { get; init; } = 1;

    /// <summary>Folder below the source root where it goes.</summary>
    public string Into { get; init; } = "";

    /// <summary>Bytes that a <c>supplied:</c> file has at least; null: one.</summary>
    public Sited<long>? AtLeast { get; init; }

    /// <summary>Bytes that a <c>supplied:</c> file has at most; null: any number.</summary>
    public Sited<long>? AtMost { get; init; }

    /// <summary>Where the user gets a <c>supplied:</c> file, which nobody may hand on.</summary>
    public string? Obtain { get; init; }
}

/// <summary>A package: which installed files, with which exceptional modes and owners.</summary>
public sealed record PackageSpec
{
    /// <summary>Unique within all recipes.</summary>
    public required Sited<string> Name { get; init; }

    /// <summary>Globs of absolute target paths (<c>*</c> within a component, <c>**</c> across). A file goes to the first package that matches.</summary>
    public required ImmutableArray<Sited<string>> Files { get; init; }

    /// <summary>Further globs, which may match nothing.</summary>
    public ImmutableArray<Sited<string>> Optional { get; init; } = [];

    /// <summary>Globs that are left out though <see cref="Files"/> matches.</summary>
    public ImmutableArray<Sited<string>> Except { get; init; } = [];

    /// <summary>Packages that must be installed too.</summary>
    public ImmutableArray<Sited<string>> Requires { get; init; } = [];

    /// <summary>Names besides its own by which images and other packages may have it.</summary>
    public ImmutableArray<Sited<string>> Provides { get; init; } = [];

    /// <summary>Modes and owners that differ from 0755/0644 root.</summary>
    public ImmutableArray<FileAttributes> Attributes { get; init; } = [];

    /// <summary>Globs of programs that give way to another package's of the same path, or of the same name in another folder of programs.</summary>
    public ImmutableArray<Sited<string>> GivesWay { get; init; } = [];

    /// <summary>The feature that brings what the package cannot do without, of the kernel above all; null: none.</summary>
    public Sited<string>? NeedsFeature { get; init; }

    /// <summary>Whether it is one that each recipe has by convention (<c>NAME-dev</c>, <c>NAME-doc</c>, <c>NAME-dbg</c>), and may be empty.</summary>
    public bool IsConventional { get; init; }

    /// <summary>Versions of the interfaces that it has, by their names, for those who say in <c>fits</c> which they are made for.</summary>
    public ImmutableSortedDictionary<string, Sited<string>> Interfaces { get; init; } = ImmutableSortedDictionary<string, Sited<string>>.Empty;

    /// <summary>Versions of others' interfaces that it is made for: of packages by their names, of the kernel as <c>linux</c>, or of <c>interfaces</c>.</summary>
    public ImmutableSortedDictionary<string, Sited<VersionRange>> Fits { get; init; } = ImmutableSortedDictionary<string, Sited<VersionRange>>.Empty;
}

/// <summary>Mode and owner of paths that match a glob.</summary>
/// <param name="Path">Glob of absolute target paths.</param>
/// <param name="Mode">Octal text such as <c>4755</c>; null keeps the default.</param>
/// <param name="Owner">User name or number; null is root.</param>
/// <param name="Group">Group name or number; null is root.</param>
public sealed record FileAttributes(Sited<string> Path, Sited<UnixMode>? Mode, Sited<string>? Owner, Sited<string>? Group)
{
    /// <summary>What programs may do without being root, such as <c>cap_net_raw</c>.</summary>
    public ImmutableArray<Sited<string>> Capabilities { get; init; } = [];

    /// <summary>Extended attributes by full name such as <c>user.origin</c>; a value is text, or bytes as <c>0x</c> and hexadecimal digits.</summary>
    public ImmutableSortedDictionary<string, Sited<string>> Xattrs { get; init; } = ImmutableSortedDictionary<string, Sited<string>>.Empty;

    /// <summary>Whether it is more than a mode and an owner, which some formats cannot hold.</summary>
    public bool IsExtended => !Capabilities.IsEmpty || !Xattrs.IsEmpty;
}

/// <summary>A folder of the image.</summary>
/// <param name="Path">Absolute target path.</param>
/// <param name="Mode">Null is <c>0755</c>.</param>
/// <param name="Owner">User name or number; null is root.</param>
/// <param name="Group">Group name or number; null is root.</param>
public sealed record FolderSpec(Sited<string> Path, Sited<UnixMode>? Mode, Sited<string>? Owner, Sited<string>? Group);

/// <summary>A command that must give the expected result on the booted board.</summary>
public sealed record CheckSpec
{
    /// <summary>Unique within its owner.</summary>
    public required Sited<string> Name { get; init; }

    /// <summary>Shell command on the board.</summary>
    public required Sited<string> Run { get; init; }

    /// <summary>Expected exit code.</summary>
    public int Exit { get; init; }

    /// <summary>The whole output, apart from line breaks at its end; null: anything.</summary>
    public Sited<string>? Output { get; init; }

    /// <summary>File with the whole output (workspace-relative path), which <c>check --accept</c> writes; null: none. It may not exist yet.</summary>
    public Sited<string>? Golden { get; init; }

    /// <summary>What must hold before it is run: checks (<c>NAME</c> of the same owner, or <c>OWNER/NAME</c>), paths or globs on the board, and <c>package:</c>, <c>accelerator:</c> or <c>model:</c> with a name.</summary>
    public ImmutableArray<Sited<string>> Needs { get; init; } = [];

    /// <summary>The output must contain each of these.</summary>
    public ImmutableArray<Sited<string>> Contains { get; init; } = [];

    /// <summary>The output must match each of these regular expressions (.NET, multi-line).</summary>
    public ImmutableArray<Sited<string>> Matches { get; init; } = [];

    /// <summary>Seconds after which it has failed.</summary>
    public int TimeoutSeconds { get; init; } = 30;

    /// <summary>What the command does to the machine: <c>reboot</c> or <c>panic</c>; null: nothing.</summary>
    public Sited<string>? Expects { get; init; }

    /// <summary>Regular expressions (.NET): the kernel must say something that matches each while it runs, and that is no fault.</summary>
    public ImmutableArray<Sited<string>> KernelMessages { get; init; } = [];

    /// <summary>What goes wrong with the accelerators that the check is about: words of <see cref="FaultNames"/>, each with how many jobs behind a colon.</summary>
    public ImmutableArray<Sited<string>> Faults { get; init; } = [];

    /// <summary>Words by which checks are chosen.</summary>
    public ImmutableArray<Sited<string>> Tags { get; init; } = [];

    /// <summary>Why it fails, as everybody knows; null: it does not.</summary>
    public Sited<string>? KnownFailure { get; init; }
}

/// <summary>An init service in one small form.</summary>
public sealed record ServiceSpec
{
    /// <summary>Name, also of its log tag.</summary>
    public required Sited<string> Name { get; init; }

    /// <summary>Shell script.</summary>
    public required Sited<string> Run { get; init; }

    /// <summary><c>once</c> (waited for at boot), <c>daemon</c> (started, not started anew; when null) or <c>respawn</c>.</summary>
    public Sited<string>? Kind { get; init; }

    /// <summary>The only init that starts it; null: whatever the image has.</summary>
    public Sited<string>? Init { get; init; }

    /// <summary>Services that start before it: those that run once have ended then.</summary>
    public ImmutableArray<Sited<string>> After { get; init; } = [];

    /// <summary>Who runs it; null: root.</summary>
    public Sited<string>? User { get; init; }

    /// <summary>Variables of its environment.</summary>
    public ImmutableSortedDictionary<string, Sited<string>> Environment { get; init; } = ImmutableSortedDictionary<string, Sited<string>>.Empty;

    /// <summary>How often it is started anew within five minutes, after which it has failed; null: always again.</summary>
    public Sited<int>? Restarts { get; init; }
}
