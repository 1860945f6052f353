// A problem of the user's text, as a value. Unaware of how it is rendered.

namespace Imagecraft.Metadata.Model;

/// <summary>How bad a diagnostic is.</summary>
public enum Severity
{
    /// <summary>The build goes on.</summary>
    Warning,

    /// <summary>Nothing is built: exit code 3.</summary>
    Error,
}

/// <summary>A problem with its place and remedy.</summary>
/// <param name="Code">Stable, e.g. <c>IC0102</c>.</param>
/// <param name="Severity">Error or warning.</param>
/// <param name="Message">Capital first, names in backticks, no final period.</param>
/// <param name="Span">Where, when it has a place.</param>
/// <param name="Hint">The remedy, e.g. <c>Did you mean `version`?</c></param>
public sealed record Diagnostic(string Code, Severity Severity, string Message, SourceSpan? Span, string? Hint)
{
    /// <summary>Why it matters here, when its place alone does not tell: who needs the document.</summary>
    public string? Note { get; init; }
}
