// By which hash a file is known beforehand. Unaware of where it comes from.

using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Imagecraft.Feeds.Archives;

namespace Imagecraft.Feeds.Fetching;

/// <summary>A hash that a file must have.</summary>
public abstract record ContentPin
{
    private ContentPin()
    {
    }

    /// <summary>SHA-256 of the file, as 64 hexadecimal characters.</summary>
    public sealed record Sha256(string Hash) : ContentPin
    {
        internal override async Task<string> OfAsync(string path, CancellationToken cancellationToken)
        {
            await using var stream = Open(path);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
        }

        internal override string Expected => Hash.ToLowerInvariant();

        internal override string Noun => "SHA-256";
    }

    /// <summary>A file that nobody has seen yet: whatever comes is taken, and whoever asked pins what came.</summary>
    public sealed record FirstSight : ContentPin
    {
        internal override Task<string> OfAsync(string path, CancellationToken cancellationToken) => Task.FromResult(Expected);

        internal override string Expected => "";

        internal override string Noun => "hash";
    }

    /// <summary>SHA-512 of the file as Base64, which npm's lock files have.</summary>
    /// <remarks>Source: W3C, Subresource Integrity; npm's <c>package-lock.json</c>, <c>integrity</c>.</remarks>
    public sealed record Sha512(string Base64) : ContentPin
    {
        internal override async Task<string> OfAsync(string path, CancellationToken cancellationToken)
        {
            await using var stream = Open(path);
            return Convert.ToBase64String(await SHA512.HashDataAsync(stream, cancellationToken));
        }

        internal override string Expected => Base64;

        internal override string Noun => "SHA-512";
    }

    /// <summary>Hash of the names and contents of a module's files, or of its <c>go.mod</c> alone, which <c>go.sum</c> has.</summary>
    /// <remarks>Source: golang.org/x/mod/sumdb/dirhash, <c>Hash1</c>: SHA-256 of lines of each file's SHA-256 and name, in the order of names.</remarks>
    public sealed record GoModule(string Base64) : ContentPin
    {
        internal override Task<string> OfAsync(string path, CancellationToken cancellationToken) => Task.Run(
            () =>
            {
                using var stream = Open(path);
                var lines = IsZip(stream) ? Archive.Guard(path, path, () => OfFiles(stream)) : $"{Convert.ToHexStringLower(SHA256.HashData(stream))}  go.mod\n";
                return Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(lines)));
            },
            cancellationToken);

        internal override string Expected => Base64;

        internal override string Noun => "module hash";

        private static bool IsZip(FileStream stream)
        {
            Span<byte> magic = stackalloc byte[4];
            var isZip = stream.ReadAtLeast(magic, 4, throwOnEndOfStream: false) == 4 && magic.SequenceEqual("PK\u0003\u0004"u8);
            stream.Position = 0;
            return isZip;
        }

        private static string OfFiles(FileStream stream)
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            var guard = new ExpansionGuard(stream.Length, new());
            var lines = new StringBuilder();
            foreach (var entry in zip.Entries.Where(e => !e.FullName.EndsWith('/')).OrderBy(e => e.FullName, StringComparer.Ordinal))
            {
                using var content = new CountedStream(entry.Open(), guard);
                lines.Append(Convert.ToHexStringLower(SHA256.HashData(content))).Append("  ").Append(entry.FullName).Append('\n');
            }

            return lines.ToString();
        }
    }

    /// <summary>Reads <c>sha512-BASE64</c> or <c>h1:BASE64</c>; anything else is hexadecimal SHA-256.</summary>
    public static ContentPin Parse(string text) =>
        text.StartsWith("sha512-", StringComparison.Ordinal) ? new Sha512(text["sha512-".Length..])
        : text.StartsWith("h1:", StringComparison.Ordinal) ? new GoModule(text["h1:".Length..])
        : new Sha256(text);

    /// <summary>The hash that a file has.</summary>
    internal abstract Task<string> OfAsync(string path, CancellationToken cancellationToken);

    /// <summary>The hash that it must have.</summary>
    internal abstract string Expected { get; }

    /// <summary>What people call it.</summary>
    internal abstract string Noun { get; }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, useAsync: false);
}
