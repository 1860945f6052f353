// What the sources of a program say of it. Pure.

using System.Collections.Immutable;

namespace Imagecraft.Cli.Authoring;

/// <summary>Something that a program asks for while it is configured.</summary>
/// <param name="Name">As its build files name it: a pkg-config module, a CMake package, a library.</param>
/// <param name="IsOptional">It may be missing.</param>
public sealed record Need(string Name, bool IsOptional);

/// <summary>A program's build system and what it says.</summary>
public sealed record ProjectFacts
{
    /// <summary>Name of the build system of recipes.</summary>
    public required string System { get; init; }

    /// <summary>Further keys of <c>build:</c>, as YAML in flow style.</summary>
    public ImmutableArray<string> Keys { get; init; } = [];

    /// <summary>Its name; null: it says none.</summary>
    public string? Name { get; init; }

    /// <summary>Its version; null: it says none.</summary>
    public string? Version { get; init; }

    /// <summary>License as it is declared, when that is an SPDX expression.</summary>
    public string? License { get; init; }

    /// <summary>One line.</summary>
    public string? Summary { get; init; }

    /// <summary>The project's page.</summary>
    public string? Homepage { get; init; }

    /// <summary>What it asks for.</summary>
    public ImmutableArray<Need> Needs { get; init; } = [];

    /// <summary>Lock files that must lie beside the recipe, by their paths in the sources.</summary>
    public ImmutableArray<string> LockFiles { get; init; } = [];

    /// <summary>What somebody must look at, a sentence each.</summary>
    public ImmutableArray<string> Doubts { get; init; } = [];
}
