// What can go wrong with content: it is missing, or it cannot be stored. Unaware of who asked.

using System.Collections.Immutable;
using Imagecraft.Engine.Content;

namespace Imagecraft.Engine.Store;

/// <summary>Content is not in the store, or was found damaged and has been removed; whoever produced it must produce it again.</summary>
public sealed class ContentMissingException : Exception
{
    /// <summary>One blob is missing.</summary>
    public ContentMissingException(Digest digest)
        : this([digest])
    {
    }

    /// <summary>All that was found missing at once; at least one.</summary>
    public ContentMissingException(ImmutableArray<Digest> digests)
        : base($"The store lacks [{string.Join(", ", digests.Take(8).Select(d => $"`{d.Prefix}`"))}]{(digests.Length > 8 ? $" and {digests.Length - 8} more" : "")}; it is built again by the action that made it")
    {
        Digests = digests;
    }

    /// <summary>The first one.</summary>
    public Digest Digest => Digests[0];

    /// <summary>All of them.</summary>
    public ImmutableArray<Digest> Digests { get; }
}

/// <summary>Something cannot be stored, merged or exported; the message is for the user and names the path.</summary>
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);
