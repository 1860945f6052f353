// What a test wants of a machine. Unaware of how it is started.

using System.Collections.Immutable;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.TestKit;

/// <summary>A machine to be started.</summary>
public sealed record MachineOptions
{
    /// <summary>Name of a board with <c>qemu:</c>; null: what <c>./build.sh test</c> has built.</summary>
    public string? Board { get; init; }

    /// <summary>Name of an image; null: the board's default.</summary>
    public string? Image { get; init; }

    /// <summary>A machine of one's own instead of a board's; null: that of <see cref="Board"/>.</summary>
    public MachineDescription? Description { get; init; }

    /// <summary>Disks beside the board's own. They begin with zeros.</summary>
    public ImmutableArray<ExtraDisk> Disks { get; init; } = [];

    /// <summary>Arguments of QEMU beside the board's own.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>A network with one other machine; null: none.</summary>
    public MachineLink? Link { get; init; }

    /// <summary>How to log in after each boot; null: nobody logs in, and only the console's text can be awaited.</summary>
    public LoginOptions? Login { get; init; } = LoginOptions.Root;
}

/// <summary>A disk beside the board's own.</summary>
/// <param name="Name">At most 20 letters, digits or dashes; the disk's serial number.</param>
/// <param name="Size">Bytes, a multiple of 512.</param>
public sealed record ExtraDisk(string Name, long Size);
