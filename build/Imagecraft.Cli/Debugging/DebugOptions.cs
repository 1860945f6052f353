// The options of verbs that debug a program of a machine. Unaware of machines.

using System.CommandLine;
using System.CommandLine.Parsing;
using Imagecraft.Cli.CommandLine;

namespace Imagecraft.Cli.Debugging;

/// <summary>What is wanted of the debugger.</summary>
/// <param name="IsAttached">It takes a process that runs.</param>
/// <param name="Words">Arguments of the program.</param>
/// <param name="Output">Where on the machine the program's output goes; null: it is shown at the end.</param>
/// <param name="Execute">Commands of gdb, after which it ends; none: a person types.</param>
public sealed record DebugDemand(bool IsAttached, IReadOnlyList<string> Words, string? Output, IReadOnlyCollection<string> Execute);

/// <summary>Adds them to a command, and reads them.</summary>
public sealed class DebugOptions
{
    private readonly Argument<string[]> _words;
    private readonly Option<bool> _attach = new("--attach") { Description = "Take the one that runs, and leave it running" };
    private readonly Option<string[]> _execute = new("--execute") { Description = "A command of gdb; it ends after the last", HelpName = "command" };
    private readonly Option<string?> _output = new("--output") { Description = "A file or device of the machine for what the program prints (default: it is shown at the end)", HelpName = "path" };

    /// <summary>Adds the options to <paramref name="command"/>.</summary>
    /// <param name="command">Gets them.</param>
    /// <param name="words">Its argument with the words for the program.</param>
    public DebugOptions(Command command, Argument<string[]> words)
    {
        _words = words;
        foreach (var option in new Option[] { _attach, _execute, _output })
            command.Options.Add(option);
    }

    /// <summary>What was written.</summary>
    /// <exception cref="ProblemException">Nobody could type, or a process is to get arguments.</exception>
    public DebugDemand Read(ParseResult parsed, Session session)
    {
        var demand = new DebugDemand(parsed.GetValue(_attach), parsed.GetValue(_words)!, parsed.GetValue(_output), parsed.GetValue(_execute)!);
        if (demand.Execute.Count == 0 && !session.Console.IsInteractive)
            throw ProblemException.User("A debugger needs a terminal", "Run it in one, or say what it is to do by `--execute COMMAND`, e.g. `--execute continue --execute backtrace`");
        return demand is { IsAttached: true, Words.Count: > 0 } ? throw ProblemException.User("A process that runs already has its arguments", "Leave them out, or leave out `--attach`") : demand;
    }
}
