// `debug`: a program of a machine that runs, in a debugger here. Unaware of debuggers' languages.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Debugging;
using Imagecraft.Cli.Deploying;
using Imagecraft.Planning;
using Imagecraft.Qemu;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Cli.Verbs;

/// <summary>Starts the program below <c>gdbserver</c>, or takes one that runs, and opens the debugger with its symbols and sources.</summary>
public static class DebugVerb
{
    // What the server understands when its debugger is gone: `monitor exit`, which ends a program that it started and leaves one that ran before. Source: GDB's remote serial protocol.
    private static readonly ReadOnlyMemory<byte> Farewell = "+$qRcmd,65786974#d7"u8.ToArray();

    private const string Said = "said";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("debug", "Start a program on a machine that runs, and look at it with gdb, symbols and sources", Build);

    private static void Build(Command command, Session session)
    {
        var program = new Argument<string>("program") { Description = "A program of the image: its name, or its path" };
        var words = new Argument<string[]>("arguments") { Description = "What the program is started with; behind --", Arity = ArgumentArity.ZeroOrMore };
        var attach = new Option<bool>("--attach") { Description = "Take the one that runs, and leave it running" };
        var execute = new Option<string[]>("--execute") { Description = "A command of gdb; it ends after the last", HelpName = "command" };
        var output = new Option<string?>("--output") { Description = "A file or device of the machine for what the program prints (default: it is shown at the end)", HelpName = "path" };
        command.Arguments.Add(program);
        command.Arguments.Add(words);
        var machines = new ReachOptions(command, "--to");
        foreach (var option in new Option[] { attach, execute, output })
            command.Options.Add(option);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var request = options.Read(parsed);
            var demand = new Demand(parsed.GetValue(attach), parsed.GetValue(words)!, parsed.GetValue(output), parsed.GetValue(execute)!);
            if (demand.Execute.Count == 0 && !session.Console.IsInteractive)
                throw ProblemException.User("A debugger needs a terminal", "Run it in one, or say what it is to do by `--execute COMMAND`, e.g. `--execute continue --execute backtrace`");
            if (demand is { IsAttached: true, Words.Count: > 0 })
                throw ProblemException.User("A process that runs already has its arguments", "Leave them out, or leave out `--attach`");
            using var workshop = await Workshop.OpenAsync(session, request, _ => [new Extra.OfRecipe("gdbserver"), new Extra.OfRecipe("libc")]).ConfigureAwait(false);
            var machine = machines.Read(parsed, session, workshop);
            var (image, failed) = await DebuggedImage.BuildAsync(session, workshop).ConfigureAwait(false);
            if (image is null)
                return failed;
            using (image)
            {
                var found = image.Program(parsed.GetValue(program)!);
                var (debugger, problem) = await Inspection.OpenAsync(session, request, new Extra.Debugger(image.SourcesOf(found))).ConfigureAwait(false);
                if (debugger is null)
                    return problem;
                using (debugger)
                    return await RunAsync(session, workshop, machine, image, found, demand, debugger).ConfigureAwait(false);
            }
        });
    }

    private static async Task<int> RunAsync(Session session, Workshop workshop, ReachedMachine machine, DebuggedImage image, ImageProgram program, Demand demand, Inspection debugger)
    {
        var triplet = workshop.Workspace.Architectures[workshop.Plan.Board.Architecture].Triplet;
        return await machine.UseAsync(session, "debug", async (console, cancellation) =>
        {
            var path = ShellText.Quote(program.Path);
            await RunningProcess.RequireSameAsync(console, machine.Name, program, cancellation).ConfigureAwait(false);
            int? process = demand.IsAttached ? await RunningProcess.OfAsync(console, program, cancellation).ConfigureAwait(false) : null;
            var folder = await MachineFolder.MakeAsync(console, cancellation).ConfigureAwait(false);
            var server = await BroughtProgram.OnAsync("/usr/bin/gdbserver", folder, image, triplet, cancellation).ConfigureAwait(false);
            var command = process is { } id
                ? $"{server.Command} --once --attach - {id} 2>{folder.Path}/{Said}"
                : $"{server.Command} --once - {string.Join(' ', demand.Words.Select(ShellText.Quote).Prepend(path))} 2>{ShellText.Quote(demand.Output ?? $"{folder.Path}/{Said}")}";
            using var line = new DebuggerLine(debugger.Folder);
            var relay = RelayAsync(console, line, command, cancellation);
            var code = DebuggerSession.Run(debugger, program, [$"target remote /build/{DebuggerLine.Name}"], demand.Execute);
            await FinishAsync(relay, line).ConfigureAwait(false);
            var said = await folder.LinesAsync(Said, cancellation).ConfigureAwait(false);
            if (said.Count > 0)
                session.Console.Out.WriteLine($"{(process is null ? "The program and its server" : "The server")} said:");
            foreach (var text in said)
                session.Console.Out.WriteLine($"  {text}");
            await folder.CloseAsync(cancellation).ConfigureAwait(false);
            return code == 0 ? ExitCodes.Done : ExitCodes.User;
        }).ConfigureAwait(false);
    }

    private static async Task RelayAsync(SerialConsole console, DebuggerLine line, string command, CancellationToken cancellation)
    {
        await using var peer = await line.AcceptAsync(cancellation).ConfigureAwait(false);
        await console.RelayAsync(command, peer, Farewell, Limit, cancellation).ConfigureAwait(false);
    }

    // A debugger that never came leaves nobody to wait for.
    private static async Task FinishAsync(Task relay, DebuggerLine line)
    {
        line.Dispose();
        try
        {
            await relay.ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is System.Net.Sockets.SocketException or ObjectDisposedException or OperationCanceledException)
        {
        }
    }

    private sealed record Demand(bool IsAttached, IReadOnlyList<string> Words, string? Output, IReadOnlyCollection<string> Execute);
}
