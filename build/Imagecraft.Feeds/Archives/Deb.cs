// Unpacks Debian packages. Unaware of dependencies and of maintainer scripts, which are never run.

using System.Globalization;
using System.Text;
using Imagecraft.Feeds.Debian;

namespace Imagecraft.Feeds.Archives;

/// <summary>What a package says of itself.</summary>
/// <param name="Fields">Fields of its control file.</param>
/// <param name="License">Short license names of its machine-readable copyright file, sorted and joined by ` AND `; null when it has none.</param>
public sealed record DebInfo(IReadOnlyDictionary<string, string> Fields, string? License);

/// <summary>Debian binary packages: an ar archive with a control and a data tar.</summary>
/// <remarks>Source: deb(5).</remarks>
public static class Deb
{
    private const int HeaderSize = 60;

    // Of trixie, the longest control file has 30 kB, the longest file of copyrights 4 MB.
    private const long LongestControl = 1 << 20, LongestCopyright = 32 << 20;

    /// <summary>How packages become trees for building and for boards: with a merged <c>/usr</c>, without documentation and translations.</summary>
    public static ExtractOptions ForTrees { get; } = new() { MergeUsr = true, Exact = true, Without = ["usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale", "usr/share/lintian", "usr/share/bug"] };

    /// <summary>Unpacks the package's files below <paramref name="destination"/>; see <see cref="Archive.ExtractAsync"/> for modes and errors.</summary>
    public static Task<ExtractResult> ExtractAsync(string path, string destination, ExtractOptions options, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024);
            return Extract(source, path, destination, options, cancellationToken);
        },
        cancellationToken);

    /// <summary>The same on this thread, of a package that is known by <paramref name="path"/>.</summary>
    internal static ExtractResult Extract(Stream source, string path, string destination, ExtractOptions options, CancellationToken cancellationToken) =>
        Archive.Guard(path, destination, () => Archive.ExtractTar(Member(source, "data.tar"), destination, options, cancellationToken));

    /// <summary>Reads control fields and licenses.</summary>
    /// <exception cref="FeedException">The package is malformed.</exception>
    public static DebInfo ReadInfo(string path, string? liblzma = null)
    {
        using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024);
        return ReadInfo(source, path, liblzma);
    }

    /// <summary>The same of a package that is known by <paramref name="path"/>.</summary>
    internal static DebInfo ReadInfo(Stream source, string path, string? liblzma) => Archive.Guard(path, null, () =>
    {
        var control = FindText(Member(source, "control.tar"), "control", LongestControl, liblzma) ?? throw new InvalidDataException("it has no control file");
        using var text = new StringReader(control);
        if (ControlText.Paragraphs(text).FirstOrDefault() is not { } fields || fields.GetValueOrDefault("Package") is not { } name)
            throw new InvalidDataException("its control file has no field `Package`");
        return new DebInfo(fields, Licenses(FindText(Member(source, "data.tar"), $"usr/share/doc/{name}/copyright", LongestCopyright, liblzma)));
    });

    private static string? FindText(SubStream member, string wanted, long longest, string? liblzma)
    {
        var guard = new ExpansionGuard(member.Length, new());
        using var tar = new BufferedStream(new CountedStream(Decompression.Open(member, liblzma), guard), 64 * 1024);
        var reader = new TarReader(tar);
        while (reader.Next() is { } entry)
        {
            if (entry.Kind != TarKind.File || SafeTree.Clean(entry.Name, 0) != wanted) continue;
            if (entry.Size > longest) throw new InvalidDataException($"offset {entry.Offset} has a `{wanted}` of {entry.Size} bytes; at most {longest} are read");
            var data = new byte[entry.Size];
            var done = 0;
            while (done < data.Length) done += reader.Read(data.AsSpan(done));
            return Encoding.UTF8.GetString(data);
        }
        return null;
    }

    // Source: Debian's machine-readable copyright format 1.0.
    private static string? Licenses(string? copyright)
    {
        if (copyright is null || !copyright.StartsWith("Format:", StringComparison.Ordinal)) return null;
        using var text = new StringReader(copyright);
        var names = ControlText.Paragraphs(text).Select(p => p.GetValueOrDefault("License", "").Split('\n')[0].Trim()).Where(n => n.Length > 0).Distinct().Order(StringComparer.Ordinal).ToList();
        return names.Count == 0 ? null : string.Join(" AND ", names.Select(n => n.Contains(' ', StringComparison.Ordinal) && names.Count > 1 ? $"({n})" : n));
    }

    private static SubStream Member(Stream source, string prefix)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        source.Position = 0;
        if (source.ReadAtLeast(header[..8], 8, throwOnEndOfStream: false) < 8 || !header[..8].SequenceEqual("!<arch>\n"u8)) throw new InvalidDataException("offset 0 has no ar magic: it is not a Debian package");
        long at = 8;
        while (true)
        {
            source.Position = at;
            if (source.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize) throw new InvalidDataException($"offset {at} ends the file before a member `{prefix}`: it is truncated");
            if (!header[58..].SequenceEqual("`\n"u8) || !long.TryParse(header[48..58].Trim((byte)' '), NumberStyles.None, CultureInfo.InvariantCulture, out var size))
                throw new InvalidDataException($"offset {at} has a malformed ar header");
            if (at + HeaderSize + size > source.Length) throw new InvalidDataException($"offset {at} has a member of {size} bytes, but the file ends before: it is truncated");
            if (Encoding.ASCII.GetString(header[..16]).StartsWith(prefix, StringComparison.Ordinal)) return new SubStream(source, at + HeaderSize, size);
            at += HeaderSize + size + (size & 1);
        }
    }
}
