// What somebody may do to a signed release and its signatures. Each test is one attack.

using System.Text;
using Imagecraft.Feeds.Debian;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Imagecraft.Feeds.Tests;

public sealed class InReleaseAttackTests
{
    private const string Text = "Suite: stable\nCodename: trixie\n";

    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly SigningKey Key = new();

    public static TheoryData<string> BadKeys => [.. Bad.Keys];

    // What is wrong, with the words that say so.
    private static Dictionary<string, (KeyTraits Primary, KeyTraits? Sub, string Words)> Bad { get; } = new()
    {
        ["a primary key that only certifies"] = (new() { Flags = PgpKeyFlags.CanCertify }, null, "is not for signing"),
        ["a primary key that expired"] = (new() { ValidSeconds = 60 }, null, "expired at"),
        ["a primary key that was revoked"] = (new() { Revoked = true }, null, "was revoked"),
        ["a primary key from the future"] = (new() { Created = DateTime.UtcNow.AddDays(9) }, null, "is in the future"),
        ["a primary key without a signature of its own"] = (new() { Bound = false }, null, "has no valid signature of its own"),
        ["a primary key whose own signature uses SHA-1"] = (new() { Hash = HashAlgorithmTag.Sha1 }, null, "has no valid signature of its own"),
        ["a subkey for encryption of a revoked, expired key"] = (new() { Revoked = true, ValidSeconds = 60 }, new() { Flags = PgpKeyFlags.CanEncryptCommunications }, "belongs to a key that was revoked"),
        ["a subkey for encryption"] = (new(), new() { Flags = PgpKeyFlags.CanEncryptCommunications | PgpKeyFlags.CanEncryptStorage }, "is not for signing"),
        ["a subkey without uses"] = (new(), new() { Flags = 0 }, "is not for signing"),
        ["a subkey of a key that expired"] = (new() { ValidSeconds = 60 }, new(), "belongs to a key that expired at"),
        ["a subkey that expired"] = (new(), new() { ValidSeconds = 60 }, "expired at"),
        ["a subkey that was revoked"] = (new(), new() { Revoked = true }, "was revoked"),
        ["a subkey that nothing binds"] = (new(), new() { Bound = false }, "is not bound to its primary key"),
        ["a subkey that does not confirm its primary key"] = (new(), new() { Confirms = false }, "does not confirm by a signature of its own"),
        ["a subkey bound by SHA-1"] = (new(), new() { Hash = HashAlgorithmTag.Sha1 }, "is not bound to its primary key"),
    };

