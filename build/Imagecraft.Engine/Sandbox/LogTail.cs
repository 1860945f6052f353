// Reads the end of a log. Unaware of who wrote it.

using System.Collections.Immutable;

namespace Imagecraft.Engine.Sandbox;

/// <summary>The end of a log.</summary>
static class LogTail
{
    /// <summary>Cuts a log that grew beyond its limit before its writers were ended.</summary>
    public static void Shorten(string path, long bytes)
    {
        if (new FileInfo(path) is not { Exists: true } file || file.Length <= bytes)
            return;
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        RandomAccess.SetLength(handle, bytes);
    }

    /// <summary>The last 30 lines within the last 32 KiB; empty when there is no log.</summary>
    public static ImmutableArray<string> Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            if (stream.Length > 32 << 10)
                stream.Seek(-(32 << 10), SeekOrigin.End);
            using var reader = new StreamReader(stream);
            var lines = reader.ReadToEnd().TrimEnd('\n').Split('\n');
            return lines is [""] ? [] : [.. lines.TakeLast(30)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
