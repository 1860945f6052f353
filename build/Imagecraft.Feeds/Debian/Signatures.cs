// Judges OpenPGP signatures of content. Unaware of what the content says.

using System.Text;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Imagecraft.Feeds.Debian;

/// <summary>Signatures within a message, or in a file beside what they are of, such as <c>Release.gpg</c>.</summary>
/// <remarks>Source: RFC 9580 sections 5.2.1 and 10.4.</remarks>
internal static class Signatures
{
    /// <summary>What stands between <c>BEGIN PGP</c> and the dashes.</summary>
    public const string Armour = "SIGNATURE";

    private const int SignaturePacket = 2;

    /// <summary>Accepts the content of a file when at least one signature of it is good.</summary>
    /// <param name="signature">Armoured or binary.</param>
    /// <param name="content">All bytes of the file.</param>
    /// <param name="keyFiles">OpenPGP public keys, armoured or binary: name for messages, and content.</param>
    /// <param name="place">Where the file came from, for messages.</param>
    /// <param name="now">The present, for keys that have expired.</param>
    /// <exception cref="FeedException">No signature is good: each is told with the reason.</exception>
    public static void RequireDetached(byte[] signature, byte[] content, IReadOnlyList<(string Name, byte[] Content)> keyFiles, string place, DateTimeOffset now) =>
        Require(() => OpenPgpData.IsArmoured(signature) ? OpenPgpData.Unarmour(Encoding.UTF8.GetString(signature), Armour) : signature, content, PgpSignature.BinaryDocument, keyFiles, place, now);

    /// <summary>Returns when at least one signature is good.</summary>
    /// <remarks>Good is a signature by a key of the files that may sign now, see <see cref="KeyJudgement"/>, whatever the others are.</remarks>
    /// <param name="signatures">Their packets; a <see cref="FormatException"/> tells why there are none.</param>
    /// <param name="content">What they are of.</param>
    /// <param name="type">The type that they must have.</param>
    /// <param name="keyFiles">OpenPGP public keys, armoured or binary: name for messages, and content.</param>
    /// <param name="place">Where the content came from, for messages.</param>
    /// <param name="now">The present, for keys that have expired.</param>
    /// <exception cref="FeedException">No signature is good: each is told with the reason.</exception>
    public static void Require(Func<byte[]> signatures, byte[] content, int type, IReadOnlyList<(string Name, byte[] Content)> keyFiles, string place, DateTimeOffset now)
    {
        var rings = keyFiles.SelectMany(file => KeyFile.Read(file.Name, file.Content)).ToList();
        var bad = new List<(string Reason, bool Unknown)>();
        foreach (var packet in Packets(signatures, place))
        {
            if (Problem(packet, content, type, rings, place, now) is not { } problem) return;
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
    private static (string Reason, bool Unknown)? Problem(byte[] packet, byte[] content, int type, List<PgpPublicKeyRing> rings, string place, DateTimeOffset now)
    {
        try
        {
            if (new PgpObjectFactory(packet).NextPgpObject() is not PgpSignatureList { Count: 1 } list) return ($"A signature of `{place}` is of an unknown form", false);
            var signature = list[0];
            var id = $"{signature.KeyId:X16}";
            if (rings.Find(r => r.GetPublicKey(signature.KeyId) is not null) is not { } ring) return (id, true);
            var key = ring.GetPublicKey(signature.KeyId);
            if (signature.SignatureType != type) return ($"The signature of `{place}` by key `{id}` is not one of a {(type == PgpSignature.BinaryDocument ? "file" : "text")}", false);
            if (KeyJudgement.Objection(signature, now) is { } flaw) return ($"The signature of `{place}` by key `{id}` {flaw}", false);
            if (KeyJudgement.Objection(ring, key, now) is { } objection) return ($"Key `{id}` that signed `{place}` {objection}; update the feed's key files", false);
            if (signature.CreationTime < key.CreationTime) return ($"The signature of `{place}` by key `{id}` is older than its key", false);
            signature.InitVerify(key);
            signature.Update(content);
            return signature.Verify() ? null : ($"The signature of `{place}` by key `{id}` does not match its {(type == PgpSignature.BinaryDocument ? "content" : "text")}: it was changed after signing", false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The library has no one exception for malformed data.
            return ($"A signature of `{place}` cannot be read: {e.Message}", false);
        }
    }

    private static IReadOnlyList<byte[]> Packets(Func<byte[]> signatures, string place)
    {
        try
        {
            return [.. OpenPgpData.Packets(signatures()).Where(p => OpenPgpData.TypeOf(p) == SignaturePacket)];
        }
        catch (FormatException e)
        {
            throw new FeedException($"The signatures of `{place}` cannot be read, because {e.Message}", userError: false, e);
        }
    }
}
