// The verbs of an unpacked SDK: run its image, put files onto it, debug programs there. Unaware of workspaces.

using System.Collections.Immutable;
using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Debugging;
using Imagecraft.Cli.Deploying;
using Imagecraft.Cli.Development;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Cli.Verbs.OfSdk;

/// <summary>The registrations.</summary>
public static class SdkVerbs
{
    /// <summary>All verbs of <paramref name="sdk"/>.</summary>
    public static ImmutableArray<Verb> Of(UnpackedSdk sdk) =>
    [
        new("run", "Boot the image in QEMU on this terminal; what follows `--` are arguments of QEMU", (command, session) => Run(command, session, sdk)),
        new("deploy", "Put files onto a machine that runs", (command, session) => Deploy(command, session, sdk)),
        new("debug", "Put a program onto a machine that runs, start it, and look at it with gdb", (command, session) => Debug(command, session, sdk)),
    ];

    private static void Run(Command command, Session session, UnpackedSdk sdk)
    {
        var machines = new RunOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var machine = SdkMachine.Read(sdk.Folder);
            // Whoever runs an SDK's image means to put something onto it, where that is possible.
            var demand = machines.Read(parsed);
            demand = demand with { Deploy = demand.Deploy || Qemu.Machines.WayIn.Open(machine) is not null };
            using var running = new RunningMachine(session.WorkspaceRoot, sdk.Facts.Board, sdk.Facts.Image);
            return await RunVerb.RunAsync(session, demand, demand.Apply(session, new(sdk.Facts.Board, sdk.Facts.Image, Path.Combine(sdk.Folder, SdkFolders.Machine)), machine), running).ConfigureAwait(false);
        });
    }

    private static void Deploy(Command command, Session session, UnpackedSdk sdk)
    {
        var names = new Argument<string[]>("file") { Description = $"{LocalProgram.Form} of the board; without one in /usr/bin", Arity = ArgumentArity.OneOrMore };
        command.Arguments.Add(names);
        var machines = new ReachOptions(command, "--to");
        command.SetAction(async (parsed, _) =>
        {
            List<InstalledFile> files = [.. parsed.GetValue(names)!.Select(LocalProgram.Parse).Select(file => file.Installed(sdk))];
            var machine = machines.Read(parsed, session, sdk.Reached);
            return await machine.UseAsync(session, "deploy", async (console, cancellation) =>
            {
                var different = await PutAsync(console, files, cancellation).ConfigureAwait(false);
                foreach (var file in different)
                    session.Console.Out.WriteLine(file.Path);
                session.Console.Out.WriteLine(different.Count == 0 ? $"Nothing to do: {machine.Name} has all {files.Count} files as they are" : $"Deployed {different.Count} of {files.Count} files to {machine.Name}");
                return ExitCodes.Done;
            }).ConfigureAwait(false);
        });
    }

    private static void Debug(Command command, Session session, UnpackedSdk sdk)
    {
        var program = new Argument<string>("program") { Description = $"{LocalProgram.Form} of the board; without one in /usr/bin" };
        var words = new Argument<string[]>("arguments") { Description = "What the program is started with; behind --", Arity = ArgumentArity.ZeroOrMore };
        command.Arguments.Add(program);
        command.Arguments.Add(words);
        var machines = new ReachOptions(command, "--to");
        var wishes = new DebugOptions(command, words);
        command.SetAction(async (parsed, _) =>
        {
            var demand = wishes.Read(parsed, session);
            var local = LocalProgram.Parse(parsed.GetValue(program)!);
            local.RequireProgram(sdk);
            var file = local.Installed(sdk);
            var machine = machines.Read(parsed, session, sdk.Reached);
            using var debugger = new SdkDebugger(sdk, local.File);
            return await RemoteDebugging.RunAsync(session, machine, new(local.Path, sdk.Facts.Triplet, Require, sdk.OfBoard), demand, debugger).ConfigureAwait(false);

            async Task Require(SerialConsole console, CancellationToken cancellation)
            {
                if (demand.IsAttached)
                    await RunningProcess.RequireSameAsync(console, machine.Name, local.Path, file.Sha256!, "Put this one there by `imagecraft deploy`, and start it again", cancellation).ConfigureAwait(false);
                else
                    await PutAsync(console, [file], cancellation).ConfigureAwait(false);
            }
        });
    }

    private static async Task<IReadOnlyList<InstalledFile>> PutAsync(SerialConsole console, IReadOnlyList<InstalledFile> files, CancellationToken cancellation)
    {
        var folder = await MachineFolder.MakeAsync(console, cancellation).ConfigureAwait(false);
        var machine = new MachineFiles(folder);
        var different = await machine.DifferentAsync(files, cancellation).ConfigureAwait(false);
        if (different.Count > 0)
            await machine.PutAsync(different, cancellation).ConfigureAwait(false);
        await folder.CloseAsync(cancellation).ConfigureAwait(false);
        return different;
    }
}
