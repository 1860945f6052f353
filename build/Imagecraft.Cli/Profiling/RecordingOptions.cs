// What is recorded on a machine, and for how long: the options of verbs that do so. Unaware of what is recorded of it.

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Debugging;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Cli.Profiling;

/// <summary>What somebody asked for.</summary>
/// <param name="Program">A program of the image; null: all that runs.</param>
/// <param name="Words">What it is started with.</param>
/// <param name="IsAttached">The one that runs is meant.</param>
/// <param name="Seconds">0: as long as is usual.</param>
public sealed record RecordingDemand(string? Program, IReadOnlyList<string> Words, bool IsAttached, int Seconds)
{
    private const int Usual = 10;

    /// <summary>Seconds; null: until the program ends.</summary>
    public int? Length => Seconds > 0 ? Seconds : Program is null || IsAttached ? Usual : null;

    /// <summary>In words.</summary>
    public string Span => Length is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"for {seconds} s") : "until the program ends";

    /// <summary>Looks for the program in the image and on the machine.</summary>
    /// <exception cref="ProblemException">One of them has none, or another.</exception>
    public async Task<RecordingTarget> FindAsync(SerialConsole console, string machine, DebuggedImage image, CancellationToken cancellationToken)
    {
        if (Program is null)
            return new(null, $"sleep {Length}");
        var program = image.Program(Program);
        await RunningProcess.RequireSameAsync(console, machine, program, cancellationToken).ConfigureAwait(false);
        if (IsAttached)
            return new(await RunningProcess.OfAsync(console, program.Path, cancellationToken).ConfigureAwait(false), $"sleep {Length}");
        var started = string.Join(' ', Words.Select(ShellText.Quote).Prepend(ShellText.Quote(program.Path)));
        return new(null, Length is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"timeout -s INT {seconds} {started}") : started);
    }
}

/// <summary>As the machine understands it.</summary>
/// <param name="Process">The process that is looked at; null: what the command starts, or all.</param>
/// <param name="Command">A shell command that lasts as long as the recording.</param>
public sealed record RecordingTarget(int? Process, string Command);

/// <summary>Adds the options to a command.</summary>
public sealed class RecordingOptions
{
    private const int MostSeconds = 3600;

    private readonly Argument<string?> _program = new("program") { Description = "A program of the image, which is started (default: all that runs)", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string[]> _words = new("arguments") { Description = "What the program is started with; behind --", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> _attach = new("--attach") { Description = "The one that runs, instead of a new one" };
    private readonly Option<int> _seconds = new("--for") { Description = "Seconds (default: 10, and with a program until it ends)", HelpName = "seconds" };

    /// <summary>Adds them.</summary>
    public RecordingOptions(Command command)
    {
        command.Arguments.Add(_program);
        command.Arguments.Add(_words);
        command.Options.Add(_attach);
        command.Options.Add(_seconds);
        Between(_seconds, MostSeconds);
    }

    /// <summary>Refuses what is no number from 1 to <paramref name="most"/>.</summary>
    public static void Between(Option<int> option, int most) => option.Validators.Add(result =>
    {
        if (result.Tokens is [{ Value: var text }] && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1 || number > most))
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"`{text}` is no whole number from 1 to {most}"));
    });

    /// <summary>What was asked for.</summary>
    /// <exception cref="ProblemException">The options do not fit together.</exception>
    public RecordingDemand Read(ParseResult parsed)
    {
        var demand = new RecordingDemand(parsed.GetValue(_program), parsed.GetValue(_words)!, parsed.GetValue(_attach), parsed.GetValue(_seconds));
        return demand is { IsAttached: true, Program: null } or { IsAttached: true, Words.Count: > 0 } ? throw ProblemException.User("`--attach` takes a program and no arguments", "Name the program whose process is meant") : demand;
    }
}
