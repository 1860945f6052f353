// The menu file that U-Boot looks for on a partition, and what its default entry names. Unaware of disks.

namespace Imagecraft.Boards.BootChains;

/// <remarks>Source: U-Boot, doc/usage/cmd/pxe.rst, boot/pxe_utils.c and boot/bootmeth_extlinux.c; the Boot Loader Specification's forerunner of Syslinux.</remarks>
internal static class ExtlinuxStage
{
    private static readonly string[] Places = ["/extlinux/extlinux.conf", "/boot/extlinux/extlinux.conf"];

    public static void Read(BootVolume volume, StageFindings findings)
    {
        var place = Places.FirstOrDefault(p => volume.Text(p) is not null);
        if (place is null || volume.Text(place) is not { } text)
        {
            findings.Stage($"has none of [{string.Join(", ", Places)}], which U-Boot looks for");
            return;
        }

        var folder = place[..place.LastIndexOf('/')];
        string? chosen = null, label = null;
        var entries = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#'))
        {
            var (word, rest) = line.Split([' ', '\t'], 2) is [var first, var more] ? (first.ToLowerInvariant(), more.Trim()) : (line.ToLowerInvariant(), "");
            if (word == "default" && label is null)
                chosen = rest;
            else if (word == "label")
                entries[label = rest] = [];
            else if (label is not null)
                entries[label][word] = rest;
        }

        // Without a default U-Boot takes the first.
        if ((chosen ?? entries.Keys.FirstOrDefault()) is not { } name || !entries.TryGetValue(name, out var entry))
        {
            findings.Stage($"has no entry `{chosen}` in {place}; there are [{string.Join(", ", entries.Keys)}]");
            return;
        }

        if (Path("kernel", "linux") is not { } kernel)
        {
            findings.Stage($"names no `kernel` in the entry `{name}` of {place}");
            return;
        }

        if (Path("fdt", "devicetree") is { } tree)
            volume.KernelAndTree(kernel, tree);
        else if (Path("fdtdir", "devicetreedir") is { } trees)
            volume.KernelAndTrees(kernel, trees);
        else
            findings.Stage($"names neither `fdt` nor `fdtdir` in the entry `{name}` of {place}; the kernel would get U-Boot's own device tree");
        if (Path("initrd") is { } initrd)
            volume.Need(initrd, "the initramfs");
        volume.CommandLine(entry.GetValueOrDefault("append", ""), place);

        // Relative names are seen from the menu's folder.
        string? Path(params string[] words) => words.Select(w => entry.GetValueOrDefault(w)).FirstOrDefault(p => p is { Length: > 0 }) is { } path ? path.StartsWith('/') ? path : $"{folder}/{path}" : null;
    }
}
