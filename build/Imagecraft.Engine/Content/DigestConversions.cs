// Our digest value and the protocol's message, each from the other. Unaware of content.

using Google.Protobuf;

namespace Imagecraft.Engine.Content;

/// <summary>Conversions between <see cref="Digest"/> and its REAPI message.</summary>
public static class DigestConversions
{
    /// <summary>As a message.</summary>
    public static Reapi.Digest ToReapi(this Digest digest) => new() { Hash = digest.Hash, SizeBytes = digest.SizeBytes };

    /// <summary>As a value; an absent message is the digest of zero bytes, as proto3 would have it.</summary>
    public static Digest ToDigest(this Reapi.Digest? digest) => digest is null ? Digest.Empty : new(digest.Hash, digest.SizeBytes);

    /// <summary>The digest of a message's canonical encoding (fields by number, defaults absent).</summary>
    public static Digest DigestOf(this IMessage message) => Digest.Of(message.ToByteArray());
}
