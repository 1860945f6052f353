// Writes the members of a zip archive below a folder. Unaware of other formats.

using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;

namespace Imagecraft.Feeds.Archives;

internal static class ZipExtraction
{
    private const int TypeMask = 0xF000, SymbolicLinkType = 0xA000, LongestTarget = 4096;

    public static ExtractResult Run(Stream source, SafeTree tree, ExtractOptions options, CancellationToken cancellationToken)
    {
        var guard = new ExpansionGuard(source.Length, options.Limits);
        using var zip = new ZipArchive(source, ZipArchiveMode.Read);
        var files = 0;
        long bytes = 0;
        foreach (var entry in zip.Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            guard.Entry();
            var path = SafeTree.Clean(entry.FullName, options.Strip);
            if (path.Length == 0 || options.LeavesOut(path)) continue;
            // Archives of other systems have no modes of Unix.
            var mode = entry.ExternalAttributes >> 16;
            if (entry.FullName.EndsWith('/'))
            {
                tree.Folder(path, SafeTree.ModeOf((mode & TypeMask) == 0 ? 0x1ed : mode, isFolder: true, options.Exact));
                continue;
            }
            using var content = new CountedStream(entry.Open(), guard);
            if ((mode & TypeMask) == SymbolicLinkType)
            {
                tree.SymbolicLink(path, Target(content));
                continue;
            }
            var wanted = SafeTree.ModeOf((mode & 0x1ff) == 0 ? 0x1a4 : mode, isFolder: false, options.Exact);
            using var file = tree.NewFile(path, wanted);
            content.CopyTo(file, 256 * 1024);
            File.SetUnixFileMode(file.SafeFileHandle, (UnixFileMode)wanted);
            files++;
            bytes += file.Length;
        }
        tree.Finish();
        return new ExtractResult(files, bytes, ImmutableArray<string>.Empty);
    }

    private static string Target(Stream content)
    {
        var text = new byte[LongestTarget + 1];
        return Encoding.UTF8.GetString(text, 0, content.ReadAtLeast(text, text.Length, throwOnEndOfStream: false));
    }
}
