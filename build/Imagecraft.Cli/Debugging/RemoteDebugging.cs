// A program on a machine below a server of debuggers, and a debugger here that comes to it through the machine's shell. Unaware of where the debugger runs.

using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Deploying;
using Imagecraft.Qemu;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Cli.Debugging;

/// <summary>What is debugged.</summary>
/// <param name="Path">Absolute path on the machine.</param>
/// <param name="Triplet">Names the machine's folder of libraries.</param>
/// <param name="Require">Looks that the machine has it as symbols here say.</param>
/// <param name="Brought">Content of files by their paths on the machine, for what it lacks: the server and its libraries.</param>
public sealed record DebuggedProgram(string Path, string Triplet, Func<SerialConsole, CancellationToken, Task> Require, Func<string, byte[]> Brought);

/// <summary>A debugger that is about to run.</summary>
public interface IDebugger
{
    /// <summary>Folder of this host that it sees.</summary>
    string Folder { get; }

    /// <summary>How it names a file of the folder.</summary>
    string PathOf(string name);

    /// <summary>Runs it to its end.</summary>
    /// <param name="begin">Its first commands.</param>
    /// <param name="execute">What a person or a script wants; when there is something, the debugger ends by itself.</param>
    /// <returns>Its exit code.</returns>
    int Run(IEnumerable<string> begin, IReadOnlyCollection<string> execute);
}

/// <summary>One run.</summary>
public static class RemoteDebugging
{
    // What the server understands when its debugger is gone: `monitor exit`, which ends a program that it started and leaves one that ran before. Source: GDB's remote serial protocol.
    private static readonly ReadOnlyMemory<byte> Farewell = "+$qRcmd,65786974#d7"u8.ToArray();

    private const string Said = "said";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Runs to the debugger's end.</summary>
    /// <returns>An exit code of ours.</returns>
    /// <exception cref="ProblemException">The machine has another program, no process of it, or cannot run the server.</exception>
    public static Task<int> RunAsync(Session session, ReachedMachine machine, DebuggedProgram program, DebugDemand demand, IDebugger debugger) => machine.UseAsync(session, "debug", async (console, cancellation) =>
    {
        await program.Require(console, cancellation).ConfigureAwait(false);
        int? process = demand.IsAttached ? await RunningProcess.OfAsync(console, program.Path, cancellation).ConfigureAwait(false) : null;
        var folder = await MachineFolder.MakeAsync(console, cancellation).ConfigureAwait(false);
        var server = await BroughtProgram.OnAsync("/usr/bin/gdbserver", folder, program.Brought, program.Triplet, cancellation).ConfigureAwait(false);
        var command = process is { } id
            ? $"{server.Command} --once --attach - {id} 2>{folder.Path}/{Said}"
            : $"{server.Command} --once - {string.Join(' ', demand.Words.Prepend(program.Path).Select(ShellText.Quote))} 2>{ShellText.Quote(demand.Output ?? $"{folder.Path}/{Said}")}";
        using var line = new DebuggerLine(debugger.Folder);
        var relay = RelayAsync(console, line, command, cancellation);
        var code = debugger.Run([$"target remote {debugger.PathOf(DebuggerLine.Name)}"], demand.Execute);
        await FinishAsync(relay, line).ConfigureAwait(false);
        var said = await folder.LinesAsync(Said, cancellation).ConfigureAwait(false);
        if (said.Count > 0)
            session.Console.Out.WriteLine($"{(process is null ? "The program and its server" : "The server")} said:");
        foreach (var text in said)
            session.Console.Out.WriteLine($"  {text}");
        await folder.CloseAsync(cancellation).ConfigureAwait(false);
        return code == 0 ? ExitCodes.Done : ExitCodes.User;
    });

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
}
