// What documents need, directly or through what they name, and which problems of the workspace are theirs. Unaware of YAML and of verbs.

using System.Collections.Immutable;
using Imagecraft.Metadata.Checks;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata;

/// <summary>A part of a workspace.</summary>
/// <param name="Documents">All that is needed.</param>
/// <param name="Problems">What is wrong with them, in order of file and line, with a note of who needs what is wrong.</param>
/// <param name="Others">How many problems other documents have.</param>
/// <param name="OtherOwners">Whose those are, each once.</param>
public sealed record Reach(IReadOnlySet<DocumentId> Documents, ImmutableArray<Diagnostic> Problems, int Others, ImmutableArray<DocumentId> OtherOwners)
{
    /// <summary>Whether what is needed cannot be used.</summary>
    public bool HasErrors => Problems.Any(problem => problem.Severity == Severity.Error);

    internal static Reach Of(IEnumerable<DocumentId> roots, ImmutableArray<Problem> problems, References references)
    {
        var ways = Ways(roots, references);
        bool IsHere(Problem problem) => problem.Owners.IsEmpty || problem.Owners.Any(ways.ContainsKey);
        var others = problems.Where(problem => !IsHere(problem)).ToArray();
        return new(
            ways.Keys.ToHashSet(),
            [.. problems.Where(IsHere).Select(problem => problem.Diagnostic with { Note = NoteOf(problem, ways) })],
            others.Length,
            [.. others.Select(problem => problem.Owners[0]).Distinct()]);
    }

    /// <summary>Every document within reach, with the reference that first led to it; the nearest come first.</summary>
    static Dictionary<DocumentId, Reference?> Ways(IEnumerable<DocumentId> roots, References references)
    {
        var ways = new Dictionary<DocumentId, Reference?>();
        var queue = new Queue<DocumentId>();
        foreach (var root in roots)
            if (ways.TryAdd(root, null))
                queue.Enqueue(root);
        while (queue.TryDequeue(out var next))
            foreach (var reference in references.Of(next))
                if (ways.TryAdd(reference.To, reference))
                    queue.Enqueue(reference.To);
        return ways;
    }

    static string? NoteOf(Problem problem, Dictionary<DocumentId, Reference?> ways)
    {
        var owner = problem.Owners.FirstOrDefault(ways.ContainsKey);
        if (owner is null || ways[owner] is not { } way)
            return null;
        // A package only stands for its recipe: who wants it is what people look for.
        return way.From.IsPackage && ways[way.From] is { } wanted
            ? $"{Capital(owner)} has {way.From}, which {wanted.From} needs at {wanted.Span}"
            : $"{Capital(owner)} is needed by {way.From} at {way.Span}";
    }

    static string Capital(DocumentId document) => document.ToString() is var words ? char.ToUpperInvariant(words[0]) + words[1..] : "";
}
