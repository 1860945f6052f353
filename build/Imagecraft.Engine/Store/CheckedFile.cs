// A small file that is replaced as a whole and tells itself whether it is whole. Unaware of what is in it.

using System.Security.Cryptography;

namespace Imagecraft.Engine.Store;

/// <summary>SHA-256 of the content, then the content. One that is torn, cut or flipped counts as absent: no one waits for the disk while it is written.</summary>
internal static class CheckedFile
{
    /// <summary>A reader of the content; null when the file is absent or not as it was written.</summary>
    internal static BinaryReader? Open(string path) =>
        Posix.TryRead(path, out _) is { Length: >= SHA256.HashSizeInBytes } bytes && SHA256.HashData(bytes.AsSpan(SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(bytes.AsSpan(0, SHA256.HashSizeInBytes))
            ? new BinaryReader(new MemoryStream(bytes, SHA256.HashSizeInBytes, bytes.Length - SHA256.HashSizeInBytes, writable: false))
            : null;

    /// <summary>Replaces the file; its folder is made when absent.</summary>
    /// <exception cref="IOException">It cannot be written; nothing is left of the attempt.</exception>
    internal static void Write(string path, Action<BinaryWriter> write)
    {
        var buffer = new MemoryStream();
        buffer.SetLength(SHA256.HashSizeInBytes);
        buffer.Position = SHA256.HashSizeInBytes;
        using (var writer = new BinaryWriter(buffer, System.Text.Encoding.UTF8, leaveOpen: true))
            write(writer);
        var bytes = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
        SHA256.HashData(bytes[SHA256.HashSizeInBytes..], bytes);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var temporary = $"{path}.{Environment.ProcessId}.new";
        try
        {
            using (var handle = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
                RandomAccess.Write(handle, bytes, 0);
            File.Move(temporary, path, overwrite: true);
        }
        catch (IOException)
        {
            File.Delete(temporary);
            throw;
        }
    }
}
