// `run`: boots an image on this terminal. Unaware of what is on it.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Cli.Verbs;

/// <summary>Builds the image if need be and gives it the terminal.</summary>
public static class RunVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("run", "Boot the image in QEMU on this terminal", Build);

    private static void Build(Command command, Session session)
    {
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            using var workshop = await Workshop.OpenAsync(session, options.Read(parsed)).ConfigureAwait(false);
            using var image = await BootableImage.MakeAsync(session, workshop).ConfigureAwait(false);
            if (image.Machine is null)
                return image.Result.ExitCode;
            session.Console.Out.WriteLine("Booting; log in as root; Ctrl-A X ends QEMU");
            return await QemuMachine.RunInTerminalAsync(image.Machine, session.Interrupts.Hard).ConfigureAwait(false) == 0 ? ExitCodes.Done : ExitCodes.Environment;
        });
    }
}
