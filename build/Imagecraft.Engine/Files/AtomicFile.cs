// Replaces files as a whole: written aside, then renamed, so nobody ever reads a half. Unaware of what is in them.

namespace Imagecraft.Engine.Files;

/// <summary>A file that is there as it was or as it is to be, also when the process is killed in between. Against a power failure it needs a sync as well.</summary>
public static class AtomicFile
{
    /// <summary>Replaces a file, or makes it together with its folder. It is written beside its place first.</summary>
    /// <exception cref="DiskFullException">No space; the file is as before.</exception>
    /// <exception cref="IOException">It cannot be written; the file is as before.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes) => Write(path, bytes, $"{path}.{Environment.ProcessId}.new");

    /// <summary>As the other, of text in UTF-8.</summary>
    /// <exception cref="DiskFullException">No space; the file is as before.</exception>
    /// <exception cref="IOException">It cannot be written; the file is as before.</exception>
    public static void Write(string path, string text) => Write(path, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>As the other, written at <paramref name="temporary"/> first, on the same file system.</summary>
    internal static void Write(string path, ReadOnlySpan<byte> bytes, string temporary)
    {
        try
        {
            Create(temporary, bytes);
            Place(temporary, path);
        }
        catch
        {
            Discard(temporary);
            throw;
        }
    }

    /// <summary>Writes a file that may not be there yet, except as the remains of an attempt; its folder is made when absent.</summary>
    /// <exception cref="DiskFullException">No space; nothing is left of the attempt.</exception>
    internal static void Create(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            using var handle = Open(path);
            RandomAccess.Write(handle, bytes, 0);
        }
        catch (Exception problem) when (DiskSpace.IsExhausted(problem))
        {
            Discard(path);
            throw DiskSpace.Full(path, bytes.Length, problem);
        }
    }

    /// <summary>Renames into a folder, which is made when this is its first entry.</summary>
    /// <exception cref="IOException">The kernel refuses it; the path is named.</exception>
    internal static void Place(string temporary, string path)
    {
        var error = TryPlace(temporary, path);
        if (error != 0)
            throw Posix.Failure(error, "rename", path);
    }

    /// <summary>As <see cref="Place"/>; returns errno, 0 for done.</summary>
    internal static int TryPlace(string temporary, string path)
    {
        var error = Posix.Rename(temporary, path);
        if (error != Posix.ENOENT)
            return error;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return Posix.Rename(temporary, path);
    }

    // What is told is why it could not be written, not that there is nothing to remove: its folder may not be there either.
    private static void Discard(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // It is nobody's, and the next attempt of this process replaces it.
        }
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle Open(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        }
        catch (DirectoryNotFoundException)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        }
    }
}
