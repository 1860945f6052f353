// How a container of an image starts, as its YAML says. Unaware of the formats of containers.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>What whoever runs the container is told. Source: OCI Image Format Specification 1.1, "Image Configuration".</summary>
public sealed record OciSpec
{
    /// <summary>Program with its first arguments, to which those of the command line are appended.</summary>
    public ImmutableArray<Sited<string>> Entrypoint { get; init; } = [];

    /// <summary>Further arguments, or the program where there is no entry point; those of the command line replace them.</summary>
    public ImmutableArray<Sited<string>> Command { get; init; } = [];

    /// <summary>User by name or number; null: root.</summary>
    public Sited<string>? User { get; init; }

    /// <summary>Ports that are listened at, such as <c>8080/tcp</c>.</summary>
    public ImmutableArray<Sited<string>> Ports { get; init; } = [];

    /// <summary>Variables of the environment.</summary>
    public ImmutableSortedDictionary<string, Sited<string>> Environment { get; init; } = ImmutableSortedDictionary<string, Sited<string>>.Empty;

    /// <summary>Labels.</summary>
    public ImmutableSortedDictionary<string, Sited<string>> Labels { get; init; } = ImmutableSortedDictionary<string, Sited<string>>.Empty;

    /// <summary>Folder in which it starts; null: the root.</summary>
    public Sited<string>? WorkingDirectory { get; init; }

    /// <summary>Where it stands.</summary>
    public required SourceSpan Span { get; init; }
}
