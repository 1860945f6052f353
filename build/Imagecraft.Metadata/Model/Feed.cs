// What a feed, a tool root and a layer say. Unaware of YAML and of networks.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>A suite of Debian packages. Mirrors of Debian are the machine's; a repository of one's own has its address here.</summary>
public sealed record Feed
{
    /// <summary>Unique name, e.g. <c>trixie</c>.</summary>
    public required Sited<string> Name { get; init; }

    /// <summary>Suite as in <c>dists/</c>.</summary>
    public required Sited<string> Suite { get; init; }

    /// <summary>Components, as a rule <c>main</c>.</summary>
    public ImmutableArray<Sited<string>> Components { get; init; } = [];

    /// <summary>Address of a repository of one's own: <c>https:</c>, <c>http:</c> or <c>file:</c>, or <c>$VARIABLE</c> when only the machine knows it. Null: the machine's mirrors of Debian have the suite.</summary>
    public Sited<string>? Apt { get; init; }

    /// <summary>Names of the architectures that it has packages for; empty: all.</summary>
    public ImmutableArray<Sited<string>> Architectures { get; init; } = [];

    /// <summary>OpenPGP key files (workspace-relative) that may sign it.</summary>
    public ImmutableArray<Sited<string>> Keys { get; init; } = [];

    /// <summary>A feed whose packages may satisfy dependencies too (backports on their base suite).</summary>
    public Sited<string>? Base { get; init; }

    /// <summary>A feed that this one brings newer packages for (security updates of a suite): of both, the newer package is taken.</summary>
    public Sited<string>? Updates { get; init; }

    /// <summary>The suite gets no updates any more, so it is used though its release is past its time.</summary>
    public bool Archived { get; init; }
}

/// <summary>A directory tree made of locked packages, in which actions run.</summary>
public sealed record ToolRoot
{
    /// <summary>Unique name.</summary>
    public required Sited<string> Name { get; init; }

    /// <summary>Feed of its packages.</summary>
    public required Sited<string> Feed { get; init; }

    /// <summary>Debian architecture; null: the build host's.</summary>
    public Sited<string>? Architecture { get; init; }

    /// <summary>Tool roots whose packages, links and exceptions this one has too. A read workspace has them added already.</summary>
    public ImmutableArray<Sited<string>> Includes { get; init; } = [];

    /// <summary>Packages beside dependencies; <c>name:arch</c> for a foreign architecture, <c>name/feed</c> for another feed.</summary>
    public required ImmutableArray<Sited<string>> Packages { get; init; }

    /// <summary>Packages never taken, though something depends on them.</summary>
    public ImmutableArray<Sited<string>> Without { get; init; } = [];

    /// <summary>Symbolic links that maintainer scripts would have made: path to target.</summary>
    public ImmutableSortedDictionary<string, string> Links { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Globs of the only paths that it has; empty: all.</summary>
    public ImmutableArray<Sited<string>> Only { get; init; } = [];

    /// <summary>Globs of paths that are left out (documentation, locales).</summary>
    public ImmutableArray<Sited<string>> Except { get; init; } = [];
}

/// <summary>A folder that adds to or overrides what lies below it.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Priority">Higher lies on top.</param>
/// <param name="Folder">Folder relative to the workspace root.</param>
public sealed record Layer(Sited<string> Name, Sited<int> Priority, string Folder)
{
    /// <summary>What its problems are known by.</summary>
    public DocumentId Id { get; init; } = new(KindNames.Layer, Folder);

    /// <summary>Where the workspace says that it comes from; null for the core layer and the workspace itself.</summary>
    public LayerPlace? Place { get; init; }

    /// <summary>Its own version; null when it says none.</summary>
    public Sited<string>? Version { get; init; }

    /// <summary>Versions that it was made for: of Imagecraft by <c>imagecraft</c>, of other layers by their names.</summary>
    public ImmutableSortedDictionary<string, Sited<VersionRange>> Requires { get; init; } = ImmutableSortedDictionary<string, Sited<VersionRange>>.Empty;

    /// <summary>What it chooses for all boards and images; those of boards and images count more.</summary>
    public Choices Choices { get; init; } = Choices.None;
}

/// <summary>Everything the workspace says, merged over all layers.</summary>
public sealed record Workspace
{
    /// <summary>Recipes by name.</summary>
    public required ImmutableSortedDictionary<string, Recipe> Recipes { get; init; }

    /// <summary>The recipes as they are built for the build host, where they differ from <see cref="Recipes"/>; null: they do not.</summary>
    public ImmutableSortedDictionary<string, Recipe>? HostRecipes { get; init; }

    /// <summary>The recipes for boards, or for the build host.</summary>
    public ImmutableSortedDictionary<string, Recipe> RecipesFor(bool host) => host ? HostRecipes ?? Recipes : Recipes;

    /// <summary>Boards by name.</summary>
    public required ImmutableSortedDictionary<string, Board> Boards { get; init; }

    /// <summary>Images by name.</summary>
    public required ImmutableSortedDictionary<string, Image> Images { get; init; }

    /// <summary>Image features by name.</summary>
    public ImmutableSortedDictionary<string, Feature> Features { get; init; } = ImmutableSortedDictionary<string, Feature>.Empty;

    /// <summary>Model recipes by name.</summary>
    public required ImmutableSortedDictionary<string, ModelRecipe> Models { get; init; }

    /// <summary>Datasets by name.</summary>
    public required ImmutableSortedDictionary<string, Dataset> Datasets { get; init; }

    /// <summary>Accelerators by name.</summary>
    public required ImmutableSortedDictionary<string, Accelerator> Accelerators { get; init; }

    /// <summary>Architectures by name.</summary>
    public required ImmutableSortedDictionary<string, Architecture> Architectures { get; init; }

    /// <summary>Feeds by name.</summary>
    public required ImmutableSortedDictionary<string, Feed> Feeds { get; init; }

    /// <summary>Tool roots by name.</summary>
    public required ImmutableSortedDictionary<string, ToolRoot> ToolRoots { get; init; }

    /// <summary>Layers, lowest first; the core layer is first.</summary>
    public required ImmutableArray<Layer> Layers { get; init; }
}
