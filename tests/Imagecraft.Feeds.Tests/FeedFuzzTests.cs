// Damaged input for every reader of this project's text from outside: whatever comes, it is read or refused, and nothing is believed that was not signed.

using System.Globalization;
using System.Text;
using Imagecraft.Feeds.Debian;
using Imagecraft.Feeds.Locking;

namespace Imagecraft.Feeds.Tests;

public sealed class FeedFuzzTests
{
    private const int Rounds = 1500;
    private const string Text = "Suite: stable\nCodename: trixie\nDate: Sat, 21 Nov 2015 02:10:46 UTC\nValid-Until: Sat, 28 Nov 2015 02:10:46 UTC\nSHA256:\n 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef 12 main/binary-amd64/Packages.xz\n";

    private const string Packages = """
        Package: make
        Source: make-dfsg (4.4)
        Version: 1:4.4~rc1-2+b1
        Architecture: amd64
        Multi-Arch: allowed
        Depends: libc6 (>= 2.34), gcc | clang:any (<< 20), awk
        Conflicts: remake (= 1), v
        Provides: v (= 4), w
        Filename: pool/main/m/make.deb
        Size: 12
        SHA256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

        """;

    private const string Lock = """
        imagecraft-lock 2
        suite trixie 2026-11-24T00:34:34Z
        deb make 4.4 amd64 trixie 12 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef pool/m make 4.4
        nupkg Some.Id 1.0.0 5 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
        set toolroot/t amd64 abc
        + make:amd64=4.4
        project recipe/p abc
        + Some.Id=1.0.0

        """;

    private static readonly string[] Tokens = ["\n", "\r", "\r\n", "\n\n", " ", "\t", ":", ",", "|", "(", ")", "(>= ", "-", "- ", "=", "\0", "\u0085", "é", "-----", "-----BEGIN PGP SIGNATURE-----\n", "99999999999999999999", "SHA256:", "Suite: evil\n", "~", "+", "set a b c\n"];

    /// <summary>Inputs of the readers that once did something else than they should; kept for ever.</summary>
    public static TheoryData<string, string> Found => new()
    {
        { "packages", "Package: a\nVersion: 1\nArchitecture: amd64\nFilename: f\nSize: 99999999999999999999\nSHA256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n" },
        { "packages", "Package: a\nVersion: 1\nArchitecture: amd64\nFilename: f\nSize: 1\nSHA256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\nProvides: |\n" },
        { "packages", "Package: a\nVersion: 1\nArchitecture: amd64\nFilename: f\nSize: 1\nSHA256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\nDepends: b (~ 1)\n" },
        { "packages", "Package: a b\nVersion: 1\nArchitecture: amd64\nFilename: f\nSize: 1\nSHA256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n" },
        { "packages", "Package: a\nVersion: 1\nArchitecture: amd64\nFilename: f\nSize: 1\nSHA256: ..\n" },
        { "dependency", "a ()" },
        { "dependency", ":any" },
        { "lock", "imagecraft-lock 2\nsuite a 2026-11-24T00:34:34Z\nsuite a 2026-11-24T00:34:34Z\n" },
    };

    [Theory]
    [MemberData(nameof(Found))]
    public void What_once_went_wrong_is_refused(string reader, string input)
    {
        var error = Assert.Throws<FeedException>(() => Read(reader, input));

        Assert.NotEmpty(error.Message);
    }

