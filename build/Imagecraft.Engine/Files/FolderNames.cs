// The names in a folder, whatever they are. Unaware of why they are listed.

using System.IO.Enumeration;

namespace Imagecraft.Engine.Files;

static class FolderNames
{
    static readonly EnumerationOptions everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false, RecurseSubdirectories = false };

    /// <summary>The names of all that lies in the folder itself, hidden ones and links too, in the file system's order; bytes that are not UTF-8 become U+FFFD.</summary>
    /// <exception cref="IOException">It is gone, or no folder.</exception>
    public static FileSystemEnumerable<string> Of(string folder) => new(folder, static (ref FileSystemEntry entry) => entry.FileName.ToString(), everything);
}
