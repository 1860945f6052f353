// Everything that a mirror, or somebody before it, can do to what it serves. Each test is one attack.

using System.Security.Cryptography;
using System.Text;
using Imagecraft.Feeds.Debian;
using Imagecraft.Feeds.Fetching;
using Imagecraft.Feeds.Locking;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Imagecraft.Feeds.Tests;

public sealed class InReleaseAttackTests : IDisposable
{
    private const string Text = "Suite: stable\nCodename: trixie\n";

    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly SigningKey Key = new();
    private static readonly SetRequest Request = new("toolroot/t", "trixie", "amd64", ["make"], []);
    private static readonly byte[] Content = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => $"line {i}\n")));

    private readonly TestServer server = new();
    private readonly TemporaryFolder folder = new();
    private readonly TestSuite suite;

    public InReleaseAttackTests() => suite = new TestSuite(server, folder, Key);

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

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

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

    [Fact]
    public async Task A_damaged_index_in_the_cache_is_fetched_again_though_its_length_is_right()
    {
        suite.Add("make", "4.4").Publish();
        await UpdateAsync(LockFile.Empty);
        foreach (var file in Directory.GetFiles(folder["cache"])) File.WriteAllBytes(file, new byte[new FileInfo(file).Length]);

        Assert.Equal("4.4", (await UpdateAsync(LockFile.Empty)).Lock.Sets[0].Packages.Single().Version);
    }

    [Fact]
    public async Task An_InRelease_without_end_is_cut_off()
    {
        server.Serve("/debian/dists/trixie/InRelease", Answer.Of(new byte[3000]));

        var error = await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(LockFile.Empty, TestMachines.Fast with { LargestIndex = 1000 }));

        Assert.Equal($"Feed `trixie` cannot be used: {server.Address}/debian/dists/trixie/InRelease: sends 3000 bytes or more, but an index has at most 1000", error.Message);
        Assert.Equal(FeedCause.TooLarge, error.Cause);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_of_known_size_ends_where_more_comes(bool announced)
    {
        server.Serve("/f", Answer.Of(Content) with { Length = announced ? Content.Length : null });

        var error = await FetchFailsAsync(new Transfer(SizeBound.Exactly(100, "what pins it"), null));

        Assert.Equal(FeedCause.OtherContent, error.Cause);
        Assert.Matches("^sends [0-9]+ bytes or more, but what pins it says 100; either the file changed or the expectation is wrong$", error.Message);
        Assert.False(File.Exists(folder["f"]));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_local_file_of_known_size_ends_alike()
    {
        folder.Write("local", Content);
        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);

        var error = await Assert.ThrowsAsync<FeedException>(() => fetcher.FetchAsync(new string('0', 64), 100, "f", [$"file:{folder["local"]}"], folder["f"], null, TestContext.Current.CancellationToken));

        Assert.Contains($"sends {Content.Length} bytes or more, but what pins it says 100", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_sends_a_byte_a_minute_is_given_up()
    {
        server.Serve("/f", Answer.Of(Content) with { BreakAfter = 5, Hang = true });

        var error = await FetchFailsAsync(options: TestMachines.Fast with { Attempts = 1, Clock = new SteppingClock(TimeSpan.FromSeconds(61)) });

        Assert.Equal((FeedCause.Slow, "sent 5 bytes in 61 s, less than 1024 a second (1 attempts)"), (error.Cause, error.Message));
    }

    [Theory]
    [InlineData("ETag", "\"1\"", "\"2\"")]
    [InlineData("Last-Modified", "Sat, 21 Nov 2015 02:10:46 GMT", "Sat, 28 Nov 2015 02:10:46 GMT")]
    public async Task A_file_that_changes_under_a_resumed_download_is_fetched_anew(string header, string before, string after)
    {
        server.Serve("/f", Answer.Of(new byte[Content.Length]) with { BreakAfter = 1000, Headers = new() { [header] = before } }, Answer.Of(Content) with { Headers = new() { [header] = after } });

        await FetchAsync();

        Assert.Equal(["GET /f", "GET /f 1000-", "GET /f"], server.Requests);
        Assert.Equal(Content, File.ReadAllBytes(folder["f"]));
        Assert.Contains(before, server.Conditions);
    }

    [Fact]
    public async Task A_file_whose_length_changes_under_a_resumed_download_is_fetched_anew()
    {
        server.Serve("/f", Answer.Of(new byte[Content.Length + 1]) with { BreakAfter = 1000 }, Answer.Of(Content));

        await FetchAsync();

        Assert.Equal(["GET /f", "GET /f 1000-", "GET /f"], server.Requests);
    }

    [Fact]
    public async Task A_wrong_hash_after_a_resumed_download_is_blamed_on_nobody_before_it_was_fetched_anew()
    {
        server.Serve("/f", Answer.Of(new byte[Content.Length]) with { BreakAfter = 1000 }, Answer.Of(Content));
        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);

        await fetcher.FetchAsync(Hash(Content), "f", [$"{server.Address}/f"], folder["f"], null, TestContext.Current.CancellationToken);

        Assert.Equal(["GET /f", "GET /f 1000-", "GET /f"], server.Requests);
    }

    [Fact]
    public async Task Wrong_content_twice_is_blamed_though_the_download_is_resumed_each_time()
    {
        server.Serve("/f", Answer.Of(new byte[Content.Length]) with { BreakAfter = 1000 }, Answer.Of(new byte[Content.Length]), Answer.Of(new byte[Content.Length]) with { BreakAfter = 1000 }, Answer.Of(new byte[Content.Length]));
        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);

        var error = await Assert.ThrowsAsync<FeedException>(() => fetcher.FetchAsync(Hash(Content), "f", [$"{server.Address}/f"], folder["f"], null, TestContext.Current.CancellationToken));

        Assert.Equal(FeedCause.OtherContent, error.Cause);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/f")]
    public async Task A_redirection_leaves_the_web_for_nowhere(string location)
    {
        server.Serve("/f", Answer.Error(302) with { Headers = new() { ["Location"] = location } });

        var error = await FetchFailsAsync();

        Assert.Equal((FeedCause.Misdirected, $"answered 302 Status and leads to `{location}`"), (error.Cause, error.Message));
    }

    [Fact]
    public async Task Redirections_in_a_circle_end()
    {
        server.Serve("/f", Answer.Error(302) with { Headers = new() { ["Location"] = "/f" } });

        Assert.Contains("leads on more than 10 times", (await FetchFailsAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_release_that_was_never_used_is_refused()
    {
        suite.ValidUntil = Now.AddDays(-1);
        suite.Add("make", "4.4").Publish();

        var error = await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(LockFile.Empty));

        Assert.Contains("and is expired; the mirror is stale, take another one with `IMAGECRAFT_DEBIAN_MIRROR` or another suite, or say `archived: true` in the feed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_release_of_a_locked_feed_still_serves_with_a_warning()
    {
        suite.Add("make", "4.4").Publish();
        var file = (await UpdateAsync(LockFile.Empty)).Lock;
        suite.ValidUntil = Now.AddDays(-1);
        suite.Add("make", "4.4").Publish();

        var update = await UpdateAsync(file, requests: [Request, Request with { Name = "toolroot/u" }]);

        Assert.Equal(2, update.Lock.Sets.Length);
        Assert.Contains("the suite is archived, which `archived: true` in the feed says, or the mirror is stale", Assert.Single(update.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archived_feed_needs_no_valid_release()
    {
        suite.ValidUntil = Now.AddDays(-1);
        suite.Add("make", "4.4").Publish();

        var update = await UpdateAsync(LockFile.Empty, feed: suite.Feed() with { Archived = true });

        Assert.Single(update.Lock.Sets);
        Assert.Empty(update.Warnings);
    }

    [Fact]
    public async Task The_lock_remembers_the_date_of_a_suite_and_an_older_release_is_refused()
    {
        suite.Date = new DateTimeOffset(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
        suite.Add("make", "4.5").Publish();
        var file = LockFile.Parse((await UpdateAsync(LockFile.Empty)).Lock.Write());
        Assert.Contains("\nimagecraft-lock 2\nsuite trixie 2026-03-02T01:00:00Z\n", file.Write(), StringComparison.Ordinal);
        suite.Date = suite.Date.AddDays(-1);
        suite.Add("make", "4.4").Publish();

        foreach (var kept in new HashSet<string>?[] { null, [] })
        {
            var error = await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(file, requests: [Request with { Packages = ["make", "make"] }], kept: kept));

            Assert.Equal(
                $"Feed `trixie` cannot be used: `{server.Address}/debian/dists/trixie/InRelease` is of 2026-03-01 01:00:00Z, but `imagecraft.lock` was made with one of 2026-03-02 01:00:00Z: the mirror is stale, or somebody repeats an old state; "
                + "take another mirror with `IMAGECRAFT_DEBIAN_MIRROR`, or, to go back indeed, remove the line `suite trixie` from the lock",
                error.Message);
        }
    }

    [Fact]
    public async Task The_other_name_of_a_suite_is_no_way_to_an_older_release()
    {
        suite.Add("make", "4.4").Publish(byHash: false);
        suite.ServeAs("stable");
        suite.Date = suite.Date.AddDays(1);
        suite.Add("make", "4.5").Publish(byHash: false);
        var file = (await UpdateAsync(LockFile.Empty)).Lock;
        suite.Add("make", "4.6").Publish(byHash: false);
        server.Remove("/debian/dists/trixie/main/binary-amd64/Packages.gz");

        await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(file, requests: [Request with { Packages = ["make", "make"] }]));
    }

    [Fact]
    public async Task Missing_packages_of_a_lock_without_dates_are_not_replaced_by_older_ones()
    {
        suite.Add("make", "4.5").Publish();
        var file = (await UpdateAsync(LockFile.Empty)).Lock with { Suites = LockFile.Empty.Suites };
        suite.Add("make", "4.4").Publish();
        server.Remove("/debian/pool/main/m/make/make_4.5_amd64.deb");

        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);
        var error = await Assert.ThrowsAsync<FeedException>(() => Locker(fetcher).ReplaceAsync(file, [Request], file.Sets[0].Packages, TestContext.Current.CancellationToken));

        Assert.Equal(
            "The feeds have only older packages than are locked, and no build goes back by itself:\n  package `make:amd64` is locked at 4.5, feed `trixie` has 4.4\nTake another mirror with `IMAGECRAFT_DEBIAN_MIRROR`, or go back with `./build.sh lock --update`",
            error.Message);
        Assert.False(error.UserError);
    }

    [Fact]
    public async Task Going_back_on_demand_is_told_line_by_line()
    {
        suite.Add("make", "4.5").Publish();
        var file = (await UpdateAsync(LockFile.Empty)).Lock with { Suites = LockFile.Empty.Suites };
        suite.Add("make", "4.4").Publish();

        var changed = Request with { Packages = ["make", "make"] };
        Assert.Contains("no build goes back by itself", (await Assert.ThrowsAsync<FeedException>(() => UpdateAsync(file, requests: [changed]))).Message, StringComparison.Ordinal);
        Assert.Equal(["Package `make:amd64` was locked at 4.5 and goes back to 4.4"], (await UpdateAsync(file, requests: [changed], kept: [])).Warnings);
    }

    private static string Verify(string text, params SigningKey[] keys) => ClearSigned.Verify(text, [.. keys.Select((key, i) => ($"key{i}.asc", key.PublicKey))], "place", Now);

    private static string Fails(string text, params SigningKey[] keys) => Assert.Throws<FeedException>(() => Verify(text, keys)).Message;

    private async Task FetchAsync(Transfer? transfer = null, FetcherOptions? options = null)
    {
        using var http = new HttpDownload(options ?? TestMachines.Fast);
        await http.ToFileAsync(new Uri($"{server.Address}/f"), folder["f"], transfer ?? new Transfer(SizeBound.AtMost(1 << 20, "a file"), null), TestContext.Current.CancellationToken);
    }

    private Task<FeedException> FetchFailsAsync(Transfer? transfer = null, FetcherOptions? options = null) => Assert.ThrowsAsync<FeedException>(() => FetchAsync(transfer, options));

    private async Task<LockUpdate> UpdateAsync(LockFile file, FetcherOptions? options = null, SetRequest[]? requests = null, HashSet<string>? kept = null, FeedSpec? feed = null)
    {
        using var fetcher = new Fetcher(TestMachines.On(server, folder), options ?? TestMachines.Fast);
        return await Locker(fetcher, feed).UpdateAsync(file, requests ?? [Request], kept, TestContext.Current.CancellationToken);
    }

    private Locker Locker(Fetcher fetcher, FeedSpec? feed = null) => new(new DebianMirror(fetcher, TestMachines.On(server, folder), folder["cache"], TimeProvider.System), [feed ?? suite.Feed()]);

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    // Each look at it is a step later.
    private sealed class SteppingClock(TimeSpan step) : TimeProvider
    {
        private long time;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => time += step.Ticks;
    }
}
