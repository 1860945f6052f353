// Partition types by name, for both kinds of tables. Unaware of disks.

using System.Globalization;

namespace Imagecraft.Images.Disks;

/// <summary>What a partition is for.</summary>
/// <param name="Gpt">Its type GUID; null when only an MBR has such a type.</param>
/// <param name="Mbr">Its type byte; null when only a GPT has such a type.</param>
/// <remarks>Source: UEFI specification, table of defined partition types; UAPI Group's Discoverable Partitions Specification; the list of MBR types that sfdisk prints.</remarks>
public readonly record struct PartitionType(Guid? Gpt, byte? Mbr)
{
    private const byte MbrLinux = 0x83;

    private static readonly SortedDictionary<string, PartitionType> Named = new(StringComparer.Ordinal)
    {
        ["esp"] = new(new("c12a7328-f81f-11d2-ba4b-00a0c93ec93b"), 0xef),
        ["linux"] = new(new("0fc63daf-8483-4772-8e79-3d69d8477de4"), MbrLinux),
        ["linux-root-arm"] = new(new("69dad710-2ce4-4e3c-b16c-21a1d49abed3"), MbrLinux),
        ["linux-root-arm64"] = new(new("b921b045-1df0-41c3-af44-4c6f280d3fae"), MbrLinux),
        ["linux-root-riscv64"] = new(new("72ec70a6-cf74-40e6-bd49-4bda08e8f224"), MbrLinux),
        ["linux-root-x86-64"] = new(new("4f68bce3-e8cd-4db1-96e7-fbcaf984b709"), MbrLinux),
        ["vfat"] = new(new("ebd0a0a2-b9e5-4433-87c0-68b6b72699c7"), 0x0c),
    };

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> Names => Named.Keys;

    /// <summary>The type of a name, or the GUID or MBR type (<c>0x0c</c>) that <paramref name="type"/> itself writes.</summary>
    /// <exception cref="ImageInputException">It is none of them.</exception>
    public static PartitionType Parse(string type)
    {
        if (Named.TryGetValue(type, out var known))
            return known;
        if (Guid.TryParse(type, out Guid guid))
            return new(guid, null);
        if (type.StartsWith("0x", StringComparison.Ordinal) && byte.TryParse(type.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte mbr))
            return new(null, mbr);
        throw new ImageInputException($"Partition type `{type}` is neither a GUID nor an MBR type such as `0x0c` nor one of [{string.Join(", ", Named.Keys.Select(name => $"`{name}`"))}]");
    }
}
