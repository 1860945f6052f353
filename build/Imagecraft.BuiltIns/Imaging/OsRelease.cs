// The file that says which system it is, with an identity of what the system contains. Unaware of accounts and packages.

using System.Security.Cryptography;
using System.Text;
using Imagecraft.Images.RootFs;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

/// <summary>Source: os-release(5).</summary>
internal static class OsRelease
{
    private const string Path = "/etc/os-release";

    /// <summary>A change goes unnoticed once in 2^64.</summary>
    private const int IdentityLength = 16;

    /// <summary>The file; null where the image has one of its own.</summary>
    /// <param name="plan">The image.</param>
    /// <param name="templates">Renders it.</param>
    /// <param name="own">Paths of the image's own files.</param>
    /// <param name="others">Everything else of the root file system, which the identity is made of, never of a clock.</param>
    public static RootFsEntry? Of(MakeRootFsRequest plan, TemplateText templates, IReadOnlySet<string> own, Func<RootFsTree> others)
    {
        if (own.Contains(Path))
            return null;
        var text = string.Concat(others().Entries.Select(owned => $"{owned.Entry.Path.Value}\t{LayerFiles.Fingerprint(owned.Entry)}\n"));
        var identity = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..IdentityLength];
        return RootFsEntry.File(Path, FileContent.Of(templates.Render(BaseFiles.Read("os-release"), "os-release", build: identity)), Modes.PlainFile);
    }
}
