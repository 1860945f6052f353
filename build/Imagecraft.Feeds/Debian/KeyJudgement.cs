// Whether a key may sign data at a time. Unaware of what was signed.

using System.Globalization;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Imagecraft.Feeds.Debian;

/// <summary>OpenPGP's rules for a primary key or one of its subkeys: revocation, expiry, use, and how both are bound to each other.</summary>
/// <remarks>Source: RFC 9580 sections 5.2.1, 5.2.3 and 10.1.5. A revocation counts from the beginning of time, whatever its reason.</remarks>
internal static class KeyJudgement
{
    private const int LeastRsaBits = 2048;

    private static readonly HashSet<HashAlgorithmTag> StrongHashes = [HashAlgorithmTag.Sha256, HashAlgorithmTag.Sha384, HashAlgorithmTag.Sha512];

    // What this reader obeys or what cannot matter to it; others must not be passed over when they are critical.
    private static readonly HashSet<SignatureSubpacketTag> Understood =
    [
        SignatureSubpacketTag.CreationTime, SignatureSubpacketTag.ExpireTime, SignatureSubpacketTag.KeyExpireTime, SignatureSubpacketTag.KeyFlags, SignatureSubpacketTag.IssuerKeyId,
        SignatureSubpacketTag.IssuerFingerprint, SignatureSubpacketTag.EmbeddedSignature, SignatureSubpacketTag.PrimaryUserId, SignatureSubpacketTag.Exportable, SignatureSubpacketTag.Revocable,
        SignatureSubpacketTag.RevocationKey, SignatureSubpacketTag.RevocationReason, SignatureSubpacketTag.Features, SignatureSubpacketTag.KeyServerPreferences, SignatureSubpacketTag.SignerUserId,
        SignatureSubpacketTag.PreferredSymmetricAlgorithms, SignatureSubpacketTag.PreferredHashAlgorithms, SignatureSubpacketTag.PreferredCompressionAlgorithms,
    ];

    /// <summary>Why the key may not sign, to be read after its name; null when it may.</summary>
    public static string? Objection(PgpPublicKeyRing ring, PgpPublicKey key, DateTimeOffset now)
    {
        var primary = ring.GetPublicKey();
        if (Strength(key) is { } weak) return weak;
        if (key.CreationTime > now.UtcDateTime) return $"was made at {Time(key.CreationTime)}, which is in the future: see whether this machine's clock is right";
        if (IsRevoked(primary, primary, PgpSignature.KeyRevocation)) return key.IsMasterKey ? "was revoked" : "belongs to a key that was revoked";
        var self = OwnSignatures(primary, now);
        if (self.Count == 0) return "has no valid signature of its own: nothing says what it is for";
        if (self.Select(s => Expiry(primary, s)).Min() is { } end && end < now.UtcDateTime) return $"{(key.IsMasterKey ? "" : "belongs to a key that ")}expired at {Time(end)}";
        if (ReferenceEquals(key, primary) || key.IsMasterKey)
            return self.Exists(s => Flags(s) is { } flags && (flags & PgpKeyFlags.CanSign) == 0) ? "is not for signing" : null;
        return SubkeyObjection(primary, key, now);
    }

    /// <summary>Why nothing can be known by a signature, whatever its key; null when it may count.</summary>
    public static string? Objection(PgpSignature signature, DateTimeOffset now)
    {
        if (signature.Version < 4) return "is of an outdated version";
        if (!StrongHashes.Contains(signature.HashAlgorithm)) return $"uses {signature.HashAlgorithm.ToString().ToUpperInvariant()}, which is broken or unknown";
        if (signature.CreationTime > now.UtcDateTime.AddDays(1)) return $"was made at {Time(signature.CreationTime)}, which is in the future: see whether this machine's clock is right";
        var subpackets = signature.GetHashedSubPackets();
        if (subpackets is null || !subpackets.HasSubpacket(SignatureSubpacketTag.CreationTime)) return "does not say when it was made";
        if (subpackets.GetSignatureExpirationTime() is > 0 and var seconds && signature.CreationTime.AddSeconds(seconds) < now.UtcDateTime) return $"expired at {Time(signature.CreationTime.AddSeconds(seconds))}";
        return subpackets.GetCriticalTags().Where(tag => !Understood.Contains(tag)).Select(tag => $"has a critical part `{tag}` that is not understood").FirstOrDefault();
    }

    private static string? SubkeyObjection(PgpPublicKey primary, PgpPublicKey key, DateTimeOffset now)
    {
        if (IsRevoked(primary, key, PgpSignature.SubkeyRevocation)) return "was revoked";
        var binding = key.GetSignaturesOfType(PgpSignature.SubkeyBinding)
            .Where(s => s.KeyId == primary.KeyId && Objection(s, now) is null && Verifies(s, primary, () => s.VerifyCertification(primary, key))).MaxBy(s => s.CreationTime);
        if (binding is null) return "is not bound to its primary key by a valid signature";
        if (Expiry(key, binding) is { } end && end < now.UtcDateTime) return $"expired at {Time(end)}";
        if (((Flags(binding) ?? 0) & PgpKeyFlags.CanSign) == 0) return "is not for signing";
        // A signing subkey says itself that it belongs to the primary key; otherwise anybody could adopt it.
        var embedded = new[] { binding.GetHashedSubPackets(), binding.GetUnhashedSubPackets() }.Where(v => v is not null).SelectMany(Embedded);
        return embedded.Any(s => s.SignatureType == PgpSignature.PrimaryKeyBinding && Objection(s, now) is null && Verifies(s, key, () => s.VerifyCertification(primary, key)))
            ? null
            : "does not confirm by a signature of its own that it belongs to its primary key";
    }

