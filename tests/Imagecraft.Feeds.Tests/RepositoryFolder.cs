// A signed repository of Debian packages, as a vendor hands it out, in a folder. Unaware of who reads it.

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Imagecraft.Feeds.Tests;

/// <summary>Packages of one architecture below `dists/` and `pool/`, or with a suite that ends with a slash, beside their index.</summary>
internal sealed class RepositoryFolder(string root, SigningKey key, string suite = "stable", string architecture = "arm64")
{
    private readonly StringBuilder packages = new();

    public DateTimeOffset Date { get; set; } = DateTimeOffset.UtcNow.AddDays(-1);

    public DateTimeOffset? ValidUntil { get; set; }

    private bool IsFlat => suite.EndsWith('/');

    /// <summary>A package with these files in it.</summary>
    public RepositoryFolder Add(string package, string version, Tar data, string fields = "", string? path = null)
    {
        var control = $"Package: {package}\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: Vendor <v@example.org>\n{(fields.Length > 0 ? fields + "\n" : "")}Description: {package}\n";
        byte[] content = [.. "!<arch>\n"u8, .. Member("debian-binary", "2.0\n"u8.ToArray()), .. Member("control.tar.gz", new Tar().File("./control", control).Gzip()), .. Member("data.tar.gz", data.Gzip())];
        path ??= IsFlat ? $"./{package}_{version}_{architecture}.deb" : $"pool/main/{package}_{version}_{architecture}.deb";
        packages.Append(CultureInfo.InvariantCulture, $"{control}Filename: {path}\nSize: {content.Length}\nSHA256: {Convert.ToHexStringLower(SHA256.HashData(content))}\n\n");
        Write(path, content);
        return this;
    }

    /// <summary>Writes the index and signs it.</summary>
    /// <param name="armour">Null: within `InRelease`. Otherwise the signature stands in `Release.gpg`, in this form of its packets.</param>
    public RepositoryFolder Publish(Func<byte[], byte[]>? armour = null)
    {
        var (folder, name) = IsFlat ? (suite, "Packages") : ($"dists/{suite}/", $"main/binary-{architecture}/Packages");
        var index = Encoding.UTF8.GetBytes(packages.ToString());
        Write(folder + name, index);
        var release = $"{(IsFlat ? "" : $"Suite: {suite}\n")}Date: {Time(Date)}\n{(ValidUntil is { } end ? $"Valid-Until: {Time(end)}\n" : "")}SHA256:\n {Convert.ToHexStringLower(SHA256.HashData(index))} {index.Length} {name}\n";
        if (armour is null)
        {
            Write(folder + "InRelease", Encoding.UTF8.GetBytes(key.Sign(release)));
            return this;
        }
        Write(folder + "Release", Encoding.UTF8.GetBytes(release));
        Write(folder + "Release.gpg", armour(key.SignatureOf(Encoding.UTF8.GetBytes(release))));
        return this;
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    // Source: ar(5).
    private static byte[] Member(string name, byte[] content) => [.. Encoding.ASCII.GetBytes($"{name,-16}{0,-12}{0,-6}{0,-6}{100644,-8}{content.Length,-10}`\n"), .. content, .. content.Length % 2 == 1 ? "\n"u8.ToArray() : []];

    private void Write(string path, byte[] content)
    {
        var file = Path.GetFullPath(Path.Combine(root, path));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
    }
}
