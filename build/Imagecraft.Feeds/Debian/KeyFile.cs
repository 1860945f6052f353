// Reads the public keys of a file. Unaware of which of them may sign.

using System.Text;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Imagecraft.Feeds.Debian;

internal static class KeyFile
{
    /// <summary>Whole keys with their subkeys.</summary>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="content">Armoured or binary.</param>
    /// <exception cref="FeedException">It holds no key, or damaged ones.</exception>
    public static IReadOnlyList<PgpPublicKeyRing> Read(string name, byte[] content)
    {
        var rings = new List<PgpPublicKeyRing>();
        try
        {
            var data = OpenPgpData.IsArmoured(content) ? OpenPgpData.Unarmour(Encoding.ASCII.GetString(content), "PUBLIC KEY BLOCK") : content;
            if (data.Length > 0) _ = OpenPgpData.Packets(data);
            var factory = new PgpObjectFactory(data);
            while (factory.NextPgpObject() is { } part)
                if (part is PgpPublicKeyRing ring) rings.Add(ring);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The library has no one exception for malformed data.
            throw new FeedException($"Key file `{name}` cannot be read: {e.Message}", userError: true, e);
        }
        return rings.Count > 0 ? rings : throw new FeedException($"Key file `{name}` holds no OpenPGP public key", userError: true);
    }
}
