// What a foreign recipe says, in words of neither system. Pure.

using System.Collections.Immutable;

namespace Imagecraft.Cli.Importing;

/// <summary>An archive, or a repository at a commit.</summary>
/// <param name="Url">Address with a scheme that sources have.</param>
/// <param name="Pin">SHA-256 of the archive, or the commit; null: the recipe knows none that counts here.</param>
/// <param name="Place">Where it stands.</param>
public sealed record ForeignSource(string Url, string? Pin, ForeignPlace Place)
{
    /// <summary>Further places with the same content.</summary>
    public ImmutableArray<string> Mirrors { get; init; } = [];

    /// <summary>Folder below the sources where it goes.</summary>
    public string Into { get; init; } = "";

    /// <summary>Leading folders that are dropped; null: as usual.</summary>
    public int? Strip { get; init; }

    /// <summary>Whether it is laid there as it is.</summary>
    public bool IsPlain { get; init; }
}

/// <summary>Who asks for another recipe.</summary>
public enum NeedKind
{
    /// <summary>It is linked with it.</summary>
    Library,

    /// <summary>It runs it while building.</summary>
    Tool,

    /// <summary>It needs it on the board.</summary>
    Runtime,
}

/// <summary>Something else that it needs.</summary>
/// <param name="Name">As the foreign system names it, without what tells host and target apart.</param>
/// <param name="Kind">For what.</param>
/// <param name="When">When.</param>
/// <param name="Place">Where it stands.</param>
public sealed record ForeignNeed(string Name, NeedKind Kind, ForeignCondition When, ForeignPlace Place);

/// <summary>A part that can be switched.</summary>
/// <param name="Name">Name of the option.</param>
/// <param name="Summary">What it brings.</param>
/// <param name="IsOn">Whether it is on by itself.</param>
/// <param name="Place">Where it stands.</param>
public sealed record ForeignOption(string Name, string Summary, bool IsOn, ForeignPlace Place);

/// <summary>Shell of the recipe, translated.</summary>
/// <param name="Text">Lines of shell.</param>
/// <param name="When">When it runs.</param>
/// <param name="Place">Where it stands.</param>
public sealed record ForeignShell(string Text, ForeignCondition When, ForeignPlace Place);

/// <summary>A service, translated.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Run">Shell that stays in the foreground.</param>
/// <param name="Kind">As services have it; null: the usual one.</param>
/// <param name="User">Who runs it; null: root.</param>
/// <param name="Place">Where it stands.</param>
public sealed record ForeignService(string Name, string Run, string? Kind, string? User, ForeignPlace Place);

/// <summary>A user with a number.</summary>
/// <param name="Name">Login name.</param>
/// <param name="Id">Number.</param>
/// <param name="Home">Home folder; null: the usual one.</param>
/// <param name="Shell">Login shell; null: the usual one.</param>
public sealed record ForeignUser(string Name, int Id, string? Home, string? Shell);

/// <summary>Mode of an installed file.</summary>
/// <param name="Path">Absolute path on the board.</param>
/// <param name="Mode">Octal.</param>
public sealed record ForeignMode(string Path, string Mode);

/// <summary>A foreign recipe, as far as it was understood.</summary>
public sealed record ForeignRecipe
{
    /// <summary><c>buildroot</c> or <c>yocto</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The file that it is named by.</summary>
    public required ForeignPlace Place { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>SPDX expression; null: it says none.</summary>
    public string? License { get; init; }

    /// <summary>One line.</summary>
    public string? Summary { get; init; }

    /// <summary>The project's page.</summary>
    public string? Homepage { get; init; }

    /// <summary>What is fetched.</summary>
    public ImmutableArray<ForeignSource> Sources { get; init; } = [];

    /// <summary>Patches, in order, as paths of the foreign folder.</summary>
    public ImmutableArray<string> Patches { get; init; } = [];

    /// <summary>Files that lie beside the foreign recipe and are laid into the sources, as paths of the foreign folder.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>What it needs.</summary>
    public ImmutableArray<ForeignNeed> Needs { get; init; } = [];

    /// <summary>Further names of it.</summary>
    public ImmutableArray<string> Provides { get; init; } = [];

    /// <summary>Build system of recipes.</summary>
    public required string System { get; init; }

    /// <summary>Folder below the sources with the build files.</summary>
    public string Subfolder { get; init; } = "";

    /// <summary>List values of <c>build:</c> by key.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<ForeignWord>> Arguments { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<ForeignWord>>.Empty;

    /// <summary>Single values of <c>build:</c> by key, as they are written.</summary>
    public ImmutableSortedDictionary<string, string> Settings { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Environment of all steps.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Before it is configured.</summary>
    public ImmutableArray<ForeignShell> Before { get; init; } = [];

    /// <summary>All steps of a recipe that has no build system.</summary>
    public ImmutableArray<ForeignShell> Steps { get; init; } = [];

    /// <summary>After it was installed.</summary>
    public ImmutableArray<ForeignShell> After { get; init; } = [];

    /// <summary>Parts that can be switched.</summary>
    public ImmutableArray<ForeignOption> Options { get; init; } = [];

    /// <summary>Services.</summary>
    public ImmutableArray<ForeignService> Services { get; init; } = [];

    /// <summary>Users.</summary>
    public ImmutableArray<ForeignUser> Users { get; init; } = [];

    /// <summary>Modes of files.</summary>
    public ImmutableArray<ForeignMode> Modes { get; init; } = [];

    /// <summary>What was taken as given, a sentence each.</summary>
    public ImmutableArray<string> Given { get; init; } = [];

    /// <summary>What was not translated.</summary>
    public ImmutableArray<Untranslated> Rest { get; init; } = [];

    /// <summary>What has no counterpart and is not missed.</summary>
    public ImmutableArray<Needless> Needless { get; init; } = [];
}
