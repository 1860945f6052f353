// `debug`: a program of a machine that runs, in a debugger here. Unaware of debuggers' languages.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Debugging;
using Imagecraft.Cli.Deploying;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Verbs;

/// <summary>Starts the program below <c>gdbserver</c>, or takes one that runs, and opens the debugger with its symbols and sources.</summary>
public static class DebugVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("debug", "Start a program on a machine that runs, and look at it with gdb, symbols and sources", Build);

    private static void Build(Command command, Session session)
    {
        var program = new Argument<string>("program") { Description = "A program of the image: its name, or its path" };
        var words = new Argument<string[]>("arguments") { Description = "What the program is started with; behind --", Arity = ArgumentArity.ZeroOrMore };
        command.Arguments.Add(program);
        command.Arguments.Add(words);
        var machines = new ReachOptions(command, "--to");
        var wishes = new DebugOptions(command, words);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var request = options.Read(parsed);
            var demand = wishes.Read(parsed, session);
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
                {
                    var triplet = workshop.Workspace.Architectures[workshop.Plan.Board.Architecture].Triplet;
                    return await RemoteDebugging.RunAsync(session, machine, new DebuggedProgram(found.Path, triplet, (console, cancellation) => RunningProcess.RequireSameAsync(console, machine.Name, found, cancellation), image.Planned), demand, new SandboxedDebugger(debugger, found)).ConfigureAwait(false);
                }
            }
        });
    }
}
