// How archives are unpacked, and what came of it. Unaware of formats.

using System.Collections.Immutable;

namespace Imagecraft.Feeds.Archives;

/// <summary>What to leave out and how to decode.</summary>
public sealed record ExtractOptions
{
    /// <summary>Leading path components to drop; members with fewer are left out.</summary>
    public int Strip { get; init; }

    /// <summary>Folders in the archive (after stripping, without slashes around them) whose content is left out.</summary>
    public ImmutableArray<string> Without { get; init; } = [];

    internal bool LeavesOut(string path) => Without.Any(folder => path.Length > folder.Length && path[folder.Length] == '/' && path.StartsWith(folder, StringComparison.Ordinal));

    /// <summary>Path of a `liblzma.so.5`, e.g. of a tool root; null: the host's if loadable, else managed code.</summary>
    public string? Liblzma { get; init; }

    /// <summary>Writes what is below `/bin`, `/sbin` and `/lib*` below `/usr`, as Debian's merged layout has it.</summary>
    public bool MergeUsr { get; init; }

    /// <summary>
    /// Modes are kept to the bit, set-uid, set-gid and sticky included, and owners, capabilities and other attributes that a folder of one user cannot hold are told.
    /// Otherwise modes are what a plain user with umask 022 gets, and owners mean nothing.
    /// </summary>
    public bool Exact { get; init; }

    /// <summary>What is too much.</summary>
    public ExpansionLimits Limits { get; init; } = new();
}

/// <summary>Beyond these an archive is taken for a decompression bomb.</summary>
public sealed record ExpansionLimits
{
    /// <summary>Bytes that an archive of any size may unpack to.</summary>
    public long FloorBytes { get; init; } = 256L << 20;

    /// <summary>Bytes that each byte of it may become beyond that. Text and binaries reach 30 with any compressor, disk images of zeros 200.</summary>
    public int Ratio { get; init; } = 500;

    /// <summary>Members. The largest source trees have some 500,000.</summary>
    public int Entries { get; init; } = 2_000_000;
}

/// <summary>What was written.</summary>
/// <param name="Files">Number of regular files and hard links.</param>
/// <param name="Bytes">Bytes of regular files.</param>
/// <param name="Skipped">Devices and pipes, which are not written.</param>
public sealed record ExtractResult(int Files, long Bytes, ImmutableArray<string> Skipped)
{
    /// <summary>Sentences on what is not as the archive has it, for a log.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>What was not kept of files, with <see cref="ExtractOptions.Exact"/>.</summary>
    public ImmutableArray<LostAttributes> Lost { get; init; } = [];

    /// <summary><see cref="Lost"/> as lines: <c>USER:GROUP ATTRIBUTE,...</c>, a tab, the path with a slash in front.</summary>
    public string LostText => string.Concat(Lost.Select(l => $"{l.User}:{l.Group} {string.Join(',', l.Attributes)}\t/{l.Path}\n"));
}

/// <summary>What a folder of one user cannot hold of a file.</summary>
/// <param name="Path">Where it was written, without a slash in front.</param>
/// <param name="User">Its owner: a name, or a number without one.</param>
/// <param name="Group">Its group, likewise.</param>
/// <param name="Attributes">Names of its extended attributes.</param>
public sealed record LostAttributes(string Path, string User, string Group, ImmutableArray<string> Attributes)
{
    /// <inheritdoc/>
    public override string ToString() => $"`/{Path}` "
        + string.Join(" and ", ((string?[])[IsOwned ? $"belongs to `{User}:{Group}`" : null, Attributes.IsEmpty ? null : $"has [{string.Join(", ", Attributes)}]"]).OfType<string>())
        + ", which is not kept";

    /// <summary>Whether owner or group is another than root.</summary>
    public bool IsOwned => User != "root" || Group != "root";
}
