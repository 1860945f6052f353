// SHA-256 without OpenSSL, which .NET's own needs and boards need not have.

using Org.BouncyCastle.Crypto.Digests;

namespace Imagecraft.Infer.Data;

/// <summary>Digests of bytes.</summary>
static class Sha256
{
    /// <summary>Bytes of a digest.</summary>
    public const int Size = 32;

    /// <summary>The digest of all parts, one behind the other.</summary>
    public static byte[] Of(params IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        var digest = new Sha256Digest();
        foreach (var part in parts)
            digest.BlockUpdate(part.Span);
        var result = new byte[Size];
        digest.DoFinal(result, 0);
        return result;
    }
}
