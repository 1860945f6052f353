// Capabilities and extended attributes as file systems store them. Unaware of rules' globs.

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Images.RootFs;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

internal static class ExtendedAttributes
{
    private const string CapabilityName = "security.capability";

    /// <summary>VFS_CAP_REVISION_2, and VFS_CAP_FLAGS_EFFECTIVE. Source: include/uapi/linux/capability.h of Linux, <c>struct vfs_cap_data</c>.</summary>
    private const uint Revision = 0x0200_0000, Effective = 1;

    private const int Words = 2, BitsOfWord = 32, WordSize = 4;

    /// <summary>Those of the entry with those of the rule, which stand for others of their name.</summary>
    /// <exception cref="ActionFailedException">Something else than a program gets capabilities.</exception>
    public static ImmutableSortedDictionary<string, ImmutableArray<byte>> Added(RootFsEntry entry, AttributePlan plan)
    {
        var all = entry.Xattrs;
        if (plan.Capabilities is { } capabilities)
        {
            if (entry.Kind != EntryKind.File)
                throw new ActionFailedException($"`{entry.Path}` is a {RootFsEntry.Words(entry.Kind)}, and only programs have capabilities; narrow `{plan.Path}`");
            all = all.SetItem(CapabilityName, Packed(capabilities));
        }

        return plan.Xattrs is { } xattrs ? all.SetItems(xattrs.Select(x => KeyValuePair.Create(x.Key, Bytes(x.Value)))) : all;
    }

    /// <summary>All of a tree but capabilities, which every maker of file systems takes from the tar; see <see cref="MakeRootFsRequest.XattrsOutput"/>.</summary>
    public static string List(RootFsTree tree) => string.Concat(
        from owned in tree.Entries
        from xattr in owned.Entry.Xattrs
        where xattr.Key != CapabilityName
        select $"{owned.Entry.Path}\t{xattr.Key}\t{Convert.ToHexStringLower(xattr.Value.AsSpan())}\n");

    private static ImmutableArray<byte> Packed(ImmutableArray<int> capabilities)
    {
        var permitted = new uint[Words];
        foreach (var number in capabilities)
            permitted[number / BitsOfWord] |= 1u << (number % BitsOfWord);
        // For each word: permitted, then inheritable, of which there are none.
        var data = new byte[WordSize + (Words * 2 * WordSize)];
        BinaryPrimitives.WriteUInt32LittleEndian(data, Revision | Effective);
        for (var word = 0; word < Words; word++)
            BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(WordSize + (word * 2 * WordSize)), permitted[word]);
        return [.. data];
    }

    private static ImmutableArray<byte> Bytes(string value) => value.StartsWith("0x", StringComparison.Ordinal) ? [.. Convert.FromHexString(value[2..])] : [.. Encoding.UTF8.GetBytes(value)];
}
