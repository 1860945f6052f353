// Under which circumstances a part of a document counts. Unaware of YAML.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>What a document is read for.</summary>
/// <param name="Architecture">Of the board, or of the build host.</param>
/// <param name="Board">Null when it is built for the build host.</param>
/// <param name="Image">Null when it is built for the build host.</param>
/// <param name="Features">Features of the image.</param>
/// <param name="IsHost">Whether it is a program that runs while building.</param>
public sealed record Circumstances(string Architecture, string? Board, string? Image, ImmutableHashSet<string> Features, bool IsHost)
{
    /// <summary>Options of the recipe that are on.</summary>
    public ImmutableHashSet<string> Options { get; init; } = [];
}

/// <summary><c>when:</c>. Every key that it has must hold: one of its words, and none of those with an exclamation mark before them.</summary>
public sealed record Condition
{
    /// <summary>Names of architectures.</summary>
    public ImmutableArray<Sited<string>> Architectures { get; init; } = [];

    /// <summary>Names of boards.</summary>
    public ImmutableArray<Sited<string>> Boards { get; init; } = [];

    /// <summary>Names of images.</summary>
    public ImmutableArray<Sited<string>> Images { get; init; } = [];

    /// <summary>Features of the image.</summary>
    public ImmutableArray<Sited<string>> Features { get; init; } = [];

    /// <summary>Options of the recipe.</summary>
    public ImmutableArray<Sited<string>> Options { get; init; } = [];

    /// <summary>Whether the recipe is built for the build host; null: both.</summary>
    public Sited<bool>? Host { get; init; }

    /// <summary>What stands before a word that must not hold.</summary>
    public const char Not = '!';

    /// <summary>Whether it holds.</summary>
    public bool Holds(Circumstances here) =>
        Holds(Architectures, here.Architecture.Equals) && Holds(Boards, word => word == here.Board) && Holds(Images, word => word == here.Image)
        && Holds(Features, here.Features.Contains) && Holds(Options, here.Options.Contains) && (Host is not { } host || host.Value == here.IsHost);

    static bool Holds(ImmutableArray<Sited<string>> words, Func<string, bool> isSo)
    {
        var (wanted, met) = (false, false);
        foreach (var word in words)
        {
            if (word.Value[0] == Not)
            {
                if (isSo(word.Value[1..]))
                    return false;
                continue;
            }
            wanted = true;
            met |= isSo(word.Value);
        }
        return met || !wanted;
    }
}
