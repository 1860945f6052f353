// Everything that decides what an action gives, with its inputs resolved to digests. Unaware of how it becomes a key or a text.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;

namespace Imagecraft.Engine.Execution.Manifests;

/// <summary>One action, fully resolved: the single source of its key (<see cref="ManifestKey"/>) and of its explanation (<see cref="ManifestText"/>).</summary>
public sealed record ActionManifest
{
    /// <summary>The action's name; for messages, no part of the key.</summary>
    public required ActionId Id { get; init; }

    /// <summary>What is done: <c>process</c>, <c>built-in NAME</c> or <c>fetch</c>.</summary>
    public required string Work { get; init; }

    /// <summary>Program and arguments; empty for others than processes.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>The whole environment of a process, or the parameters of a built-in.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Absolute path inside the sandbox; empty for others than processes.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary>After this time a process is killed; null for others.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>What a machine must be or have to run a process; empty for others.</summary>
    public ImmutableSortedDictionary<string, string> Platform { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Declared outputs.</summary>
    public ImmutableArray<OutputSpec> Outputs { get; init; } = [];

    /// <summary>Identities of what enters the key by name alone: the sandbox's revision, a built-in's code. They are the key's salt.</summary>
    public ImmutableSortedDictionary<string, string> Properties { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Content that is read, in the planner's order.</summary>
    public ImmutableArray<ManifestInput> Inputs { get; init; } = [];

    /// <summary>Content that it is done with and that cannot change what comes out; no part of the key.</summary>
    public ImmutableArray<ManifestInput> Tools { get; init; } = [];
}

/// <summary>A resolved input.</summary>
/// <param name="MountPath">Where the action sees it.</param>
/// <param name="Value">Its content.</param>
/// <param name="Origin">Where the content comes from, for people and for comparison between builds, e.g. <c>output `install` of `zlib:build`</c>.</param>
/// <param name="Reason">Why it is an input, in the planner's words.</param>
/// <param name="Producer">The action that made it, when one did.</param>
public sealed record ManifestInput(string MountPath, OutputValue Value, string Origin, string Reason, ActionId? Producer)
{
    /// <summary>The host's folder that is seen itself; null for content of the store.</summary>
    public InPlaceFolder? InPlace { get; init; }
}

/// <summary>A folder of the host that an action sees as it is.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Exclude">Globs of what is no part of it.</param>
public sealed record InPlaceFolder(string Path, ImmutableArray<string> Exclude);
