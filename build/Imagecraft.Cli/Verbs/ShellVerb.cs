// `shell`: a shell in exactly the sandbox of an action. Unaware of what the action does.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Output;
using Imagecraft.Cli.Rendering;
using Imagecraft.Engine.Execution.Processes;
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
        var keep = new Option<bool>("--keep") { Description = "Keep what the shell writes, and go on with it the next time" };
        command.Arguments.Add(name);
        command.Options.Add(keep);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var request = options.Read(parsed);
            var asked = new AskedNames([parsed.GetValue(name)!]);
            using var workshop = await Workshop.OpenAsync(session, request, asked.Extras).ConfigureAwait(false);
            var action = ActionNames.One(parsed.GetValue(name)!, [.. asked.Goals(workshop.Plan)]);
            var kept = parsed.GetValue(keep) ? Path.Combine(session.WorkspaceRoot, ".imagecraft", "shells", action.Value.Replace(':', '=')) : null;
            var wasKept = Directory.Exists(kept);
            using var engine = workshop.OpenEngine();
            using var renderers = Renderers.For(session, request, []);
            var (shell, result) = await engine.ShellAsync(workshop.Graph, action, new(TerminalCommand.Shell, kept), renderers.Handle, session.Interrupts.Listen().Gentle).ConfigureAwait(false);
            renderers.Dispose();
            if (shell is null)
                return result.ExitCode;
            using (shell)
            {
                session.Console.Out.WriteLine($"The action runs: {ShellText.Line(shell.ActionArguments)}");
                session.Console.Out.WriteLine($"Its folder `/build` is `{shell.BuildFolder}`, `/out` is `{shell.OutFolder}`; {(kept is null ? "both go with the shell" : wasKept ? "both are as the last shell left them" : "both stay for the next `shell --keep`")}");
                return TerminalProgram.Run(shell.Command) == 0 ? ExitCodes.Done : ExitCodes.User;
            }
        });
    }
}
