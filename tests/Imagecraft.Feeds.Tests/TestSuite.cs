// A signed Debian suite on the test server. Unaware of resolution.

using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Imagecraft.Feeds.Debian;

namespace Imagecraft.Feeds.Tests;

/// <summary>Packages of one suite, published below `/debian/` with their pool files.</summary>
internal sealed class TestSuite(TestServer server, TemporaryFolder folder, SigningKey key, string architecture = "amd64", string archive = "debian", string name = "trixie")
{
    private readonly StringBuilder packages = new();
    private (Answer Release, Answer Index) published;

    /// <summary>Date of the next release that is published.</summary>
    public DateTimeOffset Date { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>When the next release that is published expires.</summary>
    public DateTimeOffset? ValidUntil { get; set; }

    /// <summary>Its index of source packages.</summary>
    public string Sources { get; set; } = "Package: none\nVersion: 1\nDirectory: pool/n\nChecksums-Sha256:\n";

    public FeedSpec Feed(string? feed = null, string? basis = null) => new(feed ?? name, name, ["main"], [folder.Write("key.asc", key.PublicKey)], basis);

    public static byte[] Content(string name, string version) => Encoding.UTF8.GetBytes($"{name} {version}");

    public TestSuite Add(string package, string version, string fields = "")
    {
        var content = Content(package, version);
        var path = $"pool/{(archive == "debian" ? "main" : "updates/main")}/{package[..1]}/{package}/{package}_{version}_{architecture}.deb";
        packages.Append(CultureInfo.InvariantCulture, $"Package: {package}\nVersion: {version}\nArchitecture: {architecture}\nFilename: {path}\nSize: {content.Length}\nSHA256: {Hex(content)}\n{(fields.Length > 0 ? fields + "\n" : "")}\n");
        server.Serve($"/{archive}/{path}", Answer.Of(content));
        return this;
    }

    /// <summary>Signs and serves the indexes.</summary>
    public TestSuite Publish(bool byHash = true, string? codename = null)
    {
        var index = Tar.Compress(Encoding.UTF8.GetBytes(packages.ToString()), s => new GZipStream(s, CompressionLevel.Fastest, leaveOpen: true));
        var sources = Encoding.UTF8.GetBytes(Sources);
        var release = $"Suite: stable\nCodename: {codename ?? name}\nDate: {Date:ddd, dd MMM yyyy HH:mm:ss} UTC\n{(ValidUntil is { } end ? string.Create(CultureInfo.InvariantCulture, $"Valid-Until: {end.UtcDateTime:ddd, dd MMM yyyy HH:mm:ss} UTC\n") : "")}Acquire-By-Hash: {(byHash ? "yes" : "no")}\nSHA256:\n {Hex(index)} {index.Length} main/binary-{architecture}/Packages.gz\n {Hex(sources)} {sources.Length} main/source/Sources\n";
        published = (Answer.Of(key.Sign(release)), Answer.Of(index));
        server.Serve($"/{archive}/dists/{name}/InRelease", published.Release);
        server.Serve(byHash ? $"/{archive}/dists/{name}/main/binary-{architecture}/by-hash/SHA256/{Hex(index)}" : $"/{archive}/dists/{name}/main/binary-{architecture}/Packages.gz", Answer.Of(index));
        server.Serve($"/{archive}/dists/{name}/main/source/Sources", Answer.Of(sources));
        packages.Clear();
        return this;
    }

    /// <summary>Serves what was published last under another name too.</summary>
    public void ServeAs(string other)
    {
        server.Serve($"/{archive}/dists/{other}/InRelease", published.Release);
        server.Serve($"/{archive}/dists/{other}/main/binary-{architecture}/Packages.gz", published.Index);
    }

    private static string Hex(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
