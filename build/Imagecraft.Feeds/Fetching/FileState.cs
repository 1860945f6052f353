// How a server tells one state of a file from another. Unaware of downloads.

using System.Net;
using System.Net.Http.Headers;

namespace Imagecraft.Feeds.Fetching;

/// <summary>By which a server says that a file is still the same.</summary>
internal sealed record FileState(EntityTagHeaderValue? Tag, DateTimeOffset? Modified, long? Length)
{
    public static FileState Of(HttpResponseMessage response) => new(
        response.Headers.ETag is { IsWeak: false } strong ? strong : null,
        response.Content.Headers.LastModified,
        response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange?.Length : response.Content.Headers.ContentLength);

    public RangeConditionHeaderValue? Condition => Tag is not null ? new(Tag) : Modified is { } date ? new(date) : null;

    // Not every server minds `If-Range`.
    public bool DiffersFrom(FileState? before) =>
        before is not null && ((Tag is not null && before.Tag is not null && !Tag.Equals(before.Tag)) || (Modified is not null && before.Modified is not null && Modified != before.Modified)
            || (Length is not null && before.Length is not null && Length != before.Length));
}