    [Theory]
    [InlineData("release", Text)]
    [InlineData("packages", Packages)]
    [InlineData("dependency", "libc6 (>= 2.34), gcc:any | clang (<< 20) [amd64] <!x>, awk")]
    [InlineData("lock", Lock)]
    public void Damaged_text_is_read_or_refused(string reader, string seed)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var input = Damage(seed, round);
            try
            {
                Read(reader, input);
            }
            catch (FeedException e)
            {
                Assert.NotEmpty(e.Message);
            }
            catch (Exception e)
            {
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"Round {round}: {e.GetType().Name} for {input}"));
            }
        }
    }

    [Fact]
    public void A_damaged_message_gives_the_signed_text_or_nothing()
    {
        var key = new SigningKey(new KeyTraits(), new KeyTraits());
        var seed = key.Sign(Text);
        for (var round = 0; round < Rounds; round++)
            SignedOrNothing(Damage(seed, round), key.PublicKey, round);
    }

    [Fact]
    public void Damaged_packets_of_signatures_and_keys_give_the_signed_text_or_nothing()
    {
        var key = new SigningKey(new KeyTraits(), new KeyTraits());
        var signature = key.SignatureOf(Text);
        var message = key.Sign(Text);
        for (var round = 0; round < Rounds; round++)
        {
            SignedOrNothing(SigningKey.Wrap(Text, Damage(signature, round)), key.PublicKey, round);
            SignedOrNothing(message, Damage(key.BinaryPublicKey, round), round);
        }
    }

    [Fact]
    public void Any_bytes_are_packets_or_none()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var random = Seeded(round);
            var data = new byte[random.Next(80)];
            Fill(random, data);
            try
            {
                Assert.Equal(data.Length, OpenPgpData.Packets(data).Sum(p => p.Length));
            }
            catch (FormatException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    [Fact]
    public void Versions_are_ordered_totally_whatever_they_are()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (a, b, c) = (Damage("1:2.41~rc1-12+deb13u4", round), Damage("1:2.41-12", round + Rounds), Damage("2.41", round + 2 * Rounds));
            Assert.Equal(Math.Sign(DebianVersion.Compare(a, b)), -Math.Sign(DebianVersion.Compare(b, a)));
            Assert.Equal(0, DebianVersion.Compare(a, a));
            var sorted = new[] { a, b, c }.Order(Comparer<string>.Create(DebianVersion.Compare)).ToArray();
            Assert.True(DebianVersion.Compare(sorted[0], sorted[2]) <= 0, $"{a} {b} {c}");
        }
    }

    private static void Read(string reader, string input)
    {
        switch (reader)
        {
            case "release":
                ReleaseFile.Read(input, new FeedSpec("trixie", "trixie", ["main"], [], null), "place");
                break;
            case "packages":
                foreach (var name in DebianIndex.Read([new("f", input)]).Names) Assert.DoesNotContain(' ', name);
                break;
            case "dependency":
                Dependency.Parse(input);
                break;
            case "lock":
                var text = LockFile.Parse(input).Write();
                Assert.Equal(text, LockFile.Parse(text).Write());
                break;
            default:
                throw new ArgumentException(reader);
        }
    }

    private static void SignedOrNothing(string message, byte[] keys, int round)
    {
        try
        {
            Assert.Equal(Text, ClearSigned.Verify(message, [("key", keys)], "place", DateTimeOffset.UtcNow));
        }
        catch (FeedException e)
        {
            Assert.NotEmpty(e.Message);
        }
        catch (Exception e)
        {
            Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"Round {round}: {e.GetType().Name}: {e.Message} for {message}"));
        }
    }

#pragma warning disable CA5394 // The same inputs each time.
    private static Random Seeded(int round) => new(round);

    private static void Fill(Random random, byte[] data) => random.NextBytes(data);

    private static string Damage(string seed, int round)
    {
        var random = Seeded(round);
        var text = new StringBuilder(seed);
        for (var i = random.Next(1, 5); i > 0 && text.Length > 0; i--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(1, 30), text.Length - at);
            switch (random.Next(6))
            {
                case 0: text[at] = (char)(text[at] ^ (1 << random.Next(7))); break;
                case 1: text.Remove(at, length); break;
                case 2: text.Insert(random.Next(text.Length), text.ToString(at, length)); break;
                case 3: text.Insert(at, Tokens[random.Next(Tokens.Length)]); break;
                case 4: text.Length = at; break;
                default: text.Remove(at, length).Insert(at, Tokens[random.Next(Tokens.Length)]); break;
            }
        }
        return text.ToString();
    }

    private static byte[] Damage(byte[] seed, int round)
    {
        var random = Seeded(round);
        var data = seed.ToList();
        for (var i = random.Next(1, 4); i > 0 && data.Count > 0; i--)
        {
            var at = random.Next(data.Count);
            switch (random.Next(4))
            {
                case 0: data[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: data.RemoveRange(at, Math.Min(random.Next(1, 9), data.Count - at)); break;
                case 2: data.Insert(at, (byte)random.Next(256)); break;
                default: data[at] = (byte)random.Next(256); break;
            }
        }
        return [.. data];
    }
#pragma warning restore CA5394
}
