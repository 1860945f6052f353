// Boot partitions as U-Boot and the Raspberry Pi's firmware read them.

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using Imagecraft.Boards.BootChains;

namespace Imagecraft.Boards.Tests;

public sealed class BootFileTests
{
    private const string Menu = "# the menu\ndefault linux\nlabel linux\n  kernel /Image\n  fdt /board.dtb\n  append console=ttyS2 root=PARTLABEL=root\n";
    private const string Configuration = "arm_64bit=1\nkernel=kernel8.img\ndevice_tree=board.dtb\nenable_uart=1\n";

    private static byte[] Sample(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Samples", name));

    private static byte[] Unpacked(string name)
    {
        using var packed = new GZipStream(new MemoryStream(Sample(name)), CompressionMode.Decompress);
        using var all = new MemoryStream();
        packed.CopyTo(all);
        return all.ToArray();
    }

    private static byte[] Board { get; } = FitTree();

    // The tree of `acme,board` is within the sample FIT.
    private static byte[] FitTree()
    {
        var fit = Sample("inside.itb");
        var at = fit.AsSpan(4).IndexOf((ReadOnlySpan<byte>)[0xd0, 0x0d, 0xfe, 0xed]) + 4;
        return fit[at..(at + BinaryPrimitives.ReadInt32BigEndian(fit.AsSpan(at + 4)))];
    }

    // A header as the kernel's documents have it: the memory that it takes at byte 16, magic at byte 56.
    private static byte[] Kernel(string magic = "ARM\x64", long memory = 8192)
    {
        var image = new byte[4096];
        BinaryPrimitives.WriteInt64LittleEndian(image.AsSpan(16), memory);
        Encoding.ASCII.GetBytes(magic).CopyTo(image, 56);
        return image;
    }

    private static Dictionary<string, byte[]> Files(string name, string text) => new(StringComparer.Ordinal)
    {
        [name] = Encoding.UTF8.GetBytes(text),
        ["/Image"] = Kernel(),
        ["/kernel8.img"] = Kernel(),
        ["/board.dtb"] = Board,
        ["/cmdline.txt"] = "console=ttyS1,115200 root=PARTLABEL=root\n"u8.ToArray(),
        ["/start4.elf"] = [0x7f, (byte)'E', (byte)'L', (byte)'F', 1],
        ["/fixup4.dat"] = [1],
    };

    private static ImmutableArray<string> Extlinux(string menu = Menu, BootStage? stage = null, Action<Dictionary<string, byte[]>>? change = null)
    {
        var files = Files("/extlinux/extlinux.conf", menu);
        change?.Invoke(files);
        var findings = new StageFindings("boot");
        ExtlinuxStage.Read(new BootVolume(stage ?? new BootStage("boot", BootFormat.Extlinux, "x") { Compatible = "acme,board", Images = [new("kernel", null, null, InstructionSet.Arm64, null)] }, files.GetValueOrDefault, folder => files.Keys.Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal), findings), findings);
        return [.. findings.Problems];
    }

