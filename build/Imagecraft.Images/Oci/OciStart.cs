// How a container starts. Unaware of its content.

using System.Collections.Immutable;

namespace Imagecraft.Images.Oci;

/// <summary>What an image configuration tells whoever runs it.</summary>
/// <remarks>Source: OCI Image Format Specification 1.1, "Image Configuration".</remarks>
public sealed record OciStart
{
    /// <summary>Program with its first arguments; empty: the command has it.</summary>
    public ImmutableArray<string> Entrypoint { get; init; } = [];

    /// <summary>Further arguments; empty: a shell, where there is no entry point either.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>User by name or number; null: root.</summary>
    public string? User { get; init; }

    /// <summary>Ports with their protocols, such as <c>8080/tcp</c>.</summary>
    public ImmutableArray<string> Ports { get; init; } = [];

    /// <summary>Variables of the environment; a <c>PATH</c> is there in any case.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Labels.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Folder in which it starts; null: the root.</summary>
    public string? WorkingDirectory { get; init; }
}
