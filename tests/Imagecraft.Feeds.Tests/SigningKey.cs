// An OpenPGP key made for a test, and its signatures. Unaware of Debian.

using System.Text;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace Imagecraft.Feeds.Tests;

internal sealed class SigningKey
{
    private readonly PgpSecretKey key;

    /// <param name="validSeconds">The key's life from its creation; 0: for ever.</param>
    /// <param name="created">Creation time of the key, or now.</param>
    public SigningKey(long validSeconds = 0, DateTime? created = null)
    {
        var generator = new Ed25519KeyPairGenerator();
        generator.Init(new Ed25519KeyGenerationParameters(new SecureRandom()));
        var pair = new PgpKeyPair(PublicKeyAlgorithmTag.EdDsa_Legacy, generator.GenerateKeyPair(), created ?? DateTime.UtcNow.AddMinutes(-1));
        var subpackets = new PgpSignatureSubpacketGenerator();
        subpackets.SetKeyFlags(false, PgpKeyFlags.CanSign | PgpKeyFlags.CanCertify);
        if (validSeconds > 0) subpackets.SetKeyExpirationTime(false, validSeconds);
        key = new PgpSecretKey(PgpSignature.DefaultCertification, pair, "Test <test@example.org>", SymmetricKeyAlgorithmTag.Null, (char[])[], true, subpackets.Generate(), null, new SecureRandom());
        using var output = new MemoryStream();
        using (var armor = new ArmoredOutputStream(output)) key.PublicKey.Encode(armor);
        PublicKey = output.ToArray();
    }

    /// <summary>Armoured public key.</summary>
    public byte[] PublicKey { get; }

    /// <summary>Clear-signs a text.</summary>
    public string Sign(string text)
    {
        var generator = new PgpSignatureGenerator(key.PublicKey.Algorithm, HashAlgorithmTag.Sha256);
        generator.InitSign(PgpSignature.CanonicalTextDocument, key.ExtractPrivateKey([]));
        generator.Update(Encoding.UTF8.GetBytes(string.Join("\r\n", text.TrimEnd('\n').Split('\n').Select(l => l.TrimEnd(' ', '\t')))));
        using var output = new MemoryStream();
        using (var armor = new ArmoredOutputStream(output)) generator.Generate().Encode(armor);
        var body = string.Join('\n', text.TrimEnd('\n').Split('\n').Select(l => l.StartsWith('-') ? "- " + l : l));
        return $"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{body}\n{Encoding.ASCII.GetString(output.ToArray())}";
    }
}