    private static IEnumerable<PgpSignature> Embedded(PgpSignatureSubpacketVector subpackets)
    {
        if (!subpackets.HasSubpacket(SignatureSubpacketTag.EmbeddedSignature)) yield break;
        var list = subpackets.GetEmbeddedSignatures();
        for (var i = 0; i < list.Count; i++) yield return list[i];
    }

    // The newest of each user id that is not revoked, and the newest on the key itself.
    private static List<PgpSignature> OwnSignatures(PgpPublicKey primary, DateTimeOffset now)
    {
        var own = new List<PgpSignature>();
        bool Counts(PgpSignature s, Func<bool> verify) => s.KeyId == primary.KeyId && Objection(s, now) is null && Verifies(s, primary, verify);
        foreach (var id in primary.GetUserIds())
        {
            var all = primary.GetSignaturesForId(id).ToList();
            if (all.Exists(s => s.SignatureType == PgpSignature.CertificationRevocation && s.KeyId == primary.KeyId)) continue;
            if (all.Where(s => PgpSignature.IsCertification(s.SignatureType) && Counts(s, () => s.VerifyCertification(id, primary))).MaxBy(s => s.CreationTime) is { } newest) own.Add(newest);
        }
        // Such a signature often only names who may revoke; uses and expiry count where it has them.
        if (primary.GetSignaturesOfType(PgpSignature.DirectKey).Where(s => Counts(s, () => s.VerifyCertification(primary)) && (own.Count == 0 || HasTerms(s))).MaxBy(s => s.CreationTime) is { } direct) own.Add(direct);
        return own;
    }

    private static bool HasTerms(PgpSignature signature) =>
        signature.GetHashedSubPackets().HasSubpacket(SignatureSubpacketTag.KeyFlags) || signature.GetHashedSubPackets().HasSubpacket(SignatureSubpacketTag.KeyExpireTime);

    // By the primary key, or by one that it appointed and whose own key is not at hand: then the claim is believed.
    private static bool IsRevoked(PgpPublicKey primary, PgpPublicKey key, int type) =>
        key.GetSignaturesOfType(type).Any(s => s.KeyId != primary.KeyId
            ? Appointed(primary).Contains(s.KeyId)
            : Verifies(s, primary, () => key.IsMasterKey ? s.VerifyCertification(primary) : s.VerifyCertification(primary, key)));

    private static IEnumerable<long> Appointed(PgpPublicKey primary) =>
        primary.GetSignaturesOfType(PgpSignature.DirectKey).Where(s => s.KeyId == primary.KeyId && s.GetHashedSubPackets() is not null)
            .SelectMany(s => s.GetHashedSubPackets().GetSubpackets(SignatureSubpacketTag.RevocationKey))
            // A class, an algorithm and a fingerprint, whose last eight bytes are the key id. Source: RFC 9580 section 5.2.3.23.
            .Select(p => p.GetData()).Where(d => d.Length == 22).Select(d => BitConverter.IsLittleEndian ? System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(d.AsSpan(14)) : BitConverter.ToInt64(d, 14));

    private static DateTime? Expiry(PgpPublicKey key, PgpSignature signature) =>
        signature.GetHashedSubPackets().GetKeyExpirationTime() is > 0 and var seconds ? key.CreationTime.AddSeconds(seconds) : null;

    private static int? Flags(PgpSignature signature) =>
        signature.GetHashedSubPackets() is { } subpackets && subpackets.HasSubpacket(SignatureSubpacketTag.KeyFlags) ? subpackets.GetKeyFlags() : null;

    private static string? Strength(PgpPublicKey key) => key.Algorithm switch
    {
        PublicKeyAlgorithmTag.RsaGeneral or PublicKeyAlgorithmTag.RsaSign => key.BitStrength >= LeastRsaBits ? null : $"has only {key.BitStrength} bits",
        PublicKeyAlgorithmTag.EdDsa_Legacy or PublicKeyAlgorithmTag.Ed25519 or PublicKeyAlgorithmTag.Ed448 or PublicKeyAlgorithmTag.ECDsa => null,
        var other => $"is of the kind {other}, which is not for signing or too weak",
    };

    private static bool Verifies(PgpSignature signature, PgpPublicKey by, Func<bool> verify)
    {
        try
        {
            signature.InitVerify(by);
            return verify();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The library has no one exception for malformed data; what cannot be verified does not count.
            return false;
        }
    }

    private static string Time(DateTime time) => time.ToString("u", CultureInfo.InvariantCulture);
}
