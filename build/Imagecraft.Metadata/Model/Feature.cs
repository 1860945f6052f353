// What an image feature says. Unaware of YAML and of which images have it.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>Something an image can have: what has to be installed, configured and checked for it, all in one place.</summary>
public sealed record Feature
{
    /// <summary>Unique name.</summary>
    public required Sited<string> Name { get; init; }

    /// <summary>One line.</summary>
    public string? Summary { get; init; }

    /// <summary>Features that come along.</summary>
    public ImmutableArray<Sited<string>> Requires { get; init; } = [];

    /// <summary>Features that an image cannot have besides.</summary>
    public ImmutableArray<Sited<string>> Conflicts { get; init; } = [];

    /// <summary>Packages.</summary>
    public ImmutableArray<Sited<string>> Packages { get; init; } = [];

    /// <summary>Kernel fragments (workspace-relative paths).</summary>
    public ImmutableArray<Sited<string>> KernelFragments { get; init; } = [];

    /// <summary>Kernel arguments after the board's.</summary>
    public Sited<string>? CommandLine { get; init; }

    /// <summary>See <see cref="Image.Root"/>; the image's own word counts more.</summary>
    public Sited<string>? Root { get; init; }

    /// <summary>See <see cref="Image.Init"/>; the image's own word counts more.</summary>
    public Sited<string>? Init { get; init; }

    /// <summary>Users.</summary>
    public ImmutableArray<UserSpec> Users { get; init; } = [];

    /// <summary>Groups.</summary>
    public ImmutableArray<GroupSpec> Groups { get; init; } = [];

    /// <summary>How its network cards get addresses, and its clock the time.</summary>
    public NetworkSpec Network { get; init; } = new();

    /// <summary>Services besides those of the packages' recipes.</summary>
    public ImmutableArray<ServiceSpec> Services { get; init; } = [];

    /// <summary>Files, links and folders.</summary>
    public ImmutableArray<ImageFile> Files { get; init; } = [];

    /// <summary>See <see cref="Image.Overlays"/>.</summary>
    public ImmutableArray<Sited<string>> Overlays { get; init; } = [];

    /// <summary>Modes and owners of paths.</summary>
    public ImmutableArray<FileAttributes> Attributes { get; init; } = [];

    /// <summary>See <see cref="Image.Containers"/>.</summary>
    public ImmutableArray<Sited<string>> Containers { get; init; } = [];

    /// <summary>What it chooses of recipes.</summary>
    public Choices Choices { get; init; } = Choices.None;

    /// <summary>Commands that prove it on the booted board.</summary>
    public ImmutableArray<CheckSpec> Checks { get; init; } = [];
}
