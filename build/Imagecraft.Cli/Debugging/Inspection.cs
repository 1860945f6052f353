// A sandbox with an image and a tool that looks at it, open for one run. Unaware of the tool.

using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Output;
using Imagecraft.Cli.Rendering;
using Imagecraft.Engine.Execution.Processes;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Debugging;

/// <summary>Its folders live until it is disposed.</summary>
/// <param name="shell">The sandbox.</param>
public sealed class Inspection(SandboxShell shell) : IDisposable
{
    /// <summary>Folder of this host that the tool sees as <c>/build</c>.</summary>
    public string Folder => shell.BuildFolder;

    /// <summary>Builds what the tool needs and makes the sandbox.</summary>
    /// <param name="session">This call.</param>
    /// <param name="request">Board and image.</param>
    /// <param name="tool">What is planned: its first output is the tool's.</param>
    /// <returns>The sandbox, or the exit code of a failed build.</returns>
    public static async Task<(Inspection? Inspection, int ExitCode)> OpenAsync(Session session, BuildRequest request, Extra tool)
    {
        using var workshop = await Workshop.OpenAsync(session, request, _ => [tool]).ConfigureAwait(false);
        using var engine = workshop.OpenEngine();
        using var renderers = Renderers.For(session, request, []);
        var (shell, result) = await engine.ShellAsync(workshop.Graph, workshop.Plan.Extras[0].Outputs[0].Action, new(TerminalCommand.Action), renderers.Handle, session.Interrupts.Listen().Gentle).ConfigureAwait(false);
        return shell is null ? (null, result.ExitCode) : (new(shell), ExitCodes.Done);
    }

    /// <summary>Runs the tool on the terminal to its end.</summary>
    /// <param name="arguments">Behind its own.</param>
    /// <returns>Its exit code.</returns>
    public int Run(IEnumerable<string> arguments) => TerminalProgram.Run([.. shell.Command, .. arguments]);

    /// <inheritdoc/>
    public void Dispose() => shell.Dispose();
}
