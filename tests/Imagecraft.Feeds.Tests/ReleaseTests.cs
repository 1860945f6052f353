using Imagecraft.Feeds.Debian;

namespace Imagecraft.Feeds.Tests;

public sealed class ReleaseTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly SigningKey Key = new();
    private const string Sum = "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    private const string Text = "Suite: stable\nCodename: trixie\nDate: Sat, 21 Nov 2015 02:10:46 UTC\nAcquire-By-Hash: yes\nSHA256:\n " + Sum + " 12 main/binary-amd64/Packages.xz\n- dashed line\n";

    [Fact]
    public void A_text_signed_by_a_known_key_is_returned_without_its_armour() =>
        Assert.Equal(Text, Verify(Key.Sign(Text), new SigningKey(), Key));

    [Fact]
    public void Line_ends_and_trailing_blanks_do_not_matter() =>
        Assert.StartsWith("Suite: stable", Verify(Key.Sign(Text).Replace("\n", "\r\n", StringComparison.Ordinal), Key), StringComparison.Ordinal);

    [Fact]
    public void A_changed_text_is_refused()
    {
        var error = Assert.Throws<FeedException>(() => Verify(Key.Sign(Text).Replace("00ff", "00fe", StringComparison.Ordinal), Key));

        Assert.Contains("does not match its text: it was changed after signing", error.Message, StringComparison.Ordinal);
        Assert.False(error.UserError);
    }

    [Fact]
    public void A_text_signed_by_another_key_names_the_keys_and_the_key_files()
    {
        var error = Assert.Throws<FeedException>(() => Verify(Key.Sign(Text), new SigningKey()));

        Assert.Matches("^`http://example.org/InRelease` is signed by keys \\[[0-9A-F]{16}\\], none of which is in the key files \\[key0.asc\\]", error.Message);
    }

    [Fact]
    public void A_text_signed_by_an_expired_key_is_refused()
    {
        var expired = new SigningKey(validSeconds: 60, created: DateTime.UtcNow.AddDays(-2));

        Assert.Contains("expired at", Assert.Throws<FeedException>(() => Verify(expired.Sign(Text), expired)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>captive portal</html>")]
    [InlineData("")]
    [InlineData("-----BEGIN PGP SIGNED MESSAGE-----\n\nSuite: stable\n")]
    public void Something_that_is_not_signed_is_refused(string text) =>
        Assert.Contains("is not a clear-signed message", Assert.Throws<FeedException>(() => Verify(text, Key)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_damaged_signature_is_refused()
    {
        var signed = Key.Sign(Text);
        var cut = signed.IndexOf("-----BEGIN PGP SIGNATURE", StringComparison.Ordinal) + 120;

        Assert.Throws<FeedException>(() => Verify(signed[..cut] + "AAAA" + signed[(cut + 4)..], Key));
    }

    [Fact]
    public void A_key_file_that_is_none_is_named()
    {
        var error = Assert.Throws<FeedException>(() => ClearSigned.Verify(Key.Sign(Text), [("broken.asc", "hello"u8.ToArray())], "place", Now));

        Assert.Contains("broken.asc", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_release_lists_its_indexes()
    {
        var release = ReleaseFile.Read(Text, Suite("trixie"), "place");

        Assert.True(release.ByHash);
        Assert.Equal(new IndexFile("main/binary-amd64/Packages.xz", 12, Sum), release.Files["main/binary-amd64/Packages.xz"]);
    }

    [Fact]
    public void A_release_says_when_it_was_made_and_how_long_it_counts()
    {
        var release = ReleaseFile.Read(Text + "Valid-Until: Sat, 28 Nov 2015 02:10:46 UTC\n", Suite("trixie"), "place");

        Assert.Equal((new DateTimeOffset(2015, 11, 21, 2, 10, 46, TimeSpan.Zero), new DateTimeOffset(2015, 11, 28, 2, 10, 46, TimeSpan.Zero)), (release.Date, release.ValidUntil));
    }

    [Theory]
    [InlineData("Suite: stable\nCodename: trixie\nSHA256:\n", "has no `Date`, so that an old one could not be told from a new one")]
    [InlineData("Suite: stable\nCodename: trixie\nDate: yesterday\nSHA256:\n", "has the malformed date `yesterday`")]
    [InlineData("Suite: stable\nCodename: trixie\nDate: Sat, 21 Nov 2015 02:10:46 UTC\n", "lists no SHA-256 hashes")]
    [InlineData("Suite: stable\nCodename: trixie\nDate: Sat, 21 Nov 2015 02:10:46 UTC\nSHA256:\n ../../x 1 main\n", "has the malformed line `../../x 1 main` among its SHA-256 hashes")]
    [InlineData("Suite: stable\nCodename: trixie\nDate: Sat, 21 Nov 2015 02:10:46 UTC\nSHA256:\n " + Sum + " -1 main\n", "has the malformed line `" + Sum + " -1 main` among its SHA-256 hashes")]
    public void A_malformed_release_says_what_is_wrong(string text, string expected) =>
        Assert.Equal($"`place` {expected}", Assert.Throws<FeedException>(() => ReleaseFile.Read(text, Suite("trixie"), "place")).Message);

    [Fact]
    public void A_release_of_another_suite_is_refused() =>
        Assert.Contains("is of suite `stable` (trixie), not `bookworm`", Assert.Throws<FeedException>(() => ReleaseFile.Read(Text, Suite("bookworm"), "place")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("stable", "Date", true)]
    [InlineData("./", "Suite: other\nDate", true)]
    [InlineData("stable", "Suite: other\nDate", false)]
    public void A_repository_of_ones_own_may_leave_its_suite_unnamed_but_not_misnamed(string suite, string fields, bool isTaken)
    {
        var text = $"{fields}: Sat, 21 Nov 2015 02:10:46 UTC\nSHA256:\n {Sum} 12 ./Packages\n";
        var own = Suite(suite) with { Home = new("vendor", null) };

        if (isTaken) Assert.Equal("Packages", Assert.Single(ReleaseFile.Read(text, own, "place").Files).Key);
        else Assert.Contains("is of suite `other`", Assert.Throws<FeedException>(() => ReleaseFile.Read(text, own, "place")).Message, StringComparison.Ordinal);
    }

    private static FeedSpec Suite(string suite) => new("trixie", suite, ["main"], [], null);

    private static string Verify(string text, params SigningKey[] keys) =>
        ClearSigned.Verify(text, [.. keys.Select((key, i) => ($"key{i}.asc", key.PublicKey))], "http://example.org/InRelease", Now);
}
