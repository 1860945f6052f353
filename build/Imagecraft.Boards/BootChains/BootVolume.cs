// The boot files on a partition, and what is told of those that a loader needs: kernel, device tree, command line. Unaware of loaders' own files.

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Imagecraft.Boards.DeviceTrees;

namespace Imagecraft.Boards.BootChains;

/// <summary>Reads boot files for a stage.</summary>
/// <param name="stage">What the board says of it.</param>
/// <param name="volume">Content of a file by its path; null when it is not there.</param>
/// <param name="below">Paths of the files below a folder.</param>
/// <param name="findings">Takes problems.</param>
internal sealed class BootVolume(BootStage stage, Func<string, byte[]?> volume, Func<string, IEnumerable<string>> below, StageFindings findings)
{
    /// <summary>Names in the board's description.</summary>
    public const string Kernel = "kernel", Tree = "fdt";

    private readonly ImmutableArray<string>.Builder lines = ImmutableArray.CreateBuilder<string>();

    /// <summary>What was found, for people.</summary>
    public ImmutableArray<string> Lines => lines.ToImmutable();

    /// <summary>A file, or a problem when it is not there or empty.</summary>
    public byte[]? Need(string path, string who)
    {
        if (volume(path) is { Length: > 0 } bytes)
        {
            lines.Add($"{path}: {bytes.Length} bytes");
            return bytes;
        }

        findings.Stage($"needs `{path}` ({who}), which {(volume(path) is null ? "is not on the partition" : "is empty")}");
        return null;
    }

    /// <summary>A text, or null when it is not there.</summary>
    public string? Text(string path) => volume(path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>Kernel and device tree: forms, and that the kernel with what it takes besides does not reach the tree where both are loaded to.</summary>
    public void KernelAndTree(string kernelPath, string? treePath)
    {
        var kernel = stage.Images.FirstOrDefault(i => i.Name == Kernel);
        var memory = Need(kernelPath, "the kernel") is { } image ? MemoryOf(image, kernel?.Code, kernelPath) : null;
        if (treePath is null)
            return;
        if (Need(treePath, "the device tree") is { } blob)
            Compatible(blob, treePath);
        if (memory is { } size && kernel?.Load is { } first && stage.Images.FirstOrDefault(i => i.Name == Tree)?.Load is { } tree && tree >= first && tree < first + size)
            findings.Image(kernelPath, $"takes {size} bytes from 0x{first:x} on and so lies over the device tree at 0x{tree:x}");
    }

    /// <summary>The same with all device trees below a folder, of which the loader takes the one of the very board: one is that board's.</summary>
    public void KernelAndTrees(string kernelPath, string folder)
    {
        var trees = below(folder).Where(path => path.EndsWith(".dtb", StringComparison.OrdinalIgnoreCase)).Select(path => (Path: path, Root: Root(path))).ToList();
        if (trees.FirstOrDefault(tree => stage.Compatible is not { } wanted || tree.Root.Contains(wanted)) is { Path: { } own })
            KernelAndTree(kernelPath, own);
        else
            findings.Stage($"needs a device tree of `{stage.Compatible}` below `{folder}`, where there {(trees.Count == 0 ? "is none" : $"are [{string.Join(", ", trees.Select(tree => tree.Path))}]")}");
    }

    private ImmutableArray<string> Root(string path)
    {
        try
        {
            return [.. DeviceTree.Read(volume(path) ?? []).Root.Compatible];
        }
        catch (DeviceTreeException problem)
        {
            findings.Image(path, $"{problem.Message}");
            return [];
        }
    }

    /// <summary>A command line of one line with a root file system.</summary>
    public void CommandLine(string text, string where)
    {
        if (text.TrimEnd('\n', '\r', ' ').Contains('\n', StringComparison.Ordinal))
            findings.Stage($"has a command line in {where} of several lines; only the first is passed on");
        if (!$" {text}".Contains(" root=", StringComparison.Ordinal))
            findings.Stage($"has a command line without `root=` in {where}");
    }

    // The bytes that a kernel takes of memory; null when it is none.
    // Sources: the kernel's Documentation/arch/arm64/booting.rst and Documentation/arch/riscv/boot-image-header.rst.
    private ulong? MemoryOf(byte[] image, InstructionSet? code, string path)
    {
        if (image.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
        {
            findings.Image(path, $"is packed by gzip; `booti` and the firmware want it plain, where nobody says where to unpack it");
            return null;
        }

        var found = image.Length < 64 ? null : image.AsSpan(56, 4).SequenceEqual("ARM\x64"u8) ? InstructionSet.Arm64 : image.AsSpan(56, 4).SequenceEqual("RSC\x05"u8) ? InstructionSet.Riscv : (InstructionSet?)null;
        if (found is null || (code is { } wanted && found != wanted))
            findings.Image(path, $"{(found is null ? "is no kernel: its header has no magic number at byte 56" : "is a kernel for another architecture")}");
        return found is null ? null : Math.Max(BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(16)), (ulong)image.Length);
    }

    private void Compatible(byte[] blob, string path)
    {
        try
        {
            var tree = DeviceTree.Read(blob);
            lines.Add($"device tree of [{string.Join(", ", tree.Root.Compatible)}]");
            if (stage.Compatible is { } wanted && !tree.Root.Compatible.Contains(wanted))
                findings.Image(path, $"is a device tree of [{string.Join(", ", tree.Root.Compatible)}], not one of `{wanted}`");
        }
        catch (DeviceTreeException problem)
        {
            findings.Image(path, $"{problem.Message}");
        }
    }
}
