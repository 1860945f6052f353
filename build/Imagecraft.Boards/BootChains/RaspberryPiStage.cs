// What the Raspberry Pi's firmware reads from its boot partition by `config.txt`. Unaware of disks.

namespace Imagecraft.Boards.BootChains;

/// <remarks>Source: Raspberry Pi documentation, "config.txt" (https://www.raspberrypi.com/documentation/computers/config_txt.html) and "Boot folder contents".</remarks>
internal static class RaspberryPiStage
{
    private const string Configuration = "/config.txt";
    private const int LongestLine = 98;

    // The filters of `config.txt` and the loaders by what a board's device tree is compatible with. The Raspberry Pi 5 has them in its EEPROM.
    private static readonly Dictionary<string, Model> Models = new(StringComparer.Ordinal)
    {
        ["raspberrypi,3-model-b"] = new("pi3", "bootcode.bin", "start.elf", "fixup.dat", "bcm2710-rpi-3-b.dtb"),
        ["raspberrypi,3-model-b-plus"] = new("pi3+", "bootcode.bin", "start.elf", "fixup.dat", "bcm2710-rpi-3-b-plus.dtb"),
        ["raspberrypi,4-model-b"] = new("pi4", null, "start4.elf", "fixup4.dat", "bcm2711-rpi-4-b.dtb"),
        ["raspberrypi,5-model-b"] = new("pi5", null, null, null, "bcm2712-rpi-5-b.dtb"),
    };

    private sealed record Model(string Filter, string? First, string? Start, string? Fixup, string Tree);

    public static void Read(BootStage stage, BootVolume volume, StageFindings findings)
    {
        if (stage.Compatible is not { } compatible || Models.GetValueOrDefault(compatible) is not { } model)
        {
            findings.Stage($"needs `compatible` of a Raspberry Pi, one of [{string.Join(", ", Models.Keys)}]");
            return;
        }

        if (volume.Text(Configuration) is not { } text)
        {
            findings.Stage($"has no {Configuration}, which the firmware reads");
            return;
        }

        var (values, overlays) = Settings(text, model, findings);
        var prefix = "/" + values.GetValueOrDefault("os_prefix", "").TrimStart('/');
        if (model.First is { } first)
            volume.Need($"/{first}", "the first loader");
        if (model.Start is { } start)
        {
            var program = values.GetValueOrDefault("start_file", start);
            if (volume.Need($"/{program}", "the GPU's firmware") is { } firmware && !firmware.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F']))
                findings.Image(program, $"is no ELF file, as the GPU's firmware is");
            volume.Need($"/{values.GetValueOrDefault("fixup_file", model.Fixup!)}", "it fits the firmware to the memory");
        }

        if (values.GetValueOrDefault("arm_64bit") == "0")
            findings.Stage($"starts the CPU with 32 bits (`arm_64bit=0`), but its kernel has 64");
        var kernel = values.GetValueOrDefault("kernel") ?? (model.Filter == "pi5" && volume.Text(prefix + "kernel_2712.img") is not null ? "kernel_2712.img" : "kernel8.img");
        volume.KernelAndTree(prefix + kernel, prefix + values.GetValueOrDefault("device_tree", model.Tree));
        foreach (var overlay in overlays)
            volume.Need($"{prefix}{values.GetValueOrDefault("overlay_prefix", "overlays/")}{overlay}.dtbo", "an overlay");
        if (values.GetValueOrDefault("initramfs") is { } initramfs)
            volume.Need(prefix + initramfs.Split(' ')[0], "the initramfs");
        var file = values.GetValueOrDefault("cmdline", "cmdline.txt");
        if (volume.Need(prefix + file, "the kernel's arguments") is null)
            return;
        var line = volume.Text(prefix + file)!;
        volume.CommandLine(line, prefix + file);
        // The small UART's clock is the GPU's, which only this setting keeps still.
        if (model.Filter != "pi5" && line.Contains("console=ttyS", StringComparison.Ordinal) && values.GetValueOrDefault("enable_uart") != "1")
            findings.Stage($"has its console on the small UART ({line.Trim()}), whose speed is right only with `enable_uart=1` in {Configuration}");
    }

    // A filter counts until the next; `[all]` ends them. What a filter means that is not known here counts for no board.
    private static (Dictionary<string, string> Values, List<string> Overlays) Settings(string text, Model model, StageFindings findings)
    {
        var (values, overlays, counts) = (new Dictionary<string, string>(StringComparer.Ordinal), new List<string>(), true);
        foreach (var line in text.Split('\n').Select(l => l.TrimEnd('\r').Trim()).Where(l => l.Length > 0 && l[0] != '#'))
        {
            if (line.Length > LongestLine)
                findings.Stage($"has a line of {line.Length} characters in {Configuration}; the firmware reads {LongestLine}: `{line[..24]}...`");
            if (line.StartsWith('[') && line.EndsWith(']'))
                counts = line[1..^1] == "all" || line[1..^1] == model.Filter;
            else if (counts && line.Split([' '], 3) is ["initramfs", var name, ..])
                values["initramfs"] = name;
            else if (counts && line.Split('=', 2) is [var key, var value])
                Set(key.Trim(), value.Trim());
        }

        return (values, overlays);

        void Set(string key, string value)
        {
            if (key == "dtoverlay" && value.Length > 0)
                overlays.Add(value.Split(',')[0]);
            else if (key is "auto_initramfs" or "dtparam" or "dtoverlay")
                return;
            else
                values[key] = value;
        }
    }
}
