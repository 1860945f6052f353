// How archives are unpacked. Unaware of formats.

using System.Collections.Immutable;

namespace Imagecraft.Feeds.Archives;

/// <summary>What to leave out and how to decode.</summary>
public sealed record ExtractOptions
{
    /// <summary>Leading path components to drop; members with fewer are left out.</summary>
    public int Strip { get; init; }

    /// <summary>Globs on `/path/in/archive` (after stripping) of members to leave out.</summary>
    public ImmutableArray<string> Except { get; init; } = [];

    /// <summary>Path of a `liblzma.so.5`, e.g. of a tool root; null: the host's if loadable, else managed code.</summary>
    public string? Liblzma { get; init; }

    /// <summary>Writes what is below `/bin`, `/sbin` and `/lib*` below `/usr`, as Debian's merged layout has it.</summary>
    public bool MergeUsr { get; init; }
}

/// <summary>What was written.</summary>
/// <param name="Files">Number of regular files and hard links.</param>
/// <param name="Bytes">Bytes of regular files.</param>
/// <param name="Skipped">Devices and pipes, which are not written.</param>
public sealed record ExtractResult(int Files, long Bytes, ImmutableArray<string> Skipped);
