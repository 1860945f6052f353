// An OpenPGP key made for a test, whatever is wrong with it, and its signatures. Unaware of Debian.

using System.Text;
using Imagecraft.Feeds.Debian;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace Imagecraft.Feeds.Tests;

/// <summary>What can be right or wrong with a key or a subkey.</summary>
internal sealed record KeyTraits
{
    /// <summary>The life from the creation on, in seconds; 0: for ever.</summary>
    public long ValidSeconds { get; init; }

    public DateTime Created { get; init; } = DateTime.UtcNow.AddDays(-1);

    public int Flags { get; init; } = PgpKeyFlags.CanSign | PgpKeyFlags.CanCertify;

    /// <summary>Hash of the signature that binds it.</summary>
    public HashAlgorithmTag Hash { get; init; } = HashAlgorithmTag.Sha256;

    public bool Revoked { get; init; }

    /// <summary>A subkey confirms its primary key.</summary>
    public bool Confirms { get; init; } = true;

    /// <summary>There is a signature that binds it.</summary>
    public bool Bound { get; init; } = true;
}

/// <summary>A primary key with at most one subkey.</summary>
internal sealed class SigningKey
{
    private const string UserId = "Test <test@example.org>";

    private readonly PgpKeyPair primary;
    private readonly PgpKeyPair? sub;

    /// <param name="validSeconds">The key's life from its creation; 0: for ever.</param>
    /// <param name="created">Creation time of the key, or yesterday.</param>
    public SigningKey(long validSeconds = 0, DateTime? created = null)
        : this(new KeyTraits { ValidSeconds = validSeconds, Created = created ?? DateTime.UtcNow.AddDays(-1) })
    {
    }

    public SigningKey(KeyTraits traits, KeyTraits? subkey = null)
    {
        primary = Pair(traits.Created);
        using var binary = new MemoryStream();
        binary.Write(PacketOf(primary.PublicKey));
        if (traits.Revoked) Write(binary, Certify(PgpSignature.KeyRevocation, traits, 0, 0, g => g.GenerateCertification(primary.PublicKey)));
        binary.Write([0xCD, (byte)UserId.Length, .. Encoding.ASCII.GetBytes(UserId)]);
        if (traits.Bound) Write(binary, Certify(PgpSignature.PositiveCertification, traits, traits.Flags, traits.ValidSeconds, g => g.GenerateCertification(UserId, primary.PublicKey)));
        if (subkey is not null)
        {
            sub = Pair(subkey.Created);
            var packet = PacketOf(sub.PublicKey);
            packet[0] = (packet[0] & 0x40) != 0 ? (byte)0xCE : (byte)((packet[0] & 0x83) | (14 << 2));
            binary.Write(packet);
            if (subkey.Bound) Write(binary, Bind(subkey));
            if (subkey.Revoked) Write(binary, Certify(PgpSignature.SubkeyRevocation, subkey, 0, 0, g => g.GenerateCertification(primary.PublicKey, sub.PublicKey)));
        }
        BinaryPublicKey = binary.ToArray();
        using var output = new MemoryStream();
        using (var armor = new ArmoredOutputStream(output)) armor.Write(BinaryPublicKey);
        PublicKey = output.ToArray();
    }

    /// <summary>Armoured public key.</summary>
    public byte[] PublicKey { get; }

    public byte[] BinaryPublicKey { get; }

    /// <summary>Id of the key that signs.</summary>
    public string Id => $"{(sub ?? primary).KeyId:X16}";

    /// <summary>Clear-signs a text by the subkey, or by the primary key when there is none.</summary>
    public string Sign(string text, HashAlgorithmTag hash = HashAlgorithmTag.Sha256) => Wrap(text, SignatureOf(text, hash));

    /// <summary>Clear-signs a text by several keys.</summary>
    public static string SignBy(string text, params SigningKey[] keys) => Wrap(text, [.. keys.SelectMany(k => k.SignatureOf(text))]);

