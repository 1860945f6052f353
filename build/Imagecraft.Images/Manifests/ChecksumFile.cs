// The list of checksums beside the artifacts. Unaware of what the artifacts are.

namespace Imagecraft.Images.Manifests;

/// <summary>The text that <c>sha256sum --check</c> reads.</summary>
public static class ChecksumFile
{
    /// <summary>One line a file, ordered by name.</summary>
    /// <param name="files">Plain file names and 64 lowercase hexadecimal characters.</param>
    public static string Format(IEnumerable<(string Name, string Sha256)> files) =>
        string.Concat(files.OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => $"{file.Sha256}  {file.Name}\n"));
}
