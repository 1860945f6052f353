// One sandbox as a value: what is mounted where, what runs. Unaware of bubblewrap.

using System.Collections.Immutable;

namespace Imagecraft.Engine.Sandbox;

/// <summary>What a process sees. All host paths are absolute.</summary>
public sealed record SandboxSpec
{
    /// <summary>The unpacked tool root that has bubblewrap and its libraries.</summary>
    public required string BubblewrapRoot { get; init; }

    /// <summary>Trees that together are <c>/</c>, read-only; later ones on top.</summary>
    public required ImmutableArray<string> RootLayers { get; init; }

    /// <summary>An empty folder of this sandbox's own, for mount points and overlays.</summary>
    public required string Scratch { get; init; }

    /// <summary>Further mounts, in any order.</summary>
    public ImmutableArray<SandboxMount> Mounts { get; init; } = [];

    /// <summary>Program and arguments.</summary>
    public required ImmutableArray<string> Arguments { get; init; }

    /// <summary>The whole environment.</summary>
    public required ImmutableSortedDictionary<string, string> Environment { get; init; }

    /// <summary>Working folder inside.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>What it may take of the machine.</summary>
    public SandboxLimits Limits { get; init; } = SandboxLimits.OfMachine;

    /// <summary>After this time it is killed.</summary>
    public TimeSpan TimeLimit { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>For a person at a terminal: the session is kept, so job control works.</summary>
    public bool Interactive { get; init; }

    /// <summary>A folder that outlives the sandbox, for <c>/build</c> and for what is written over overlays that are kept; null: all of it is scratch.</summary>
    public string? Kept { get; init; }

    /// <summary>The host's folder behind <c>/build</c>.</summary>
    public string BuildFolder => Path.Combine(Kept ?? Scratch, "build");

    /// <summary>The host's folder behind <c>/out</c>.</summary>
    public string OutFolder => Path.Combine(Scratch, "out");

    /// <summary>Where a path below <c>/build</c> or <c>/out</c> is on the host; null for any other.</summary>
    public string? HostPath(string path) =>
        path == "/build" || path.StartsWith("/build/", StringComparison.Ordinal) ? BuildFolder + path["/build".Length..]
        : path == "/out" || path.StartsWith("/out/", StringComparison.Ordinal) ? OutFolder + path["/out".Length..]
        : null;
}

/// <summary>Something mounted at a path.</summary>
public abstract record SandboxMount(string Path)
{
    /// <summary>Folders merged by an overlay, later ones on top; writes go to the disk and are thrown away.</summary>
    public sealed record Overlay(string Path, ImmutableArray<string> Layers) : SandboxMount(Path)
    {
        /// <summary>The host's folder for what is written, which is then there the next time; null: a scratch folder.</summary>
        public string? Written { get; init; }
    }

    /// <summary>A file or folder, read-only.</summary>
    public sealed record ReadBind(string Path, string HostPath, bool IsFile) : SandboxMount(Path);

    /// <summary>A folder or pipe that is written through.</summary>
    public sealed record WriteBind(string Path, string HostPath, bool IsFile) : SandboxMount(Path);
}
