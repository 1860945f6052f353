// A file as an image has it, and as a machine says that it has it. Pure.

using System.Formats.Tar;
using System.Globalization;
using System.Security.Cryptography;

namespace Imagecraft.Cli.Deploying;

/// <summary>A file or symbolic link of the root file system.</summary>
/// <param name="Path">Absolute path on the machine.</param>
/// <param name="State">What <see cref="MachineFiles"/> asks for: kind, content or target, permissions and owner.</param>
/// <param name="Entry">As it stands in the tar.</param>
public sealed record InstalledFile(string Path, string State, TarEntry Entry)
{
    /// <summary>Capabilities and other attributes that are no content.</summary>
    public bool HasAttributes => Entry is PaxTarEntry pax && pax.ExtendedAttributes.Keys.Any(key => key.StartsWith("SCHILY.xattr.", StringComparison.Ordinal));

    /// <summary>Hash of the content, in hexadecimal digits; null for links.</summary>
    public string? Sha256 => State.Split(' ') is ["file", var hash, ..] ? hash : null;

    /// <summary>A file whose content is in memory.</summary>
    /// <param name="entry">Its name is the path without the leading slash.</param>
    public static InstalledFile OfRoot(TarEntry entry) =>
        new("/" + entry.Name.TrimStart('.', '/'), FileState(Convert.ToHexStringLower(SHA256.HashData(((MemoryStream)entry.DataStream!).ToArray())), (int)entry.Mode, entry.Uid, entry.Gid), entry);

    /// <summary>Files and links of a root file system whose paths are wanted.</summary>
    /// <param name="tar">The root file system.</param>
    /// <param name="wanted">Absolute paths.</param>
    public static IEnumerable<InstalledFile> Read(Stream tar, IReadOnlySet<string> wanted)
    {
        using var reader = new TarReader(tar, leaveOpen: true);
        while (reader.GetNextEntry(copyData: false) is { } entry)
        {
            var path = "/" + entry.Name.TrimStart('.', '/');
            if (!wanted.Contains(path))
                continue;
            if (entry.EntryType is TarEntryType.SymbolicLink)
                yield return new(path, $"link {entry.LinkName}", entry);
            else if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
            {
                var content = new MemoryStream();
                entry.DataStream?.CopyTo(content);
                content.Position = 0;
                entry.DataStream = content;
                yield return OfRoot(entry);
            }
        }
    }

    private static string FileState(string sha256, int mode, int user, int group) => string.Create(CultureInfo.InvariantCulture, $"file {sha256} {Convert.ToString(mode, 8)} {user} {group}");
}
