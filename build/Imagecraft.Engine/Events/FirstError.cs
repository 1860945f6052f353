// Where a log tells of the first error. Unaware of how it was found.

using System.Collections.Immutable;

namespace Imagecraft.Engine.Events;

/// <summary>The first error of a log.</summary>
/// <param name="Line">Number of the line that tells of it, from 1.</param>
/// <param name="Of">How many lines the log has.</param>
/// <param name="Before">How many of <paramref name="Lines"/> stand before that line.</param>
/// <param name="Lines">The line with those around it.</param>
public sealed record FirstError(int Line, int Of, int Before, ImmutableArray<string> Lines)
{
    /// <summary>The line that tells of the error.</summary>
    public string Text => Lines[Before];
}
