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

    /// <summary>Disks beside the board's own.</summary>
    public ImmutableArray<ExtraDisk> Disks { get; init; } = [];

    /// <summary>Arguments of QEMU beside the board's own.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>A network with one other machine; null: none.</summary>
    public MachineLink? Link { get; init; }

    /// <summary>Networks of any number of machines, a card for each, beside the board's own.</summary>
    public ImmutableArray<MachineNetwork> Networks { get; init; } = [];

    /// <summary>Accelerators of the board that exist as software are there from power-on, so the machine's state cannot be kept. Without, it has none of them.</summary>
    public bool Accelerators { get; init; }

    /// <summary>The disks lose on <see cref="Machine.PowerFailureAsync"/> what was not flushed, as drives with a write cache do. What the machine writes is then written twice.</summary>
    public bool VolatileCache { get; init; }

    /// <summary>How to log in after each boot; null: nobody logs in, and only the console's text can be awaited.</summary>
    public LoginOptions? Login { get; init; } = LoginOptions.Root;
}
