// `shell`: a shell in exactly the sandbox of an action. Unaware of what the action does.

using System.CommandLine;
using System.Diagnostics;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Rendering;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Cli.Verbs;

/// <summary>Builds what the action reads and opens its sandbox.</summary>
public static class ShellVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("shell", "Open a shell in exactly the sandbox of an action", Build);

    private static void Build(Command command, Session session)
    {
        var name = new Argument<string>("action") { Description = "An action that is a process, e.g. `htop:build`" };
        command.Arguments.Add(name);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var request = options.Read(parsed);
            var asked = new AskedNames([parsed.GetValue(name)!]);
            using var workshop = await Workshop.OpenAsync(session, request, asked.Extras).ConfigureAwait(false);
            var action = ActionNames.One(parsed.GetValue(name)!, [.. asked.Goals(workshop.Plan)]);
            using var engine = workshop.OpenEngine();
            using var renderers = Renderers.For(session, request, []);
            var (shell, result) = await engine.ShellAsync(workshop.Graph, action, renderers.Handle, session.Interrupts.Listen().Gentle).ConfigureAwait(false);
            renderers.Dispose();
            if (shell is null)
                return result.ExitCode;
            using (shell)
            {
                session.Console.Out.WriteLine($"The action runs: {ShellText.Line(shell.ActionArguments)}");
                session.Console.Out.WriteLine($"Its folder `/build` is `{shell.BuildFolder}`, `/out` is `{shell.OutFolder}`; both go with the shell");
                return await RunAsync(shell.Command).ConfigureAwait(false);
            }
        });
    }

    // The shell has the terminal: Ctrl-C is its business, so nothing here ends it.
    private static async Task<int> RunAsync(IReadOnlyList<string> command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)))!;
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        return process.ExitCode == 0 ? ExitCodes.Done : ExitCodes.User;
    }
}
