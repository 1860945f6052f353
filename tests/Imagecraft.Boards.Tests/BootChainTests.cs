// Boot chains as ROMs and SPL read them: good ones of U-Boot's own mkimage, and each fault that was seen on a desk.

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Imagecraft.Boards.BootChains;

namespace Imagecraft.Boards.Tests;

public sealed class BootChainTests
{
    private const int KibiByte = 1024, Disk = 2 << 20, FitPlace = 64 * KibiByte;
    private static readonly BootFile Training = new("ddr", "/usr/lib/boot-firmware/tpl.bin"), Configuration = new("u-boot", "/usr/lib/u-boot/u-boot.config");

    private static byte[] Sample(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Samples", name));

    private static BootStage Fit { get; } = new("u-boot.itb", BootFormat.Fit, "https://example.org/fit")
    {
        Offset = FitPlace,
        Images = [new("uboot", 0x40200000, null, InstructionSet.Arm64, null), new("atf", 0x970000, null, InstructionSet.Arm64, 0x30890000)],
        Compatible = "acme,board",
    };

    private static BootStage First(BootFormat format, params BootImage[] images) => new("first", format, "https://example.org/rom") { Offset = 32 * KibiByte, Images = [.. images] };

    private static BootReport Examine(byte[] content, BootStage stage, string? configuration = null, byte[]? file = null, params DiskRange[] kept)
    {
        var disk = new byte[Disk];
        content.CopyTo(disk, stage.Offset ?? 0);
        return new BootChainExamination(new([stage], configuration is null ? null : Configuration), new MemoryStream(disk), [.. kept], wanted => wanted == Configuration && configuration is not null ? Encoding.UTF8.GetBytes(configuration) : file).Run();
    }

    private static ImmutableArray<string> FitProblems(Action<byte[]>? change = null, BootStage? stage = null, string sample = "behind.itb")
    {
        var fit = Sample(sample);
        change?.Invoke(fit);
        return Examine(fit, stage ?? Fit).Problems;
    }

    // Where a program begins, by its own words.
    private static int At(byte[] bytes, string text) => bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text));

    private static int Monitor(byte[] fit) => fit.AsSpan().IndexOf(new byte[] { 0xf4, 0x03, 0x00, 0xaa });

    [Theory]
    [InlineData("inside.itb")]
    [InlineData("behind.itb")]
    [InlineData("after.itb")]
    public void A_FIT_is_read_wherever_mkimage_puts_its_data(string sample)
    {
        var report = Examine(Sample(sample), Fit);
        Assert.Empty(report.Problems);
        Assert.Contains(report.Lines, l => l.StartsWith("  atf: 808 bytes at 0x970000, entered at 0x970000, SHA-256 ", StringComparison.Ordinal));
        Assert.Contains("  device tree of [acme,board, acme,soc]", report.Lines);
        Assert.StartsWith("u-boot.itb: bytes 65536 to ", report.Lines[0], StringComparison.Ordinal);
        Assert.EndsWith("room to 2097152 (https://example.org/fit)", report.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void An_ELF_file_where_SPL_jumps_to_is_told_with_the_remedy() => Assert.Equal(
        ["`atf` in `u-boot.itb` has another crc32 than its node says", "`atf` in `u-boot.itb` begins with `7f454c46`, an ELF file, whose code lies further behind; plain code is needed (`objcopy -O binary`, e.g. bl31.bin for bl31.elf)"],
        FitProblems(fit => new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F' }.CopyTo(fit, Monitor(fit))));

    [Fact]
    public void An_image_that_is_loaded_elsewhere_than_it_is_made_for_is_told() => Assert.Equal(
        ["`atf` in `u-boot.itb` is loaded to 0x970000; it is made for 0x950000", "`atf` in `u-boot.itb` is entered at 0x970000; its first instruction lies at 0x950000"],
        FitProblems(stage: Fit with { Images = [Fit.Images[0], Fit.Images[1] with { Load = 0x950000 }] }));

    [Fact]
    public void A_monitor_that_writes_to_another_serial_port_is_told() => Assert.Equal(
        "`atf` in `u-boot.itb` does not name the serial port 0x30860000: it writes to another console, or is for another platform",
        Assert.Single(FitProblems(stage: Fit with { Images = [Fit.Images[0], Fit.Images[1] with { Console = 0x30860000 }] })));

    [Fact]
    public void A_damaged_image_has_another_hash() => Assert.Equal(
        "`uboot` in `u-boot.itb` has another sha256 than its node says", Assert.Single(FitProblems(fit => fit[At(fit, "U-Bootuuu") + 8] ^= 1)));

    [Fact]
    public void The_device_tree_of_another_board_is_told() => Assert.Equal(
        "`u-boot.itb` has a device tree of [acme,board, acme,soc], not one of `acme,other`", Assert.Single(FitProblems(stage: Fit with { Compatible = "acme,other" })));

    [Fact]
    public void A_missing_image_is_told_with_those_that_there_are() => Assert.Equal(
        "`u-boot.itb` has no image `tee`; it has [uboot, atf, fdt-1]", Assert.Single(FitProblems(stage: Fit with { Images = [.. Fit.Images, new("tee", null, null, null, null)] })));

    [Fact]
    public void A_FIT_that_what_follows_cuts_is_told()
    {
        var problems = Examine(Sample("behind.itb"), Fit, null, null, new DiskRange("itb", FitPlace, FitPlace + (4 * KibiByte))).Problems;
        Assert.Contains("`uboot` in `u-boot.itb` is cut: its data leads out of what is there (4096 bytes)", problems);
        Assert.Equal("`u-boot.itb` is no device tree: it does not begin with `d0 0d fe ed`", Assert.Single(Examine(new byte[64], Fit).Problems));
    }

    [Fact]
    public void The_table_of_an_imx8m_leads_to_the_first_instruction()
    {
        var stage = First(BootFormat.Imx8m, new BootImage("spl", 0x920000, null, InstructionSet.Arm64, null));
        Assert.Empty(Examine(Sample("imx8m.bin"), stage).Problems);

        var elsewhere = Sample("imx8m.bin");
        BinaryPrimitives.WriteUInt32LittleEndian(elsewhere.AsSpan(4), 0x920004);
        Assert.Contains("`spl` in `first` is loaded to 0x920004; it is made for 0x920000", Examine(elsewhere, stage).Problems);
        Assert.Equal("`first` has no image vector table (`d1 00 20 4x`) where the ROM reads it", Assert.Single(Examine([0xd1, 0, 0x20, 0], stage).Problems));
        Assert.Contains("is cut: the ROM loads", Assert.Single(Examine(Sample("imx8m.bin"), stage, null, null, new DiskRange("first", 0, (32 + 2) * KibiByte)).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_training_that_is_cut_or_missing_is_told_by_size_and_hash()
    {
        var stage = First(BootFormat.Rockchip, new BootImage("tpl", null, null, InstructionSet.Arm64, null), new BootImage("spl", null, null, InstructionSet.Arm64, null)) with { Carries = [Training] };
        var training = Sample("tpl.bin");
        Assert.Empty(Examine(Sample("rockchip.bin"), stage, file: training).Problems);

        Assert.StartsWith($"`first` has `tpl.bin` cut or damaged: {training.Length} of its {training.Length + 100} bytes are there, SHA-256 ",
            Assert.Single(Examine(Sample("rockchip.bin"), stage, file: [.. training, .. Enumerable.Repeat((byte)'x', 100)]).Problems), StringComparison.Ordinal);
        Assert.StartsWith("`first` does not carry `tpl.bin` (200 bytes, SHA-256 ", Assert.Single(Examine(Sample("rockchip.bin"), stage, file: [.. Enumerable.Repeat((byte)'y', 200)]).Problems), StringComparison.Ordinal);
        Assert.Equal("`first` is to carry `tpl.bin`, which the package has not", Assert.Single(Examine(Sample("rockchip.bin"), stage).Problems));
    }

    [Fact]
    public void Rockchips_hashes_hold_for_header_and_images()
    {
        var damaged = Sample("rockchip.bin");
        damaged[At(damaged, "SPLsss") + 4] ^= 1;
        Assert.Equal("`spl` in `first` has another SHA-256 than the header says", Assert.Single(Examine(damaged, First(BootFormat.Rockchip)).Problems));

        var header = Sample("rockchip.bin");
        header[600] ^= 1;
        Assert.Equal("`first` has a header whose SHA-256 is wrong", Assert.Single(Examine(header, First(BootFormat.Rockchip)).Problems));
    }

    [Fact]
    public void StarFives_header_has_size_and_checksum_of_SPL()
    {
        var stage = First(BootFormat.Starfive, new BootImage("spl", null, null, InstructionSet.Riscv, null));
        Assert.Empty(Examine(Sample("starfive.bin"), stage).Problems);

        var damaged = Sample("starfive.bin");
        damaged[^1] ^= 1;
        Assert.Equal("`spl` in `first` has another CRC-32 than the header says", Assert.Single(Examine(damaged, stage).Problems));
    }

    [Fact]
    public void An_environment_over_what_is_kept_for_something_else_is_told_with_both_places()
    {
        const string configuration = "CONFIG_ENV_IS_IN_MMC=y\nCONFIG_ENV_OFFSET=0x100000\nCONFIG_ENV_SIZE=0x1000\n";
        Assert.Empty(Examine(Sample("behind.itb"), Fit, configuration, null, new DiskRange("flash.bin", 0, 0x100000)).Problems);
        Assert.Equal("U-Boot's environment (bytes 1048576 to 1052672) lies over what is kept for `flash.bin` (bytes 0 to 1048577); U-Boot's `saveenv` would destroy it",
            Assert.Single(Examine(Sample("behind.itb"), Fit, configuration, null, new DiskRange("flash.bin", 0, 0x100001)).Problems));
        Assert.Empty(Examine(Sample("behind.itb"), Fit, configuration.Replace("IN_MMC", "IN_SPI_FLASH", StringComparison.Ordinal), null, new DiskRange("flash.bin", 0, 0x100001)).Problems);
    }

    [Fact]
    public void A_stage_that_SPL_looks_for_elsewhere_is_told() => Assert.Equal(
        "SPL looks for `u-boot.itb` at byte 393216, but it is described at 65536",
        Assert.Single(Examine(Sample("behind.itb"), Fit, "CONFIG_SPL_SYS_MMCSD_RAW_MODE=y\nCONFIG_SYS_MMCSD_RAW_MODE_U_BOOT_USE_SECTOR=y\nCONFIG_SYS_MMCSD_RAW_MODE_U_BOOT_SECTOR=0x300\n").Problems));

    [Fact]
    public void A_partition_that_the_ROM_looks_for_and_that_is_missing_is_told() => Assert.Equal(
        "The disk has no partition of the type 2e54b353-1271-4842-806f-e436d6af6985, where `first` is looked for",
        Assert.Single(Examine([], First(BootFormat.Starfive) with { Offset = null, PartitionType = new("2e54b353-1271-4842-806f-e436d6af6985") }).Problems));

    [Theory]
    [InlineData(0x14000010u, InstructionSet.Arm64, true)]
    [InlineData(0xaa0003f4u, InstructionSet.Arm64, true)]
    [InlineData(0x00000001u, InstructionSet.Arm64, false)]
    [InlineData(0x06000000u, InstructionSet.Arm64, false)]
    [InlineData(0x00050413u, InstructionSet.Riscv, true)]
    [InlineData(0x00010001u, InstructionSet.Riscv, true)]
    [InlineData(0x1234ffffu, InstructionSet.Riscv, false)]
    [InlineData(0u, InstructionSet.Arm64, false)]
    [InlineData(uint.MaxValue, InstructionSet.Riscv, false)]
    public void A_first_word_is_an_instruction_or_not(uint word, InstructionSet set, bool good)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, word);
        Assert.Equal(good, FirstInstruction.Problem(bytes, set) is null);
    }

    [Theory]
    [InlineData(new uint[] { 0xfeb50000 }, true)]
    [InlineData(new uint[] { 0xd2bfd6a3 }, true)]
    [InlineData(new uint[] { 0x52bfd6a3 }, true)]
    [InlineData(new uint[] { 0x52bfd683 }, false)]
    [InlineData(new uint[] { 0x14000010 }, false)]
    public void An_address_is_found_as_a_word_and_in_the_instructions_that_load_it(uint[] code, bool found)
    {
        var bytes = new byte[code.Length * 4];
        for (var i = 0; i < code.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * 4), code[i]);
        Assert.Equal(found, FirstInstruction.Names(bytes, 0xfeb50000));
    }

    [Fact]
    public void Bytes_of_any_kind_are_no_more_than_bad_input()
    {
        var seed = new Random(12);
        foreach (var (sample, format) in new[] { ("behind.itb", BootFormat.Fit), ("inside.itb", BootFormat.Fit), ("rockchip.bin", BootFormat.Rockchip), ("starfive.bin", BootFormat.Starfive), ("imx8m.bin", BootFormat.Imx8m) })
        {
            var good = Sample(sample);
            for (var round = 0; round < 400; round++)
            {
                var bytes = good[..seed.Next(1, good.Length + 1)];
                for (var change = 0; change < 4; change++)
                    bytes[seed.Next(Math.Min(bytes.Length, 2048))] = (byte)seed.Next(256);
                Examine(bytes, First(format) with { Carries = [Training] }, file: Sample("tpl.bin"));
            }
        }
    }
}
