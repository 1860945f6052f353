// One entry of a root file system. Unaware of where its content is stored.

using System.Collections.Immutable;

namespace Imagecraft.Images.RootFs;

/// <summary>What an entry is.</summary>
public enum EntryKind
{
    /// <summary>Regular file.</summary>
    File,

    /// <summary>Folder.</summary>
    Folder,

    /// <summary>Symbolic link.</summary>
    Symlink,

    /// <summary>Character device node.</summary>
    CharacterDevice,

    /// <summary>Block device node.</summary>
    BlockDevice,

    /// <summary>Named pipe.</summary>
    Fifo,
}

/// <summary>A file's content: identity and how to read it.</summary>
/// <param name="Sha256">64 lowercase hexadecimal characters.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Open">Opens the content at its start; the caller disposes the stream.</param>
public sealed record FileContent(string Sha256, long Size, Func<Stream> Open)
{
    /// <summary>Content that is held in memory.</summary>
    public static FileContent Of(byte[] bytes) => new(
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), bytes.Length, () => new MemoryStream(bytes, writable: false));

    /// <summary>Text as UTF-8.</summary>
    public static FileContent Of(string text) => Of(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Equal content, wherever it is read from.</summary>
    public bool Equals(FileContent? other) => other is not null && Sha256 == other.Sha256 && Size == other.Size;

    /// <inheritdoc/>
    public override int GetHashCode() => Sha256.GetHashCode(StringComparison.Ordinal);
}

/// <summary>A path with everything a file system stores for it but time stamps, which are clamped.</summary>
public sealed record RootFsEntry
{
    /// <summary>Where it is on the target.</summary>
    public required TargetPath Path { get; init; }

    /// <summary>What it is.</summary>
    public required EntryKind Kind { get; init; }

    /// <summary>Permission bits with set-uid, set-gid and sticky (0 to 07777); 0777 for links.</summary>
    public required int Mode { get; init; }

    /// <summary>Owner.</summary>
    public int Uid { get; init; }

    /// <summary>Group.</summary>
    public int Gid { get; init; }

    /// <summary>Major number of a device.</summary>
    public int Major { get; init; }

    /// <summary>Minor number of a device.</summary>
    public int Minor { get; init; }

    /// <summary>Text of a symbolic link.</summary>
    public string? LinkTarget { get; init; }

    /// <summary>Content of a file.</summary>
    public FileContent? Content { get; init; }

    /// <summary>Extended attributes by full name (<c>security.capability</c>).</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<byte>> Xattrs { get; init; } = EmptyXattrs;

    private static readonly ImmutableSortedDictionary<string, ImmutableArray<byte>> EmptyXattrs =
        ImmutableSortedDictionary.Create<string, ImmutableArray<byte>>(StringComparer.Ordinal);

    /// <summary>A regular file.</summary>
    public static RootFsEntry File(string path, FileContent content, int mode = 0b110_100_100) =>
        new() { Path = TargetPath.Parse(path), Kind = EntryKind.File, Mode = mode, Content = content };

    /// <summary>A folder.</summary>
    public static RootFsEntry Folder(string path, int mode = 0b111_101_101) =>
        new() { Path = TargetPath.Parse(path), Kind = EntryKind.Folder, Mode = mode };

    /// <summary>A symbolic link.</summary>
    public static RootFsEntry Symlink(string path, string target) =>
        new() { Path = TargetPath.Parse(path), Kind = EntryKind.Symlink, Mode = 0b111_111_111, LinkTarget = target };

    /// <summary>Whether both would be stored alike, wherever they lie.</summary>
    public bool SameAs(RootFsEntry other) => DifferencesFrom(other).Length == 0;

    /// <summary>What differs, as words for a message: <c>mode 0755 and 0700</c>.</summary>
    public ImmutableArray<string> DifferencesFrom(RootFsEntry other)
    {
        if (Kind != other.Kind)
            return [$"{Words(Kind)} and {Words(other.Kind)}"];
        var differences = ImmutableArray.CreateBuilder<string>();
        if (Mode != other.Mode)
            differences.Add($"mode {Octal(Mode)} and {Octal(other.Mode)}");
        if ((Uid, Gid) != (other.Uid, other.Gid))
            differences.Add($"owner {Uid}:{Gid} and {other.Uid}:{other.Gid}");
        if ((Major, Minor) != (other.Major, other.Minor))
            differences.Add($"device {Major}:{Minor} and {other.Major}:{other.Minor}");
        if (LinkTarget != other.LinkTarget)
            differences.Add($"link to `{LinkTarget}` and to `{other.LinkTarget}`");
        if (Content != other.Content)
            differences.Add("different content");
        if (Xattrs.Count != other.Xattrs.Count || Xattrs.Any(pair => !other.Xattrs.TryGetValue(pair.Key, out var value) || !pair.Value.AsSpan().SequenceEqual(value.AsSpan())))
            differences.Add("different extended attributes");
        return differences.ToImmutable();
    }

    /// <summary>A kind as a word for messages.</summary>
    public static string Words(EntryKind kind) => kind switch
    {
        EntryKind.File => "file",
        EntryKind.Folder => "folder",
        EntryKind.Symlink => "symbolic link",
        EntryKind.CharacterDevice => "character device",
        EntryKind.BlockDevice => "block device",
        _ => "named pipe",
    };

    private static string Octal(int mode) => Convert.ToString(mode, 8).PadLeft(4, '0');
}
