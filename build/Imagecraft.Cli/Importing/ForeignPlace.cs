// Where something stands in a foreign recipe, and what became of it when it was not translated. Pure.

using Imagecraft.Cli.CommandLine;

namespace Imagecraft.Cli.Importing;

/// <summary>A line of a foreign file.</summary>
/// <param name="File">Name of the file, as people know it: relative to the recipe's folder.</param>
/// <param name="Line">Line, from 1.</param>
public sealed record ForeignPlace(string File, int Line)
{
    /// <summary>The refusal of a file that cannot be read, or of a recipe that cannot be written: exit code 3.</summary>
    /// <param name="message">Capital first, no final period.</param>
    /// <param name="hint">The remedy.</param>
    public ProblemException Refuse(string message, string hint) => ProblemException.User($"{this}: {message}", hint);

    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}";
}

/// <summary>Why something cannot be translated.</summary>
/// <param name="Why">The cause, as the end of a sentence.</param>
/// <param name="Remedy">What its reader does about it.</param>
public sealed record Reason(string Why, string Remedy);

/// <summary>What was not translated.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Text">What stands there, on one line.</param>
/// <param name="Reason">Why not, and what to do.</param>
public sealed record Untranslated(ForeignPlace Place, string Text, Reason Reason);

/// <summary>What has no counterpart here, and is not missed.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Name">Name of the variable.</param>
/// <param name="Why">Why nobody misses it; the same words for what belongs together.</param>
public sealed record Needless(ForeignPlace Place, string Name, string Why);
