// Says which machine a class of tests wants. Unaware of how it is booted.

using System.Reflection;
using Xunit;
using Xunit.v3;

namespace Imagecraft.TestKit;

/// <summary>The board and image of a class of tests. Its fixture <see cref="BootedMachine"/> boots them, and each test gets what the console printed meanwhile as its attachment <c>console</c>.</summary>
/// <param name="board">Name of a board with <c>qemu:</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class BoardAttribute(string board) : BeforeAfterTestAttribute
{
    /// <summary>Name of a board.</summary>
    public string Board { get; } = board;

    /// <summary>Name of an image; null: the board's default.</summary>
    public string? Image { get; set; }

    /// <summary>Disks beside the board's own, each <c>NAME=SIZE</c> with a size in MiB, e.g. <c>data=64</c>, or <c>NAME=FOLDER</c> with a folder in the test project's output, whose content it holds. See <see cref="Machine.DiskAsync"/>.</summary>
    public string[] Disks { get; set; } = [];

    /// <summary>Arguments of QEMU beside the board's own, e.g. for a display.</summary>
    public string[] Arguments { get; set; } = [];

    /// <summary>See <see cref="MachineOptions.VolatileCache"/>.</summary>
    public bool VolatileCache { get; set; }

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest, IXunitTest test) => BootedMachine.OfCurrentClass?.Machine.MarkConsole();

    /// <inheritdoc/>
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (BootedMachine.OfCurrentClass?.Machine.ConsoleSinceMark() is { Length: > 0 } text)
            ConsoleAttachment.Add(text);
    }

    internal MachineOptions ToOptions() => new()
    {
        Board = Board,
        Image = Image,
        Disks = [.. Disks.Select(ExtraDisk.Parse)],
        Arguments = [.. Arguments],
        VolatileCache = VolatileCache,
    };
}
