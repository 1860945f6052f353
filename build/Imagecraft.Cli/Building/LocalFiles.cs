// Looks at files that users supply or keep beside recipes. Unaware of what they are for.

using System.Security.Cryptography;
using Imagecraft.Planning.Recipes;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Building;

/// <summary>The rim of <see cref="LocalFile"/>.</summary>
public static class LocalFiles
{
    /// <summary>What lies at a path. A file without a hash is only read up to its first byte that is not zero.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="hash">Compute its SHA-256.</param>
    public static LocalFile Look(string path, bool hash)
    {
        if (Directory.Exists(path))
            return new LocalFile.Unreadable("is a folder") { IsFolder = true };
        if (!File.Exists(path))
            return new LocalFile.Missing();
        try
        {
            var file = new FileInfo(path);
            if (file.LinkTarget is not null)
                file = new FileInfo(file.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
            if (!file.Exists)
                return new LocalFile.Missing();
            // Pipes and devices have no length either; opening one could wait for ever.
            if (file.Length == 0)
                return new LocalFile.Readable(0, true, hash ? Convert.ToHexStringLower(SHA256.HashData([])) : null);
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
            return Read(stream, hash);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new LocalFile.Unreadable($"cannot be read: {problem.Message.TrimEnd('.')}");
        }
    }

    private static LocalFile.Readable Read(FileStream stream, bool hash)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        var isBlank = true;
        int count;
        while ((isBlank || hash) && (count = stream.Read(buffer)) > 0)
        {
            isBlank &= !buffer.AsSpan(0, count).ContainsAnyExcept((byte)0);
            if (hash)
                sha256.AppendData(buffer, 0, count);
        }

        return new(stream.Length, isBlank, hash ? Convert.ToHexStringLower(sha256.GetHashAndReset()) : null);
    }
}
