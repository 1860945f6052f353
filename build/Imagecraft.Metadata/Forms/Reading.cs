// What readers share while they read documents: where problems go and which files exist. Unaware of forms.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms;

/// <summary>Collects the problems of documents while they are read.</summary>
/// <param name="exists">Whether a workspace-relative path exists.</param>
sealed class Reading(Func<string, bool> exists)
{
    readonly List<Diagnostic> problems = [];

    /// <summary>Problems so far.</summary>
    public ImmutableArray<Diagnostic> Problems => [.. problems];

    /// <summary>Whether a workspace-relative path exists.</summary>
    public bool Exists(string path) => exists(path);

    /// <summary>Adds an error.</summary>
    public void Error(string code, string message, SourceSpan span, string? hint) =>
        problems.Add(new Diagnostic(code, Severity.Error, message, span, hint));
}
