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
    public IReadOnlyList<Diagnostic> Problems => problems;

    /// <summary>Whether a workspace-relative path exists.</summary>
    public bool Exists(string path) => exists(path);

    /// <summary>Adds an error.</summary>
    public void Error(string code, string message, SourceSpan span, string? hint) =>
        problems.Add(new Diagnostic(code, Severity.Error, message, span, hint));

    /// <summary>Adds a warning: the build goes on.</summary>
    public void Warning(string code, string message, SourceSpan span, string? hint) =>
        problems.Add(new Diagnostic(code, Severity.Warning, message, span, hint));

    /// <summary>Adds problems that were found elsewhere.</summary>
    public void Add(IReadOnlyList<Diagnostic> found)
    {
        for (var index = 0; index < found.Count; index++)
            problems.Add(found[index]);
    }

    /// <summary>All problems by file, line and column; those of one place in the order they were found.</summary>
    public ImmutableArray<Diagnostic> Sorted() => problems.Count == 0 ? [] : [.. problems.Order(Comparer<Diagnostic>.Create(Compare))];

    static int Compare(Diagnostic one, Diagnostic other)
    {
        if (one.Span is not { } first || other.Span is not { } second)
            return (one.Span is null ? 0 : 1) - (other.Span is null ? 0 : 1);
        var byFile = string.CompareOrdinal(first.File, second.File);
        if (byFile != 0)
            return byFile;
        return first.Line != second.Line ? first.Line.CompareTo(second.Line) : first.Column.CompareTo(second.Column);
    }
}
