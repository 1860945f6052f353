// What a recipe is built for. Unaware of build systems.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning.Recipes;

/// <summary>An architecture with CPU tuning, of boards or of the build host.</summary>
/// <param name="Id">The part after <c>@</c> in action ids.</param>
/// <param name="Architecture">Names of the instruction set.</param>
/// <param name="CpuFlags">Compiler flags of the board.</param>
public sealed record Target(string Id, Architecture Architecture, ImmutableArray<string> CpuFlags)
{
    /// <summary>Whether what is built runs while building, on the build host.</summary>
    public bool IsHost { get; init; }

    /// <summary>What comes before the names of the compiler and its tools.</summary>
    public string Cross => IsHost ? "" : $"{Architecture.Triplet}-";

    /// <summary>The build host.</summary>
    public static Target Host(Architecture architecture) => new("host", architecture, []) { IsHost = true };

    /// <summary>The target that all boards of equal architecture and tuning share.</summary>
    public static Target Of(Architecture architecture, Board board)
    {
        var flags = board.CpuFlags.Select(f => f.Value).ToImmutableArray();
        var tuning = string.Join('-', flags.Select(f => f[(f.IndexOf('=', StringComparison.Ordinal) + 1)..]));
        return new(tuning.Length == 0 ? architecture.Name : $"{architecture.Name}.{tuning}", architecture, flags);
    }
}

/// <summary>A board with its kernel's name and the image whose features the kernel serves.</summary>
/// <param name="Id">The part after <c>@</c> in ids of board-dependent actions.</param>
public sealed record BoardTarget(string Id, Board Board, Image Image, Target Target)
{
    /// <summary>The kernel's arguments: the board's, then those of the image and its features.</summary>
    public string CommandLine => CommandLineOf(Board, Image);

    /// <summary>The kernel's arguments of an image for a board. That the init is systemd comes first, so that a program that starts init can take its place.</summary>
    public static string CommandLineOf(Board board, Image image) =>
        string.Join(' ', new[] { board.CommandLine.Value, image.Init?.Value == "systemd" ? "init=/usr/lib/systemd/systemd" : null, image.CommandLine?.Value }.OfType<string>());

    /// <summary>The kernel of an image without kernel fragments of its own is the board's, shared by all such images.</summary>
    public static BoardTarget Of(Board board, Image image, Target target) =>
        new(image.KernelFragments.IsEmpty ? board.Name : $"{board.Name}.{image.Name}", board, image, target);
}
