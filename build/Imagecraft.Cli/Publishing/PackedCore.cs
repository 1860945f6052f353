// The core layer as it comes within a package of the .NET tool, unpacked for this user. Unaware of what is in it.

using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Imagecraft.Cli.Publishing;

/// <summary>An archive beside the program. NuGet makes every file executable when it unpacks a package, and the layer's files count with their modes; within an archive they keep them.</summary>
public static class PackedCore
{
    private const string Prefix = "core-", Suffix = ".tar.gz";

    /// <summary>Name of the archive: that of its content.</summary>
    public static string NameOf(ReadOnlySpan<byte> archive) => Prefix + Convert.ToHexStringLower(SHA256.HashData(archive).AsSpan(0, 8)) + Suffix;

    /// <summary>The archive in a folder; null: there is none.</summary>
    public static string? Find(string folder) => Directory.EnumerateFiles(folder, $"{Prefix}*{Suffix}").Order(StringComparer.Ordinal).FirstOrDefault();

    /// <summary>Folder of the layer. Unpacked once; of calls at the same time one wins, and its folder is whole from the moment it is there.</summary>
    /// <param name="archive">Path of the archive.</param>
    /// <param name="cache">Folder of this user that stays.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static string Unpack(string archive, string cache)
    {
        var name = Path.GetFileName(archive)[..^Suffix.Length];
        var folder = Path.Combine(cache, "cores", name);
        if (Directory.Exists(folder))
            return folder;
        var unfinished = $"{folder}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(unfinished);
            using (var packed = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress))
                TarFile.ExtractToDirectory(packed, unfinished, overwriteFiles: false);
            Directory.Move(Path.Combine(unfinished, PublishedTool.CoreFolder), folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another call was faster.
        }
        finally
        {
            if (Directory.Exists(unfinished))
                Directory.Delete(unfinished, recursive: true);
        }

        return folder;
    }
}
