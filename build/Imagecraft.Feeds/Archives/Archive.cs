// Unpacks archives of any usual format into a folder. Unaware of where they came from.

namespace Imagecraft.Feeds.Archives;

/// <summary>tar (plain, gzip, bzip2, xz, zstd) and zip, told apart by their first bytes.</summary>
public static class Archive
{
    /// <summary>Unpacks below <paramref name="destination"/>, which is created. Times and owners are not kept; see <see cref="ExtractOptions.Exact"/> for modes.</summary>
    /// <exception cref="FeedException">The archive is malformed, truncated or hostile (the user's fault: file and offset are named), or the disk failed.</exception>
    public static Task<ExtractResult> ExtractAsync(string path, string destination, ExtractOptions options, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024);
            return Extract(source, path, destination, options, cancellationToken);
        },
        cancellationToken);

    /// <summary>The same on this thread, of an archive that is known by <paramref name="path"/>.</summary>
    internal static ExtractResult Extract(Stream source, string path, string destination, ExtractOptions options, CancellationToken cancellationToken) =>
        Guard(path, destination, () => IsZip(source) ? ZipExtraction.Run(source, new SafeTree(destination), options, cancellationToken) : ExtractTar(source, destination, options, cancellationToken));

    internal static ExtractResult ExtractTar(Stream source, string destination, ExtractOptions options, CancellationToken cancellationToken)
    {
        var large = source.Length > Decompression.WorthThreads;
        var guard = new ExpansionGuard(source.Length, options.Limits);
        var decoded = Decompression.Open(source, options.Liblzma);
        var counted = new CountedStream(decoded, guard);
        using var tar = large && !ReferenceEquals(decoded, source) ? new PumpedStream(counted) : (Stream)new BufferedStream(counted, 256 * 1024);
        return TarExtraction.Run(tar, new SafeTree(destination), options, guard, cancellationToken);
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
}