    /// <summary>A detached signature of the text, as packets.</summary>
    public byte[] SignatureOf(string text, HashAlgorithmTag hash = HashAlgorithmTag.Sha256, long expires = 0, int type = PgpSignature.CanonicalTextDocument, DateTime? made = null)
    {
        var signer = sub ?? primary;
        var generator = new PgpSignatureGenerator(signer.PublicKey.Algorithm, hash);
        generator.InitSign(type, signer.PrivateKey);
        var subpackets = new PgpSignatureSubpacketGenerator();
        subpackets.SetSignatureCreationTime(false, made ?? DateTime.UtcNow);
        if (expires > 0) subpackets.SetSignatureExpirationTime(true, expires);
        generator.SetHashedSubpackets(subpackets.Generate());
        generator.Update(Encoding.UTF8.GetBytes(string.Join("\r\n", text.TrimEnd('\n').Split('\n').Select(l => l.TrimEnd(' ', '\t')))));
        return generator.Generate().GetEncoded();
    }

    /// <summary>A signature of bytes as they are, as packets.</summary>
    public byte[] SignatureOf(byte[] content)
    {
        var signer = sub ?? primary;
        var generator = new PgpSignatureGenerator(signer.PublicKey.Algorithm, HashAlgorithmTag.Sha256);
        generator.InitSign(PgpSignature.BinaryDocument, signer.PrivateKey);
        var subpackets = new PgpSignatureSubpacketGenerator();
        subpackets.SetSignatureCreationTime(false, DateTime.UtcNow);
        generator.SetHashedSubpackets(subpackets.Generate());
        generator.Update(content);
        return generator.Generate().GetEncoded();
    }

    /// <summary>A clear-signed message of a text and signature packets.</summary>
    public static string Wrap(string text, byte[] signatures)
    {
        var body = string.Join('\n', text.TrimEnd('\n').Split('\n').Select(l => l.StartsWith('-') ? "- " + l : l));
        return $"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{body}\n-----BEGIN PGP SIGNATURE-----\n\n{Convert.ToBase64String(signatures, Base64FormattingOptions.InsertLineBreaks)}\n-----END PGP SIGNATURE-----\n";
    }

    private static PgpKeyPair Pair(DateTime created)
    {
        var generator = new Ed25519KeyPairGenerator();
        generator.Init(new Ed25519KeyGenerationParameters(new SecureRandom()));
        return new PgpKeyPair(PublicKeyAlgorithmTag.EdDsa_Legacy, generator.GenerateKeyPair(), created);
    }

    private PgpSignature Bind(KeyTraits subkey) => Certify(PgpSignature.SubkeyBinding, subkey, subkey.Flags, subkey.ValidSeconds, g => g.GenerateCertification(primary.PublicKey, sub!.PublicKey), subkey.Confirms ? Confirmation(subkey) : null);

    private PgpSignature Confirmation(KeyTraits subkey)
    {
        var generator = new PgpSignatureGenerator(sub!.PublicKey.Algorithm, subkey.Hash);
        generator.InitSign(PgpSignature.PrimaryKeyBinding, sub.PrivateKey);
        var subpackets = new PgpSignatureSubpacketGenerator();
        subpackets.SetSignatureCreationTime(false, DateTime.UtcNow);
        generator.SetHashedSubpackets(subpackets.Generate());
        return generator.GenerateCertification(primary.PublicKey, sub.PublicKey);
    }

    private PgpSignature Certify(int type, KeyTraits about, int flags, long validSeconds, Func<PgpSignatureGenerator, PgpSignature> certify, PgpSignature? embedded = null)
    {
        var generator = new PgpSignatureGenerator(primary.PublicKey.Algorithm, about.Hash);
        generator.InitSign(type, primary.PrivateKey);
        var subpackets = new PgpSignatureSubpacketGenerator();
        subpackets.SetSignatureCreationTime(false, about.Created);
        if (flags != 0) subpackets.SetKeyFlags(true, flags);
        if (validSeconds > 0) subpackets.SetKeyExpirationTime(true, validSeconds);
        if (embedded is not null) subpackets.AddEmbeddedSignature(false, embedded);
        generator.SetHashedSubpackets(subpackets.Generate());
        return certify(generator);
    }

    private static byte[] PacketOf(PgpPublicKey key) => OpenPgpData.Packets(key.GetEncoded())[0];

    private static void Write(MemoryStream stream, PgpSignature signature) => stream.Write(signature.GetEncoded());
}
