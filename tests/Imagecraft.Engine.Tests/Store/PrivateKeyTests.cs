// Which files count as private keys, and the doors of the store that they do not pass.

using System.Security.Cryptography;
using System.Text;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Store;

public sealed class PrivateKeyTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    private static readonly string Block = Convert.ToBase64String(new byte[48]);

    private static readonly Dictionary<string, string> Texts = Make();

    [Theory]
    [InlineData("PKCS #8")]
    [InlineData("PKCS #1")]
    [InlineData("SEC 1")]
    [InlineData("encrypted")]
    [InlineData("after a certificate, with line ends of Windows")]
    [InlineData("with headers")]
    [InlineData("OpenSSH")]
    [InlineData("OpenPGP")]
    [InlineData("dropbear")]
    public void A_private_key_is_recognized(string kind) => Assert.True(PrivateKeys.IsOne(Write(Texts[kind])));

    [Theory]
    [InlineData("a public key")]
    [InlineData("a public key of SSH")]
    [InlineData("constants of a program")]
    [InlineData("a script")]
    [InlineData("a manual")]
    public void What_only_names_one_is_none(string kind) => Assert.False(PrivateKeys.IsOne(Write(Texts[kind])));

    [Fact]
    public async Task A_key_of_the_workspace_is_refused_and_not_stored()
    {
        using var rsa = RSA.Create(2048);
        var pem = rsa.ExportPkcs8PrivateKeyPem();
        var folder = _fixture.Files("src", ("sub/signing.pem", pem));
        var hasher = new WorkspaceHasher(_fixture.Store, new FileHashes(null));
        var problem = await Assert.ThrowsAsync<StoreException>(() => hasher.StoreAsync(folder, [], StoreFixture.Token));
        Assert.StartsWith($"`{folder}/sub/signing.pem` holds a private key, which would lie in the cache for all to read", problem.Message, StringComparison.Ordinal);
        Assert.False(_fixture.Store.Has(Imagecraft.Engine.Content.Digest.Of(Encoding.UTF8.GetBytes(pem))));
    }

    private static Dictionary<string, string> Make()
    {
        using var rsa = RSA.Create(2048);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new(StringComparer.Ordinal)
        {
            ["PKCS #8"] = rsa.ExportPkcs8PrivateKeyPem(),
            ["PKCS #1"] = rsa.ExportRSAPrivateKeyPem(),
            ["SEC 1"] = curve.ExportECPrivateKeyPem(),
            ["encrypted"] = rsa.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 10)),
            ["after a certificate, with line ends of Windows"] = $"-----BEGIN CERTIFICATE-----\n{Block}\n-----END CERTIFICATE-----\n{rsa.ExportPkcs8PrivateKeyPem()}".ReplaceLineEndings("\r\n"),
            ["with headers"] = $"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n{Block}\n-----END RSA PRIVATE KEY-----\n",
            ["OpenSSH"] = $"-----BEGIN OPENSSH PRIVATE KEY-----\n{Block}\n-----END OPENSSH PRIVATE KEY-----\n",
            ["OpenPGP"] = $"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{Block}\n-----END PGP PRIVATE KEY BLOCK-----\n",
            ["dropbear"] = "\0\0\0\vssh-ed25519\0\0\0@" + new string('k', 64),
            ["a public key"] = rsa.ExportSubjectPublicKeyInfoPem(),
            ["a public key of SSH"] = $"ssh-ed25519 {Block} me@desk\n",
            ["constants of a program"] = "\u007fELF\0-----BEGIN PRIVATE KEY-----\0-----END PRIVATE KEY-----\0",
            ["a script"] = "echo '-----BEGIN RSA PRIVATE KEY-----'\ncat \"$1\"\necho '-----END RSA PRIVATE KEY-----'\n",
            ["a manual"] = "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n",
        };
    }

    private string Write(string text)
    {
        var folder = _fixture.Files("keys");
        var path = Path.Combine(folder, "file");
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(text));
        return path;
    }
}
