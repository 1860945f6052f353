// Verifies clear-signed OpenPGP messages. Unaware of what they say.

using System.Text;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Imagecraft.Feeds.Debian;

/// <summary>Clear-signed text as in <c>InRelease</c>.</summary>
/// <remarks>Source: RFC 9580 section 7, cleartext signature framework.</remarks>
public static class ClearSigned
{
    private const string MessageLine = "-----BEGIN PGP SIGNED MESSAGE-----";
    private const string SignatureLine = "-----BEGIN PGP SIGNATURE-----";

    /// <summary>The signed text, without its armour, when at least one signature is by one of the keys.</summary>
    /// <param name="text">The whole message.</param>
    /// <param name="keyFiles">OpenPGP public keys, armoured or binary: name for messages, and content.</param>
    /// <param name="place">Where the message came from, for messages.</param>
    /// <param name="now">The present, for keys that have expired.</param>
    /// <exception cref="FeedException">Not such a message, no known key signed it, or the text was changed.</exception>
    public static string Verify(string text, IReadOnlyList<(string Name, byte[] Content)> keyFiles, string place, DateTimeOffset now)
    {
        var (lines, signature) = Split(text, place);
        var canonical = Encoding.UTF8.GetBytes(string.Join("\r\n", lines.Select(line => line.TrimEnd(' ', '\t', '\r'))));
        var seen = new List<string>();
        foreach (var one in ReadSignatures(signature, place))
        {
            if (FindKey(keyFiles, one.KeyId) is not { } key)
            {
                seen.Add($"{one.KeyId:X16}");
                continue;
            }
            if (key.GetValidSeconds() is > 0 and var seconds && key.CreationTime.AddSeconds(seconds) < now.UtcDateTime)
                throw new FeedException($"Key `{one.KeyId:X16}` that signed `{place}` expired at {key.CreationTime.AddSeconds(seconds):u}; update the feed's key files", userError: false);
            one.InitVerify(key);
            one.Update(canonical);
            if (!one.Verify())
                throw new FeedException($"The signature of `{place}` by key `{one.KeyId:X16}` does not match its text: it was changed after signing", userError: false);
            return string.Join('\n', lines) + "\n";
        }
        throw new FeedException(
            $"`{place}` is signed by keys [{string.Join(", ", seen)}], none of which is in the key files [{string.Join(", ", keyFiles.Select(k => k.Name))}]; add the right key to the feed's `keys`",
            userError: true);
    }

    private static (List<string> Lines, string Signature) Split(string text, string place)
    {
        var all = text.Split('\n');
        var start = Array.FindIndex(all, line => line.TrimEnd() == MessageLine);
        var blank = start < 0 ? -1 : Array.FindIndex(all, start, line => line.Trim().Length == 0);
        var end = blank < 0 ? -1 : Array.FindIndex(all, blank, line => line.TrimEnd() == SignatureLine);
        if (end < 0) throw new FeedException($"`{place}` is not a clear-signed message; the mirror answered with something else", userError: false);
        // Lines that begin with a dash were written with `- ` before them.
        var lines = all[(blank + 1)..end].Select(line => line.StartsWith("- ", StringComparison.Ordinal) ? line[2..] : line).ToList();
        return (lines, string.Join('\n', all[end..]));
    }

    private static IEnumerable<PgpSignature> ReadSignatures(string armoured, string place)
    {
        var found = new List<PgpSignature>();
        try
        {
            using var input = PgpUtilities.GetDecoderStream(new MemoryStream(Encoding.ASCII.GetBytes(armoured)));
            var factory = new PgpObjectFactory(input);
            while (factory.NextPgpObject() is { } part)
                if (part is PgpSignatureList list)
                    for (var i = 0; i < list.Count; i++) found.Add(list[i]);
        }
        catch (Exception e) when (e is IOException or PgpException or ArgumentException)
        {
            throw new FeedException($"The signature of `{place}` cannot be read: {e.Message}", userError: false, e);
        }
        return found.Where(s => s.SignatureType is PgpSignature.CanonicalTextDocument or PgpSignature.BinaryDocument && s.HashAlgorithm is not (HashAlgorithmTag.MD5 or HashAlgorithmTag.Sha1));
    }

    private static PgpPublicKey? FindKey(IReadOnlyList<(string Name, byte[] Content)> keyFiles, long id)
    {
        foreach (var (name, content) in keyFiles)
        {
            try
            {
                using var input = PgpUtilities.GetDecoderStream(new MemoryStream(content));
                if (new PgpPublicKeyRingBundle(input).GetPublicKey(id) is { } key && !key.HasRevocation()) return key;
            }
            catch (Exception e) when (e is IOException or PgpException)
            {
                throw new FeedException($"Key file `{name}` cannot be read: {e.Message}", userError: true, e);
            }
        }
        return null;
    }
}
