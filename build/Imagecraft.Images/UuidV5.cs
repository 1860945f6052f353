// Identifiers derived from names, so that equal content has equal identifiers. Unaware of what they identify.

using System.Security.Cryptography;
using System.Text;

namespace Imagecraft.Images;

/// <summary>Name-based UUIDs.</summary>
/// <remarks>Source: RFC 9562, section 5.5 (version 5, SHA-1).</remarks>
public static class UuidV5
{
    /// <summary>The namespace of everything that Imagecraft derives: version 5 of <c>imagecraft</c> in the DNS namespace.</summary>
    public static Guid Imagecraft { get; } = Create(new Guid("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "imagecraft");

    /// <summary>The UUID of <paramref name="name"/> (as UTF-8) within <paramref name="space"/>.</summary>
    public static Guid Create(Guid space, string name)
    {
        byte[] text = Encoding.UTF8.GetBytes(name);
        byte[] input = [.. space.ToByteArray(bigEndian: true), .. text];
#pragma warning disable CA5350 // The RFC prescribes SHA-1; it identifies and does not protect.
        byte[] hash = SHA1.HashData(input);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0f) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
