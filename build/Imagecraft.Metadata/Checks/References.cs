// Which document needs which, as the cross-check finds it. Unaware of what they say.

using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

/// <summary>A document that another one needs.</summary>
/// <param name="From">Who needs it.</param>
/// <param name="To">What is needed.</param>
/// <param name="Span">Where it is named.</param>
sealed record Reference(DocumentId From, DocumentId To, SourceSpan Span);

/// <summary>Collects references.</summary>
sealed class References
{
    readonly Dictionary<DocumentId, List<Reference>> byOwner = [];

    /// <summary>Notes that <paramref name="from"/> needs <paramref name="to"/>; what belongs to nobody is not noted.</summary>
    public void Add(DocumentId? from, DocumentId to, SourceSpan span)
    {
        if (from is null)
            return;
        if (!byOwner.TryGetValue(from, out var references))
            byOwner.Add(from, references = []);
        references.Add(new Reference(from, to, span));
    }

    /// <summary>What a document needs by itself.</summary>
    public IReadOnlyList<Reference> Of(DocumentId from) => byOwner.TryGetValue(from, out var references) ? references : [];

    /// <summary>Everything from which a way leads to one of <paramref name="documents"/>, themselves included.</summary>
    public HashSet<DocumentId> LeadingTo(IEnumerable<DocumentId> documents)
    {
        var users = byOwner.Values.SelectMany(references => references).ToLookup(reference => reference.To, reference => reference.From);
        var found = new HashSet<DocumentId>();
        var queue = new Queue<DocumentId>(documents);
        while (queue.TryDequeue(out var next))
            if (found.Add(next))
                foreach (var user in users[next])
                    queue.Enqueue(user);
        return found;
    }
}
