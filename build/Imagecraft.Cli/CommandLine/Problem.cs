// A problem that ends a verb and is not our bug: what is told, and the exit code. Unaware of how it is printed.

using Imagecraft.Metadata.Diagnostics;

namespace Imagecraft.Cli.CommandLine;

/// <summary>Ends the verb with a message for the user instead of a stack trace.</summary>
/// <param name="exitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="message">Capital first, names in backticks, no final period.</param>
/// <param name="hint">The remedy, or null when the message has it.</param>
public sealed class ProblemException(int exitCode, string message, string? hint = null) : Exception(message)
{
    /// <summary>One of <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>The remedy.</summary>
    public string? Hint { get; } = hint;

    /// <summary>The user's input is wrong: exit code 3.</summary>
    public static ProblemException User(string message, string? hint = null) => new(ExitCodes.User, message, hint);

    /// <summary>The machine or network is at fault: exit code 2.</summary>
    public static ProblemException Environment(string message, string? hint = null) => new(ExitCodes.Environment, message, hint);

    /// <summary>A name that nothing has: exit code 3, with the nearest one that exists.</summary>
    public static ProblemException Unknown(string kind, string name, IEnumerable<string> known) =>
        User($"No {kind} is named `{name}`", Nearest.Hint(name, known, kind));
}
