// What `imagecraft.yaml` says. Unaware of disks.

using System.Collections.Immutable;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Model;

/// <summary>A workspace of one's own: which layers it stands on, and what is built when nothing is named.</summary>
/// <param name="Name">Its name, which is also that of the layer that it is itself.</param>
/// <param name="Layers">Layers besides the core layer and itself.</param>
/// <param name="Board">Built when no board is named; null: one must be.</param>
/// <param name="Image">Built when no image is named; null: the board's own.</param>
public sealed record WorkspaceFile(Sited<string> Name, ImmutableArray<LayerPlace> Layers, Sited<string>? Board, Sited<string>? Image)
{
    /// <summary>Its name at the root of a workspace.</summary>
    public const string FileName = "imagecraft.yaml";

    /// <summary>Whether it is the core layer itself, which stands on none: Imagecraft's own repository.</summary>
    public bool IsCore { get; init; }

    /// <summary>Versions that it was made for: of Imagecraft by <c>imagecraft</c>, of layers by their names.</summary>
    public ImmutableSortedDictionary<string, Sited<VersionRange>> Requires { get; init; } = ImmutableSortedDictionary<string, Sited<VersionRange>>.Empty;

    /// <summary>Its feeds, as documents of its layer.</summary>
    internal ImmutableArray<YamlMap> Feeds { get; init; } = [];

    /// <summary>A cache that many machines share; null: none.</summary>
    public RemoteSpec? Remote { get; init; }

    /// <summary>What it chooses for all boards and images.</summary>
    public Choices Choices { get; init; } = Choices.None;
}

/// <summary>A cache that many machines share.</summary>
/// <param name="Cache">Its address, without credentials.</param>
/// <param name="Instance">The server's name for one of several stores.</param>
/// <param name="Upload">When results are given to it: <c>never</c>, <c>ci</c> or <c>always</c>; null: as usual.</param>
public sealed record RemoteSpec(Sited<string> Cache, Sited<string>? Instance, Sited<string>? Upload);

/// <summary>Where a layer is.</summary>
/// <param name="Path">Its folder: relative to the workspace, which it may leave, or within what is fetched.</param>
public abstract record LayerPlace(Sited<string> Path)
{
    /// <summary>A folder of this machine.</summary>
    public sealed record Folder(Sited<string> Path) : LayerPlace(Path);

    /// <summary>In an archive.</summary>
    /// <param name="Path">Its folder there.</param>
    /// <param name="Address">Of the archive.</param>
    /// <param name="Sha256">Hash of the archive.</param>
    public sealed record Archive(Sited<string> Path, Sited<string> Address, Sited<string> Sha256) : LayerPlace(Path);

    /// <summary>In a commit of a git repository.</summary>
    /// <param name="Path">Its folder there.</param>
    /// <param name="Address">Of the repository; <c>file:PATH</c> is seen from the workspace.</param>
    /// <param name="Id">The commit's 40 or 64 hexadecimal characters.</param>
    public sealed record Commit(Sited<string> Path, Sited<string> Address, Sited<string> Id) : LayerPlace(Path);
}
