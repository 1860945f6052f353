// A disk that a test wants beside the board's own. Unaware of how it is attached.

namespace Imagecraft.TestKit;

/// <summary>A disk beside the board's own.</summary>
/// <param name="Name">At most 20 letters, digits or dashes; the disk's serial number.</param>
/// <param name="Size">Bytes, a multiple of 512; 0 with a <paramref name="Folder"/>: as much as its content needs, and some room.</param>
/// <param name="Folder">Folder of this host whose content the disk holds, as an ext4 file system without partitions that begins as a copy of it; null: zeros. Owners and modes are the host's.</param>
/// <param name="ReadOnly">The machine cannot write to it.</param>
public sealed record ExtraDisk(string Name, long Size, string? Folder = null, bool ReadOnly = false)
{
    private const int LongestSerial = 20;

    /// <summary>A disk that holds the content of a folder.</summary>
    /// <param name="name">At most 20 letters, digits or dashes; the disk's serial number.</param>
    /// <param name="folder">Folder of this host.</param>
    /// <param name="size">Bytes, a multiple of 512; 0: as much as the content needs, and some room.</param>
    /// <param name="readOnly">The machine cannot write to it.</param>
    public static ExtraDisk OfFolder(string name, string folder, long size = 0, bool readOnly = false) => new(name, size, folder, readOnly);

    /// <summary>Reads <c>NAME=SIZE</c> with a size in MiB, or <c>NAME=FOLDER</c> with a path from the test project's output folder.</summary>
    /// <exception cref="InvalidOperationException">It is neither.</exception>
    internal static ExtraDisk Parse(string text) => text.Split('=', 2) switch
    {
        [var name, var size] when long.TryParse(size, out long megabytes) && megabytes > 0 => new(name, megabytes << 20),
        [var name, var folder] when Path.Combine(AppContext.BaseDirectory, folder) is var path && folder.Length > 0 && Directory.Exists(path) => OfFolder(name, path),
        _ => throw new InvalidOperationException($"A disk is `NAME=SIZE` with a size in MiB, or `NAME=FOLDER` with a folder in the test project's output, not `{text}`"),
    };

    /// <exception cref="ArgumentException">It cannot be.</exception>
    internal void Check()
    {
        if (Name.Length is 0 or > LongestSerial || !Name.All(character => char.IsAsciiLetterOrDigit(character) || character == '-'))
            throw new ArgumentException($"A disk's name has 1 to {LongestSerial} letters, digits or dashes, not `{Name}`");
        if (Folder is not null && !Directory.Exists(Folder))
            throw new ArgumentException($"Disk `{Name}` is to hold folder `{Folder}`, which does not exist");
        if (Size < 0 || Size % 512 != 0 || (Size == 0 && Folder is null))
            throw new ArgumentException(FormattableString.Invariant($"Disk `{Name}` must have a multiple of 512 bytes, not {Size}"));
    }
}
