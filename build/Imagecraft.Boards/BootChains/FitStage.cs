// U-Boot's flattened image tree as SPL takes it apart: its default configuration and the images that this names. Unaware of disks.

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Imagecraft.Boards.DeviceTrees;
using Imagecraft.Images.Disks;

namespace Imagecraft.Boards.BootChains;

/// <remarks>Source: Flat Image Tree specification 0.8, chapters 2 to 4 (https://fitspec.osfw.foundation).</remarks>
internal static class FitStage
{
    private const string NoCompression = "none";

    /// <summary>Images of the default configuration, in the order in which SPL loads them.</summary>
    /// <param name="bytes">From its first byte on.</param>
    /// <param name="findings">Takes problems.</param>
    /// <param name="hasPlainTree">Whether its device tree is one; false where a signature may lie before it.</param>
    public static FoundStage? Read(ReadOnlyMemory<byte> bytes, StageFindings findings, bool hasPlainTree = true)
    {
        DeviceTree fit;
        try
        {
            fit = DeviceTree.Read(bytes);
        }
        catch (DeviceTreeException problem)
        {
            findings.Stage($"{problem.Message}");
            return null;
        }

        var configurations = fit.Root.Child("configurations");
        if (fit.Root.Child("images") is not { } nodes || configurations?.Text("default") is not { } chosen || configurations.Child(chosen) is not { } configuration)
        {
            findings.Stage($"is no FIT image with a default configuration");
            return null;
        }

        var images = ImmutableArray.CreateBuilder<FoundImage>();
        long end = fit.Size;
        foreach (var name in new[] { "firmware", "loadables", "fdt" }.SelectMany(configuration.Strings).Distinct())
        {
            if (nodes.Child(name) is not { } node)
                findings.Stage($"has no image `{name}`, which its configuration `{chosen}` loads");
            else if (Data(fit, node, bytes, ref end) is { } data)
                images.Add(Image(node, data, findings));
            else
                findings.Image(name, $"is cut: its data leads out of what is there ({bytes.Length} bytes)");
        }

        var tree = configuration.Text("fdt") is { } treeName ? images.FirstOrDefault(i => i.Name == treeName) : null;
        return new(end, images.ToImmutable(), tree is null || !hasPlainTree ? null : Tree(tree, findings));
    }

    private static FoundImage Image(DeviceNode node, ReadOnlyMemory<byte> data, StageFindings findings)
    {
        foreach (var hash in node.Children.Where(c => c.Name == "hash" || c.Name.StartsWith("hash-", StringComparison.Ordinal) || c.Name.StartsWith("hash@", StringComparison.Ordinal)))
        {
            if (Hash(hash.Text("algo"), data.Span) is not { } computed)
                findings.Image(node.Name, $"has a hash `{hash.Text("algo")}`, which is not known here");
            else if (!hash.Properties.TryGetValue("value", out var value) || !computed.AsSpan().SequenceEqual(value.Span))
                findings.Image(node.Name, $"has another {hash.Text("algo")} than its node says");
        }

        var isPacked = (node.Text("compression") ?? NoCompression) != NoCompression;
        var isCode = !isPacked && node.Text("type") is "standalone" or "firmware" or "kernel" or "tee";
        InstructionSet? code = (isCode, node.Text("arch")) switch
        {
            (true, "arm64") => InstructionSet.Arm64,
            (true, "riscv") => InstructionSet.Riscv,
            _ => null,
        };
        // Segments of a program that are only data are firmware, too; what is entered says so, or it is the only one.
        return new(node.Name, data, node.Number("load"), node.Number("entry"), node.Properties.ContainsKey("entry") || node.Text("type") == "standalone" ? code : null);
    }

    private static DeviceTree? Tree(FoundImage image, StageFindings findings)
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

    // Within the tree, or behind it: from its end, rounded up to 4 bytes, or from its start.
    private static ReadOnlyMemory<byte>? Data(DeviceTree fit, DeviceNode node, ReadOnlyMemory<byte> bytes, ref long end)
    {
        if (node.Properties.TryGetValue("data", out var inside))
            return inside;
        var start = node.Number("data-position") ?? (node.Number("data-offset") is { } offset ? (ulong)((fit.Size + 3) & ~3) + offset : null);
        if (start is not { } first || node.Number("data-size") is not { } size || first > (ulong)bytes.Length || size > (ulong)bytes.Length - first)
            return null;
        end = Math.Max(end, (long)(first + size));
        return bytes.Slice((int)first, (int)size);
    }

    private static byte[]? Hash(string? algorithm, ReadOnlySpan<byte> data)
    {
        switch (algorithm)
        {
            case "sha256":
                return SHA256.HashData(data);
            case "sha384":
                return SHA384.HashData(data);
            case "sha512":
                return SHA512.HashData(data);
            case "crc32":
                var sum = new byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(sum, Crc32.Of(data));
                return sum;
            default:
                return null;
        }
    }
}
