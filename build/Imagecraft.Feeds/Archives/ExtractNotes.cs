// Gathers what is to be told of an extraction, within bounds. Unaware of formats.

using System.Collections.Immutable;
using System.Globalization;

namespace Imagecraft.Feeds.Archives;

internal sealed class ExtractNotes
{
    private const int Most = 100;

    private readonly List<string> notes = [];
    private readonly List<LostAttributes> lost = [];
    private int further;

    public void Add(string note)
    {
        if (notes.Count < Most) notes.Add(note);
        else further++;
    }

    public void Escaped(string name) => Add($"The name `{name}` has bytes that are not UTF-8, which are written as \\xNN");

    /// <summary>Notes what of <paramref name="entry"/> is not kept at <paramref name="path"/>.</summary>
    public void Losses(string path, TarEntry entry)
    {
        var loss = new LostAttributes(path, entry.User, entry.Group, entry.Attributes);
        if (!loss.IsOwned && loss.Attributes.IsEmpty) return;
        lost.Add(loss);
        Add(loss.ToString());
    }

    public ExtractResult Put(ExtractResult result) => result with
    {
        Notes = [.. notes, .. further == 0 ? [] : new[] { string.Create(CultureInfo.InvariantCulture, $"{further} further notes are left out") }],
        Lost = [.. lost.OrderBy(l => l.Path, StringComparer.Ordinal)],
    };
}
