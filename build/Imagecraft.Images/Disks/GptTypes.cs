// Partition types by name. Unaware of disks.

namespace Imagecraft.Images.Disks;

/// <summary>GPT partition type GUIDs.</summary>
/// <remarks>Source: UEFI specification, table of defined partition types; UAPI Group's Discoverable Partitions Specification.</remarks>
public static class GptTypes
{
    private static readonly SortedDictionary<string, Guid> Named = new(StringComparer.Ordinal)
    {
        ["esp"] = new("c12a7328-f81f-11d2-ba4b-00a0c93ec93b"),
        ["linux"] = new("0fc63daf-8483-4772-8e79-3d69d8477de4"),
        ["linux-root-arm"] = new("69dad710-2ce4-4e3c-b16c-21a1d49abed3"),
        ["linux-root-arm64"] = new("b921b045-1df0-41c3-af44-4c6f280d3fae"),
        ["linux-root-riscv64"] = new("72ec70a6-cf74-40e6-bd49-4bda08e8f224"),
        ["linux-root-x86-64"] = new("4f68bce3-e8cd-4db1-96e7-fbcaf984b709"),
    };

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> Names => Named.Keys;

    /// <summary>The GUID of a name, or the GUID that <paramref name="type"/> itself writes.</summary>
    /// <exception cref="ImageInputException">It is neither.</exception>
    public static Guid Parse(string type) =>
        Named.TryGetValue(type, out Guid known) || Guid.TryParse(type, out known)
            ? known
            : throw new ImageInputException($"Partition type `{type}` is neither a GUID nor one of [{string.Join(", ", Named.Keys.Select(name => $"`{name}`"))}]");
}
