// TF-A's firmware image package: a table of contents, and what it leads to. Unaware of disks.

using System.Buffers.Binary;
using System.Collections.Immutable;
using Imagecraft.Boards.DeviceTrees;

namespace Imagecraft.Boards.BootChains;

/// <remarks>Source: TF-A, include/tools_share/firmware_image_package.h and docs/design/firmware-design.rst (Firmware Image Package).</remarks>
internal static class FipStage
{
    private const int HeaderSize = 16, EntrySize = 40, MostEntries = 64;
    private const uint Name = 0xaa640001;
    private const string Tree = "hw-config";

    // Identifiers as they stand in the file.
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["47d4086d4cfe98469b952950cbbd5a00"] = "bl31",
        ["05d0e18953dc13478d2b500a4b7a3e38"] = "bl32",
        ["0b70c29b2a5a78409f650a5682738288"] = "bl32-extra1",
        ["8ea87bb1cfa23f4d85fde7bba50220d9"] = "bl32-extra2",
        ["d6d0eea7fcead54b97829934f234b6e4"] = "bl33",
        ["08b8f1d9c9cf9349a9626fbc6b7265cc"] = Tree,
        ["5807e16a845947be8ed5648e8dddab0e"] = "fw-config",
        ["9979814b0376fb468c8e8d267f7859e0"] = "soc-fw-config",
    };

    public static FoundStage? Read(ReadOnlyMemory<byte> bytes, StageFindings findings)
    {
        var head = bytes.Span;
        if (head.Length < HeaderSize + EntrySize || BinaryPrimitives.ReadUInt32LittleEndian(head) != Name)
        {
            findings.Stage($"has no table of contents (`01 00 64 aa`) where BL2 reads it");
            return null;
        }

        var images = ImmutableArray.CreateBuilder<FoundImage>();
        long end = HeaderSize;
        for (var at = HeaderSize; ; at += EntrySize)
        {
            if (at + EntrySize > head.Length || images.Count > MostEntries)
            {
                findings.Stage($"has a table of contents without an end");
                return null;
            }

            var entry = head.Slice(at, EntrySize);
            if (!entry[..16].ContainsAnyExcept((byte)0))
                break;
            var identifier = Convert.ToHexStringLower(entry[..16]);
            var name = Names.GetValueOrDefault(identifier, identifier);
            var (first, size) = (BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]), BinaryPrimitives.ReadUInt64LittleEndian(entry[24..]));
            if (first > (ulong)bytes.Length || size > (ulong)bytes.Length - first)
            {
                findings.Image(name, $"is cut: it has {size} bytes from {first} on, its package {bytes.Length}");
                continue;
            }

            end = Math.Max(end, (long)(first + size));
            images.Add(new(name, bytes.Slice((int)first, (int)size)));
        }

        return new(end, images.ToImmutable(), images.FirstOrDefault(i => i.Name == Tree) is { } tree ? TreeOf(tree, findings) : null);
    }

    private static DeviceTree? TreeOf(FoundImage image, StageFindings findings)
    {
        try
        {
            return DeviceTree.Read(image.Data);
        }
        catch (DeviceTreeException problem)
        {
            findings.Image(image.Name, $"{problem.Message}");
            return null;
        }
    }
}
