// Content identities as the Remote Execution API has them. Unaware of where content lives.

using System.Security.Cryptography;

namespace Imagecraft.Engine.Content;

/// <summary>SHA-256 (64 lowercase hexadecimal characters) and size in bytes of a blob.</summary>
/// <remarks>Source: Remote Execution API v2, message <c>Digest</c>.</remarks>
public readonly record struct Digest(string Hash, long SizeBytes)
{
    /// <summary>The digest of zero bytes.</summary>
    public static Digest Empty { get; } = Of([]);

    /// <summary>Computes the digest of <paramref name="bytes"/>.</summary>
    public static Digest Of(ReadOnlySpan<byte> bytes) => new(Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length);

    /// <summary>The first twelve characters of the hash, for people.</summary>
    public string Prefix => Hash[..12];

    /// <inheritdoc/>
    public override string ToString() => $"{Hash}/{SizeBytes}";
}
