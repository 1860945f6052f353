// Unpacks archives of any usual format into a folder. Unaware of where they came from.

using System.Collections.Immutable;
using System.IO.Compression;

namespace Imagecraft.Feeds.Archives;

/// <summary>tar (plain, gzip, bzip2, xz, zstd) and zip, told apart by their first bytes.</summary>
public static class Archive
{
    /// <summary>Unpacks below <paramref name="destination"/>, which is created. Files get mode 0644, or 0755 when the owner may execute them; times and owners are not kept.</summary>
    /// <exception cref="FeedException">The archive is malformed, truncated or hostile (the user's fault: file and offset are named), or the disk failed.</exception>
    public static Task<ExtractResult> ExtractAsync(string path, string destination, ExtractOptions options, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024);
            return Guard(path, destination, () => IsZip(source) ? ExtractZip(source, destination, options, cancellationToken) : ExtractTar(source, destination, options, cancellationToken));
        },
        cancellationToken);

    internal static ExtractResult ExtractTar(Stream source, string destination, ExtractOptions options, CancellationToken cancellationToken)
    {
        var large = source.Length > Decompression.WorthThreads;
        var decoded = Decompression.Open(source, options.Liblzma);
        using var tar = large && !ReferenceEquals(decoded, source) ? new PumpedStream(decoded) : (Stream)new BufferedStream(decoded, 256 * 1024);
        return TarExtraction.Run(tar, new SafeTree(destination), options, cancellationToken);
    }

    /// <summary>Turns what decoders throw into messages that name the archive; a full disk is told with what was written to.</summary>
    internal static T Guard<T>(string path, string? destination, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (DiskRoom.IsExhausted(e))
        {
            throw DiskRoom.Full(destination ?? path, null, e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException and not EndOfStreamException && e.GetType().Namespace == "System.IO"))
        {
            throw new FeedException($"Unpacking `{Path.GetFileName(path)}` failed: {e.Message}", userError: false, e);
        }
        catch (Exception e) when (e is not (FeedException or OperationCanceledException or OutOfMemoryException))
        {
            throw new FeedException($"The archive `{path}` is malformed: {e.Message}", userError: true, e);
        }
    }

    private static bool IsZip(Stream source)
    {
        Span<byte> magic = stackalloc byte[4];
        var count = source.ReadAtLeast(magic, 4, throwOnEndOfStream: false);
        source.Position = 0;
        return count == 4 && (magic.SequenceEqual("PK\x3\x4"u8) || magic.SequenceEqual("PK\x5\x6"u8));
    }

    private static ExtractResult ExtractZip(Stream source, string destination, ExtractOptions options, CancellationToken cancellationToken)
    {
        const int typeMask = 0xF000, symbolicLink = 0xA000, ownerExecutes = 0x40;
        var tree = new SafeTree(destination);
        using var zip = new ZipArchive(source, ZipArchiveMode.Read);
        var files = 0;
        long bytes = 0;
        foreach (var entry in zip.Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = SafeTree.Clean(entry.FullName, options.Strip);
            if (path.Length == 0 || options.Except.Any(pattern => Glob.Matches(pattern, "/" + path))) continue;
            var mode = entry.ExternalAttributes >> 16;
            if (entry.FullName.EndsWith('/'))
            {
                tree.Folder(path);
                continue;
            }
            using var content = entry.Open();
            if ((mode & typeMask) == symbolicLink)
            {
                using var reader = new StreamReader(content);
                tree.SymbolicLink(path, reader.ReadToEnd());
                continue;
            }
            using var file = new FileStream(tree.NewFile(path, (mode & ownerExecutes) != 0), FileAccess.Write, 0);
            content.CopyTo(file, 256 * 1024);
            files++;
            bytes += entry.Length;
        }
        return new ExtractResult(files, bytes, ImmutableArray<string>.Empty);
    }
}