    private static ImmutableArray<string> RaspberryPi(string configuration = Configuration, Action<Dictionary<string, byte[]>>? change = null, string compatible = "raspberrypi,4-model-b")
    {
        var files = Files("/config.txt", configuration);
        change?.Invoke(files);
        var findings = new StageFindings("boot");
        // The sample tree is another board's, which is told once in each test; its own test holds the rest against none.
        RaspberryPiStage.Read(new BootStage("boot", BootFormat.RaspberryPi, "x") { Compatible = compatible }, new BootVolume(new("boot", BootFormat.RaspberryPi, "x") { Compatible = "acme,board" }, files.GetValueOrDefault, folder => files.Keys.Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal), findings), findings);
        return [.. findings.Problems];
    }

    [Theory]
    [InlineData("fat12.gz")]
    [InlineData("fat16.gz")]
    [InlineData("fat32.gz")]
    public void Files_of_each_width_of_FAT_are_read_by_long_and_short_names_in_any_case(string sample)
    {
        var volume = FatVolume.Open(new MemoryStream(Unpacked(sample)), 0)!;
        Assert.Equal("default linux\n", Encoding.ASCII.GetString(volume.Read("/extlinux/extlinux.conf")!));
        Assert.Equal("default linux\n", Encoding.ASCII.GetString(volume.Read("short.txt")!));
        Assert.Equal(Enumerable.Repeat((byte)'k', 5000), volume.Read("/JH7110-StarFive-VisionFive-2-v1.3b.DTB")!);
        Assert.Null(volume.Read("/extlinux/none"));
        Assert.Null(volume.Read("/extlinux"));
        Assert.Null(volume.Read("/short.txt/none"));
        Assert.Equal(["/EXTLINUX/extlinux.conf"], volume.Below("/EXTLINUX/"));
        Assert.Contains("/extlinux/extlinux.conf", volume.Below(""), StringComparer.OrdinalIgnoreCase);
        Assert.Empty(volume.Below("/none"));
        Assert.Empty(volume.Below("/short.txt"));
    }

    [Fact]
    public void What_is_no_FAT_is_none() => Assert.Null(FatVolume.Open(new MemoryStream(new byte[4096]), 0));

    [Theory]
    [InlineData("fat12.gz")]
    [InlineData("fat32.gz")]
    public void A_damaged_volume_ends_in_no_file_and_never_in_a_loop(string sample)
    {
        var bytes = Unpacked(sample);
        for (var at = 512; at < 4096; at += 3)
        {
            byte[] whole = [.. bytes.AsSpan(at, 3)];
            bytes.AsSpan(at, 3).Fill((byte)at);
            FatVolume.Open(new MemoryStream(bytes), 0)?.Read("/extlinux/extlinux.conf");
            FatVolume.Open(new MemoryStream(bytes), 0)?.Below("");
            whole.CopyTo(bytes, at);
        }
    }

    [Fact]
    public void A_good_menu_has_no_problem_with_or_without_a_default()
    {
        Assert.Empty(Extlinux());
        Assert.Empty(Extlinux(Menu.Replace("default linux\n", "", StringComparison.Ordinal)));
        Assert.Empty(Extlinux(Menu.Replace("kernel /Image", "LINUX ../Image", StringComparison.Ordinal), change: files => files["/extlinux/../Image"] = files["/Image"]));
    }

    [Theory]
    [InlineData("default linux", "default other", "`boot` has no entry `other` in /extlinux/extlinux.conf; there are [linux]")]
    [InlineData("  kernel /Image\n", "", "`boot` names no `kernel` in the entry `linux` of /extlinux/extlinux.conf")]
    [InlineData("/Image", "/vmlinux", "`boot` needs `/vmlinux` (the kernel), which is not on the partition")]
    [InlineData("  fdt /board.dtb\n", "", "`boot` names neither `fdt` nor `fdtdir` in the entry `linux` of /extlinux/extlinux.conf; the kernel would get U-Boot's own device tree")]
    [InlineData("/board.dtb", "/Image", "`/Image` in `boot` is no device tree: it does not begin with `d0 0d fe ed`")]
    [InlineData("  fdt", "  initrd /initrd\n  fdt", "`boot` needs `/initrd` (the initramfs), which is not on the partition")]
    [InlineData(" root=PARTLABEL=root", "", "`boot` has a command line without `root=` in /extlinux/extlinux.conf")]
    public void A_menu_that_does_not_boot_is_told(string was, string becomes, string problem) => Assert.Equal([problem], Extlinux(Menu.Replace(was, becomes, StringComparison.Ordinal)));

    [Fact]
    public void Of_a_folder_of_device_trees_the_board_s_own_is_taken()
    {
        var menu = Menu.Replace("fdt /board.dtb", "fdtdir /dtb", StringComparison.Ordinal);
        Assert.Empty(Extlinux(menu, change: files => (files["/dtb/acme/board.dtb"], files["/dtb/note.txt"]) = (Board, [1])));
        Assert.Equal(["`boot` needs a device tree of `acme,board` below `/dtb`, where there is none"], Extlinux(menu));
        Assert.Equal(
            ["`/dtb/a.dtb` in `boot` is no device tree: it does not begin with `d0 0d fe ed`", "`boot` needs a device tree of `acme,board` below `/dtb`, where there are [/dtb/a.dtb]"],
            Extlinux(menu, change: files => files["/dtb/a.dtb"] = [1, 2, 3, 4]));
    }

    [Fact]
    public void A_partition_without_a_menu_is_told() => Assert.Equal(
        ["`boot` has none of [/extlinux/extlinux.conf, /boot/extlinux/extlinux.conf], which U-Boot looks for"], Extlinux(change: files => files.Remove("/extlinux/extlinux.conf")));

    [Fact]
    public void Kernels_that_U_Boot_cannot_start_are_told()
    {
        Assert.Equal(["`/Image` in `boot` is a kernel for another architecture"], Extlinux(change: files => files["/Image"] = Kernel("RSC\x05")));
        Assert.Equal(["`/Image` in `boot` is no kernel: its header has no magic number at byte 56"], Extlinux(change: files => files["/Image"] = new byte[100]));
        Assert.StartsWith("`/Image` in `boot` is packed by gzip", Assert.Single(Extlinux(change: files => files["/Image"] = [0x1f, 0x8b, 8])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_that_reaches_the_device_tree_in_memory_is_told()
    {
        var stage = new BootStage("boot", BootFormat.Extlinux, "x") { Images = [new("kernel", 0x40480000, null, null, null), new("fdt", 0x43000000, null, null, null)] };
        Assert.Empty(Extlinux(stage: stage, change: files => files["/Image"] = Kernel(memory: 0x2b80000)));
        Assert.Equal(["`/Image` in `boot` takes 45613057 bytes from 0x40480000 on and so lies over the device tree at 0x43000000"], Extlinux(stage: stage, change: files => files["/Image"] = Kernel(memory: 0x2b80001)));
    }

    [Fact]
    public void A_good_configuration_of_a_Raspberry_Pi_has_no_problem_and_its_filters_count()
    {
        Assert.Empty(RaspberryPi());
        Assert.Empty(RaspberryPi($"[pi5]\nkernel=none.img\n[pi4]\nenable_uart=1\n[none]\narm_64bit=0\n[all]\n{Configuration}"));
        Assert.Empty(RaspberryPi($"{Configuration}[pi4]\ndtoverlay=disable-bt\n", files => files["/overlays/disable-bt.dtbo"] = [1]));
        Assert.Empty(RaspberryPi("os_prefix=new/\ndevice_tree=board.dtb\nenable_uart=1\n", files => (files["/new/kernel8.img"], files["/new/board.dtb"], files["/new/cmdline.txt"]) = (files["/kernel8.img"], Board, files["/cmdline.txt"])));
    }

    [Theory]
    [InlineData("kernel8.img", "kernel9.img", "`boot` needs `/kernel9.img` (the kernel), which is not on the partition")]
    [InlineData("arm_64bit=1", "arm_64bit=0", "`boot` starts the CPU with 32 bits (`arm_64bit=0`), but its kernel has 64")]
    [InlineData("board.dtb", "other.dtb", "`boot` needs `/other.dtb` (the device tree), which is not on the partition")]
    [InlineData("enable_uart=1", "start_file=start.elf\nenable_uart=1", "`boot` needs `/start.elf` (the GPU's firmware), which is not on the partition")]
    [InlineData("enable_uart=1", "dtoverlay=miniuart-bt,krnbt\nenable_uart=1", "`boot` needs `/overlays/miniuart-bt.dtbo` (an overlay), which is not on the partition")]
    [InlineData("enable_uart=1", "initramfs initrd followkernel\nenable_uart=1", "`boot` needs `/initrd` (the initramfs), which is not on the partition")]
    [InlineData("enable_uart=1\n", "", "`boot` has its console on the small UART (console=ttyS1,115200 root=PARTLABEL=root), whose speed is right only with `enable_uart=1` in /config.txt")]
    [InlineData("enable_uart=1", "[cm4]\nenable_uart=1", "`boot` has its console on the small UART (console=ttyS1,115200 root=PARTLABEL=root), whose speed is right only with `enable_uart=1` in /config.txt")]
    public void A_configuration_that_does_not_boot_is_told(string was, string becomes, string problem) => Assert.Equal([problem], RaspberryPi(Configuration.Replace(was, becomes, StringComparison.Ordinal)));

    [Fact]
    public void Firmware_that_is_missing_or_none_is_told()
    {
        Assert.Equal(["`boot` needs `/fixup4.dat` (it fits the firmware to the memory), which is empty"], RaspberryPi(change: files => files["/fixup4.dat"] = []));
        Assert.Equal(["`start4.elf` in `boot` is no ELF file, as the GPU's firmware is"], RaspberryPi(change: files => files["/start4.elf"] = [1, 2, 3, 4]));
        Assert.Empty(RaspberryPi(change: files => (files.Remove("/start4.elf"), files.Remove("/fixup4.dat")).ToString(), compatible: "raspberrypi,5-model-b"));
        Assert.Equal(["`boot` has no /config.txt, which the firmware reads"], RaspberryPi(change: files => files.Remove("/config.txt")));
        Assert.StartsWith("`boot` needs `compatible` of a Raspberry Pi, one of [", Assert.Single(RaspberryPi(compatible: "acme,board")), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_that_the_firmware_cuts_and_a_command_line_of_two_lines_are_told()
    {
        Assert.Equal($"`boot` has a line of 109 characters in /config.txt; the firmware reads 98: `hdmi_cvt=111111111111111...`", Assert.Single(RaspberryPi($"hdmi_cvt={new string('1', 100)}\n{Configuration}")));
        Assert.Equal("`boot` has a command line in /cmdline.txt of several lines; only the first is passed on", Assert.Single(RaspberryPi(change: files => files["/cmdline.txt"] = "root=/dev/a\nquiet\n"u8.ToArray())));
    }

    [Theory]
    [InlineData(1, false, null)]
    [InlineData(2, false, "`boot` lies on another partition than number 1 (`first`), which is looked at first")]
    [InlineData(2, true, null)]
    public void A_menu_is_looked_for_on_the_partition_that_is_marked_or_the_first(int number, bool isBootable, string? problem)
    {
        var fat = Unpacked("fat12.gz");
        var disk = new byte[(2 << 20) + (2 * fat.Length)];
        "EFI PART"u8.CopyTo(disk.AsSpan(512));
        BinaryPrimitives.WriteInt64LittleEndian(disk.AsSpan(512 + 72), 2);
        BinaryPrimitives.WriteInt32LittleEndian(disk.AsSpan(512 + 80), 2);
        BinaryPrimitives.WriteInt32LittleEndian(disk.AsSpan(512 + 84), 128);
        for (var i = 0; i < 2; i++)
        {
            var entry = disk.AsSpan(1024 + (i * 128), 128);
            entry[0] = 1;
            var first = (1 << 20) + (i * fat.Length);
            BinaryPrimitives.WriteInt64LittleEndian(entry[32..], first / 512);
            BinaryPrimitives.WriteInt64LittleEndian(entry[40..], ((first + fat.Length) / 512) - 1);
            entry[48] = (byte)(isBootable && i + 1 == number ? 4 : 0);
            Encoding.Unicode.GetBytes(i == 0 ? "first" : "second").CopyTo(entry[56..]);
            fat.CopyTo(disk, first);
        }

        var stage = new BootStage("boot", BootFormat.Extlinux, "https://example.org/boot") { PartitionNumber = number };
        var report = new BootChainExamination(new([stage], null), new MemoryStream(disk), [], _ => null).Run();
        // The sample's menu has no entry, which is told besides.
        Assert.Equal(problem is null ? [] : [problem], report.Problems.Where(p => !p.Contains("has no entry", StringComparison.Ordinal)));
        Assert.Equal($"boot: the partition at byte {(1 << 20) + ((number - 1) * fat.Length)} (https://example.org/boot)", report.Lines[0]);
    }
}
