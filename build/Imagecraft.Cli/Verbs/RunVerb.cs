// `run`: boots an image on this terminal. Unaware of what is on it.

using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Cli.Verbs;

/// <summary>Builds the image if need be and gives it the terminal.</summary>
public static class RunVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("run", "Boot the image in QEMU on this terminal; what follows `--` are arguments of QEMU", Build);

    private static void Build(Command command, Session session)
    {
        var options = new BuildOptions(command);
        var machines = new RunOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var demand = machines.Read(parsed);
            var request = options.Read(parsed);
            using var workshop = await Workshop.OpenAsync(session, request).ConfigureAwait(false);
            LastChoice.Keep(session, request);
            using var image = await BootableImage.MakeAsync(session, workshop).ConfigureAwait(false);
            if (image.Machine is null)
                return image.Result.ExitCode;
            using var running = new RunningMachine(session.WorkspaceRoot, workshop.Plan.Board.Name, workshop.Plan.Image.Name);
            return await RunAsync(session, demand, demand.Apply(session, new(workshop.Plan.Board.Name, workshop.Plan.Image.Name, workshop.OutputFolder), image.Machine), running).ConfigureAwait(false);
        });
    }

    /// <summary>Runs a machine on this terminal to its end.</summary>
    internal static async Task<int> RunAsync(Session session, RunDemand demand, MachineDescription asked, RunningMachine running)
    {
        var machine = Accelerated(session, asked) with { HasAccelerators = true };
        var isTyped = !Console.IsInputRedirected;
        session.Console.Out.WriteLine(isTyped ? "Booting; Ctrl-A X ends QEMU" : "Booting; the end of the input ends QEMU");
        using var input = isTyped ? null : Console.OpenStandardInput();
        return await QemuMachine.RunInTerminalAsync(machine, demand.Arguments, input, demand.Deploy ? running.Record : null, session.Interrupts.Listen().Gentle).ConfigureAwait(false) == 0 ? ExitCodes.Done : ExitCodes.Environment;
    }

    private static MachineDescription Accelerated(Session session, MachineDescription machine)
    {
        if (Acceleration.Of(machine, RuntimeInformation.OSArchitecture) is not { } fast)
            return machine;
        var offered = Acceleration.IsOffered();
        session.Console.Out.WriteLine(offered ? "The host's CPU runs the machine (KVM); `check` emulates it, so that all hosts see the same" : "QEMU emulates the CPU, because this host offers no KVM (`/dev/kvm` is missing or closed to you)");
        return offered ? fast : machine;
    }
}
