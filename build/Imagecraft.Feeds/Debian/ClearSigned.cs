// Verifies clear-signed OpenPGP messages. Unaware of what they say.

using System.Text;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Imagecraft.Feeds.Debian;

/// <summary>Clear-signed text as in <c>InRelease</c>.</summary>
/// <remarks>Source: RFC 9580 section 7, cleartext signature framework.</remarks>
public static class ClearSigned
{
    private const int SignaturePacket = 2;

    /// <summary>The signed text without its armour, in the very form that was verified, when at least one signature is good.</summary>
    /// <remarks>Good is a signature by a key of the files that may sign now, see <see cref="KeyJudgement"/>, whatever the others are.</remarks>
    /// <param name="text">The whole message.</param>
    /// <param name="keyFiles">OpenPGP public keys, armoured or binary: name for messages, and content.</param>
    /// <param name="place">Where the message came from, for messages.</param>
    /// <param name="now">The present, for keys that have expired.</param>
    /// <exception cref="FeedException">Not such a message, or no signature is good: each is told with the reason.</exception>
    public static string Verify(string text, IReadOnlyList<(string Name, byte[] Content)> keyFiles, string place, DateTimeOffset now)
    {
        var message = ClearText.Read(text, place);
        var rings = keyFiles.SelectMany(file => KeyFile.Read(file.Name, file.Content)).ToList();
        var canonical = Encoding.UTF8.GetBytes(string.Join("\r\n", message.Lines));
        var bad = new List<(string Reason, bool Unknown)>();
        foreach (var packet in Packets(message.Armour, place))
        {
            if (Problem(packet, canonical, rings, place, now) is not { } problem) return string.Join('\n', message.Lines) + "\n";
            bad.Add(problem);
        }
        var unknown = bad.Count > 0 && bad.TrueForAll(b => b.Unknown);
        throw new FeedException(
            bad.Count == 0 ? $"`{place}` has no signature"
            : unknown ? $"`{place}` is signed by keys [{string.Join(", ", bad.Select(b => b.Reason))}], none of which is in the key files [{string.Join(", ", keyFiles.Select(k => k.Name))}]; add the right key to the feed's `keys`"
            : bad.Count == 1 ? bad[0].Reason
            : $"None of the {bad.Count} signatures of `{place}` is good:\n{string.Join('\n', bad.Select(b => "  " + (b.Unknown ? $"Key `{b.Reason}` is in none of the key files [{string.Join(", ", keyFiles.Select(k => k.Name))}]" : b.Reason)))}",
            userError: unknown);
    }

    // The reason why a signature is not good; for an unknown key only its id.
    private static (string Reason, bool Unknown)? Problem(byte[] packet, byte[] canonical, List<PgpPublicKeyRing> rings, string place, DateTimeOffset now)
    {
        try
        {
            if (new PgpObjectFactory(packet).NextPgpObject() is not PgpSignatureList { Count: 1 } list) return ($"A signature of `{place}` is of an unknown form", false);
            var signature = list[0];
            var id = $"{signature.KeyId:X16}";
            if (rings.Find(r => r.GetPublicKey(signature.KeyId) is not null) is not { } ring) return (id, true);
            var key = ring.GetPublicKey(signature.KeyId);
            if (signature.SignatureType != PgpSignature.CanonicalTextDocument) return ($"The signature of `{place}` by key `{id}` is not one of a text", false);
            if (KeyJudgement.Objection(signature, now) is { } flaw) return ($"The signature of `{place}` by key `{id}` {flaw}", false);
            if (KeyJudgement.Objection(ring, key, now) is { } objection) return ($"Key `{id}` that signed `{place}` {objection}; update the feed's key files", false);
            if (signature.CreationTime < key.CreationTime) return ($"The signature of `{place}` by key `{id}` is older than its key", false);
            signature.InitVerify(key);
            signature.Update(canonical);
            return signature.Verify() ? null : ($"The signature of `{place}` by key `{id}` does not match its text: it was changed after signing", false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The library has no one exception for malformed data.
            return ($"A signature of `{place}` cannot be read: {e.Message}", false);
        }
    }

    private static IReadOnlyList<byte[]> Packets(string armour, string place)
    {
        try
        {
            return [.. OpenPgpData.Packets(OpenPgpData.Unarmour(armour, "SIGNATURE")).Where(p => OpenPgpData.TypeOf(p) == SignaturePacket)];
        }
        catch (FormatException e)
        {
            throw new FeedException($"The signatures of `{place}` cannot be read, because {e.Message}", userError: false, e);
        }
    }
}
