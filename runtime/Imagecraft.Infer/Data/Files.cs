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
