// Opens files with errors for people. Unaware of formats.

namespace Imagecraft.Infer.Data;

/// <summary>File access whose failures are <see cref="InferException"/>s that name the file.</summary>
static class Files
{
    public static byte[] ReadAll(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new InferException($"Cannot read `{path}`: {Reason(problem)}", problem);
        }
    }

    /// <summary>
    /// The first <paramref name="length"/> bytes of a file. A device or a pipe has no size and is read no further; a file of another size is an error.
    /// </summary>
    public static byte[] Read(string path, int length, string why)
    {
        try
        {
            using var stream = new FileStream(path, new FileStreamOptions { BufferSize = 0 });
            var size = stream.CanSeek ? stream.Length : 0;
            var bytes = size > 0 && size != length ? [] : new byte[length];
            var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return read == length && (size == 0 || size == length) ? bytes : throw new InferException($"`{path}` has {(size > 0 ? size : read)} bytes, but {why} needs {length}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new InferException($"Cannot read `{path}`: {Reason(problem)}", problem);
        }
    }

    /// <summary>All of a file that begins with these bytes; of another one, which may have no end, only as many.</summary>
    public static byte[] ReadAll(string path, ReadOnlySpan<byte> signature)
    {
        try
        {
            using var stream = new FileStream(path, new FileStreamOptions { BufferSize = 0 });
            var head = new byte[signature.Length];
            var read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            if (read < head.Length || !signature.SequenceEqual(head))
                return head[..read];
            var all = new MemoryStream();
            all.Write(head);
            stream.CopyTo(all);
            return all.ToArray();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new InferException($"Cannot read `{path}`: {Reason(problem)}", problem);
        }
    }

    public static FileStream Create(string path)
    {
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
                Directory.CreateDirectory(folder);
            return File.Create(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new InferException($"Cannot write `{path}`: {Reason(problem)}", problem);
        }
    }

    static string Reason(Exception problem) => problem switch
    {
        FileNotFoundException or DirectoryNotFoundException => "it does not exist",
        UnauthorizedAccessException => "permission denied or a folder",
        _ => problem.Message.Split('\n')[0],
    };
}
