// What the program that lays a writable layer over the root file system is told of it: what it contains, and where the layer lies. Unaware of the layer's content.

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Imagecraft.Images.RootFs;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

internal static class LayerFiles
{
    private const string Folder = "/usr/share/overlay-init";

    /// <summary>A change goes unnoticed once in 2^64.</summary>
    private const int FingerprintLength = 16;

    /// <summary><c>place</c>, and <c>files</c>: a line a path, with the fingerprint of all that is stored for it but its time.</summary>
    /// <param name="layer">The plan's <see cref="MakeRootFsRequest.Layer"/>.</param>
    /// <param name="tree">Everything else of the root file system.</param>
    public static IEnumerable<RootFsEntry> Of(string layer, RootFsTree tree) =>
    [
        RootFsEntry.File($"{Folder}/place", FileContent.Of(layer + "\n")),
        RootFsEntry.File($"{Folder}/files", FileContent.Of(string.Concat(tree.Entries.Select(owned => $"{owned.Entry.Path.Value}\t{Fingerprint(owned.Entry)}\n")))),
    ];

    /// <summary>Of all that is stored for an entry but its path and its time.</summary>
    public static string Fingerprint(RootFsEntry entry)
    {
        var attributes = entry.Xattrs.Select(x => $"{x.Key}={Convert.ToHexStringLower(x.Value.AsSpan())}");
        var text = string.Create(CultureInfo.InvariantCulture, $"{entry.Kind} {entry.Mode} {entry.Uid} {entry.Gid} {entry.Major} {entry.Minor} {entry.Content?.Sha256} {entry.LinkTarget} {string.Join(' ', attributes)}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..FingerprintLength];
    }
}
