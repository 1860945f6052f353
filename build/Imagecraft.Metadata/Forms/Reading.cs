// What readers share while they read documents: where problems go and which files exist. Unaware of forms.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms;

/// <summary>Collects the problems of documents while they are read.</summary>
/// <param name="exists">Whether a workspace-relative path exists.</param>
/// <param name="odd">Why a workspace-relative path that exists is nothing to read, and the remedy; null when it is.</param>
/// <param name="text">The text of a workspace-relative path; null when it has none.</param>
sealed class Reading(Func<string, bool> exists, Func<string, (string Why, string Hint)?>? odd = null, Func<string, string?>? text = null)
{
    readonly List<Problem> problems = [];

    /// <summary>Whose problems are found from here on.</summary>
    public DocumentId? Owner { get; set; }

    /// <summary>Problems so far.</summary>
    public IReadOnlyList<Problem> Problems => problems;

    /// <summary>Whether a workspace-relative path exists.</summary>
    public bool Exists(string path) => exists(path);

    /// <summary>Why a workspace-relative path that exists is nothing to read, and the remedy; null when it is.</summary>
    public (string Why, string Hint)? Oddity(string path) => odd?.Invoke(path);

    /// <summary>The text of a workspace-relative path; null when it has none.</summary>
    public string? Text(string path) => text?.Invoke(path);

    /// <summary>One with the same view of the workspace and no problems.</summary>
    public Reading Fresh() => new(exists, odd, text);

    /// <summary>Adds an error of the present owner.</summary>
    public void Error(string code, string message, SourceSpan span, string? hint) =>
        Error(code, message, span, hint, Owner is null ? [] : [Owner]);

    /// <summary>Adds an error that several documents have together.</summary>
    public void Error(string code, string message, SourceSpan span, string? hint, IEnumerable<DocumentId> owners) =>
        problems.Add(new Problem(new Diagnostic(code, Severity.Error, message, span, hint), [.. owners]));

    /// <summary>Adds a warning of the present owner: the build goes on.</summary>
    public void Warning(string code, string message, SourceSpan span, string? hint) =>
        problems.Add(new Problem(new Diagnostic(code, Severity.Warning, message, span, hint), Owner is null ? [] : [Owner]));

    /// <summary>Adds problems of the present owner that were found elsewhere.</summary>
    public void Add(ImmutableArray<Diagnostic> found)
    {
        foreach (var diagnostic in found)
            problems.Add(new Problem(diagnostic, Owner is null ? [] : [Owner]));
    }

    /// <summary>Adds all problems of another reading.</summary>
    public void Add(Reading other)
    {
        for (var index = 0; index < other.problems.Count; index++)
            problems.Add(other.problems[index]);
    }

    /// <summary>Adds those problems of another reading that are not here yet.</summary>
    public void AddNew(Reading other)
    {
        var known = problems.Select(problem => problem.Diagnostic).ToHashSet();
        problems.AddRange(other.problems.Where(problem => known.Add(problem.Diagnostic)));
    }

    /// <summary>All problems by file, line and column; those of one place in the order they were found. What several documents have from one place is one problem of all.</summary>
    public ImmutableArray<Problem> Sorted() => problems.Count == 0 ? [] :
    [
        .. problems.GroupBy(problem => problem.Diagnostic)
            .Select(same => same.Count() == 1 ? same.First() : new Problem(same.Key, same.Any(problem => problem.Owners.IsEmpty) ? [] : [.. same.SelectMany(problem => problem.Owners).Distinct()]))
            .Order(Comparer<Problem>.Create((one, other) => Compare(one.Diagnostic, other.Diagnostic))),
    ];

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