    [Theory]
    [MemberData(nameof(BadKeys))]
    public void A_signature_counts_only_when_its_key_may_sign(string attack)
    {
        var (primary, sub, words) = Bad[attack];
        var key = new SigningKey(primary, sub);

        var error = Assert.Throws<FeedException>(() => Verify(key.Sign(Text), key));

        Assert.Contains($"Key `{key.Id}` that signed `place` ", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.False(error.UserError);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_subkey_for_signing_counts(bool binary)
    {
        var key = new SigningKey(new KeyTraits { Flags = PgpKeyFlags.CanCertify }, new KeyTraits { Flags = PgpKeyFlags.CanSign });

        Assert.Equal(Text, ClearSigned.Verify(key.Sign(Text), [("k", binary ? key.BinaryPublicKey : key.PublicKey)], "place", Now));
    }

    [Theory]
    [InlineData(HashAlgorithmTag.MD5, "uses MD5, which is broken or unknown")]
    [InlineData(HashAlgorithmTag.Sha1, "uses SHA1, which is broken or unknown")]
    [InlineData(HashAlgorithmTag.RipeMD160, "uses RIPEMD160, which is broken or unknown")]
    public void A_signature_by_a_broken_hash_does_not_count(HashAlgorithmTag hash, string words) =>
        Assert.Equal($"The signature of `place` by key `{Key.Id}` {words}", Assert.Throws<FeedException>(() => Verify(Key.Sign(Text, hash), Key)).Message);

    [Fact]
    public void A_signature_that_expired_does_not_count() =>
        Assert.Contains("expired at", Fails(SigningKey.Wrap(Text, Key.SignatureOf(Text, expires: 60, made: DateTime.UtcNow.AddHours(-1))), Key), StringComparison.Ordinal);

    [Fact]
    public void A_signature_from_the_future_does_not_count() =>
        Assert.Contains("is in the future: see whether this machine's clock is right", Fails(SigningKey.Wrap(Text, Key.SignatureOf(Text, made: DateTime.UtcNow.AddDays(3))), Key), StringComparison.Ordinal);

    [Fact]
    public void A_signature_of_another_kind_does_not_count() =>
        Assert.Contains("is not one of a text", Fails(SigningKey.Wrap(Text, Key.SignatureOf(Text, type: PgpSignature.StandAlone)), Key), StringComparison.Ordinal);

    [Fact]
    public void One_good_signature_suffices_wherever_it_stands()
    {
        var expired = new SigningKey(validSeconds: 60);
        var unknown = new SigningKey();

        Assert.Equal(Text, Verify(SigningKey.SignBy(Text, expired, unknown, Key), expired, Key));
        Assert.Equal(Text, Verify(SigningKey.SignBy(Text, Key, expired), expired, Key));
    }

    [Fact]
    public void A_signature_of_an_unknown_version_does_not_hide_a_good_one()
    {
        byte[] strange = [0xC2, 4, 9, 1, 2, 3];

        Assert.Equal(Text, Verify(SigningKey.Wrap(Text, [.. strange, .. Key.SignatureOf(Text)]), Key));
    }

    [Fact]
    public void When_no_signature_is_good_each_is_told()
    {
        var expired = new SigningKey(validSeconds: 60);
        var unknown = new SigningKey();

        var message = Fails(SigningKey.SignBy(Text, expired, unknown), expired);

        Assert.StartsWith($"None of the 2 signatures of `place` is good:\n  Key `{expired.Id}` that signed `place` expired at ", message, StringComparison.Ordinal);
        Assert.EndsWith($"\n  Key `{unknown.Id}` is in none of the key files [key0.asc]", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Suite: stable\n", "Suite: stable\n\r\n", "holds a control character|does not match its text")]
    [InlineData("Suite: stable\n", "Suite: stable\r\r\n", "holds a control character")]
    [InlineData("stable", "sta\rble", "holds a control character")]
    [InlineData("stable", "sta\u0000ble", "holds a control character")]
    [InlineData("stable", "sta\u0085ble", "holds a control character")]
    [InlineData("stable", "sta\vble", "holds a control character")]
    public void A_carriage_return_or_another_control_character_cuts_nothing(string old, string with, string words)
    {
        var message = Fails(Key.Sign(Text).Replace(old, with, StringComparison.Ordinal), Key);

        Assert.True(words.Split('|').Any(w => message.Contains(w, StringComparison.Ordinal)), message);
    }

    [Fact]
    public void What_is_used_is_what_was_hashed() =>
        Assert.Equal("Suite: stable\n- Codename: trixie\n", Verify(Key.Sign("Suite: stable\n- Codename: trixie\n").Replace("stable\n", "stable \t \r\n", StringComparison.Ordinal), Key));

    [Theory]
    [InlineData("-----BEGIN PGP SIGNED MESSAGE-----", "Suite: evil\n-----BEGIN PGP SIGNED MESSAGE-----", "is not a clear-signed message")]
    [InlineData("Hash: SHA256\n", "Hash: SHA256\nSuite: evil\n", "line 3 is neither a `Hash` header nor blank")]
    [InlineData("Hash: SHA256\n\n", "Hash: SHA256\n \n", "is not a clear-signed message")]
    [InlineData("-----END PGP SIGNATURE-----\n", "-----END PGP SIGNATURE-----\nSuite: evil\n", "stands behind the signatures")]
    [InlineData("Codename: trixie\n", "-----BEGIN PGP SIGNED MESSAGE-----\n\nCodename: evil\n", "begins with a dash that is not escaped")]
    public void Nothing_beside_the_signed_text_is_used(string old, string with, string words) =>
        Assert.Contains(words, Fails(Key.Sign(Text).Replace(old, with, StringComparison.Ordinal), Key), StringComparison.Ordinal);

    private static string Verify(string text, params SigningKey[] keys) => ClearSigned.Verify(text, [.. keys.Select((key, i) => ($"key{i}.asc", key.PublicKey))], "place", Now);

    private static string Fails(string text, params SigningKey[] keys) => Assert.Throws<FeedException>(() => Verify(text, keys)).Message;
}
