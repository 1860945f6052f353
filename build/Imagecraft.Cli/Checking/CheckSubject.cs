// What is checked: an image on QEMU's machine, or on a board. Unaware of how checks run.

using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Qemu.Boards;
using Imagecraft.Qemu.Checks;
using Imagecraft.Qemu.Machines;
using Imagecraft.Qemu.Snapshots;

namespace Imagecraft.Cli.Checking;

/// <summary>Where a check's machines come from.</summary>
/// <param name="Name"><c>BOARD/IMAGE</c>, for reports and the history of its boots.</param>
/// <param name="Processor">What is known of its CPU from outside; null: nothing.</param>
/// <param name="IsOne">There is one machine, so nothing runs at once.</param>
/// <param name="Machines">Makes the machines, whose logs go into the folder.</param>
public sealed record CheckSubject(string Name, string? Processor, bool IsOne, Func<string, ICheckMachines> Machines)
{
    /// <summary>The image that was built, in QEMU.</summary>
    /// <exception cref="ProblemException">Nobody can log in to it.</exception>
    public static CheckSubject InQemu(Session session, Workshop workshop, MachineDescription machine)
    {
        var (login, opened, note) = CheckLogins.InQemu(session, workshop.Plan, machine);
        if (note is not null)
            session.Console.Out.WriteLine(note);
        return new(NameOf(workshop), Processors.Of(machine), IsOne: false, logs => new QemuCheckMachines(opened, login, logs));
    }

    /// <summary>A board that somebody has.</summary>
    /// <exception cref="ProblemException">Nobody says how to log in.</exception>
    public static CheckSubject OnBoard(Session session, Workshop workshop, BoardDemand demand)
    {
        var resets = KernelArguments.ResetAfterPanic(workshop.Plan.CommandLine);
        var (login, identity) = CheckLogins.OnBoard(session, workshop.Plan, demand);
        var line = LineTo(session, demand.Address, login.Password, identity, resets);
        var power = demand.Power ?? (line as LabgridLine)?.PowerCommand;
        return new($"{NameOf(workshop)}@board", null, IsOne: true, logs => new BoardCheckMachines(line, login, string.IsNullOrEmpty(power) ? null : new(power), logs));
    }

    /// <summary>The line of an address.</summary>
    /// <param name="session">The call.</param>
    /// <param name="address">Where the board is.</param>
    /// <param name="password">For SSH; empty: keys only.</param>
    /// <param name="identity">For SSH: file with a private key, or null.</param>
    /// <param name="resets">Its kernel resets the board after a panic.</param>
    public static IBoardLine LineTo(Session session, BoardAddress address, string password, string? identity, bool resets) => address switch
    {
        BoardAddress.Ssh ssh => new SshLine(ssh, password, identity, Path.Combine(session.WorkspaceRoot, ".imagecraft", "known_hosts")),
        BoardAddress.Serial serial => new SerialLine(serial, resets),
        BoardAddress.Labgrid labgrid => new LabgridLine(labgrid, resets),
        _ => throw new ArgumentOutOfRangeException(nameof(address), address, "An address without a line"),
    };

    private static string NameOf(Workshop workshop) => $"{workshop.Selection.Board}/{workshop.Selection.Image}";
}
