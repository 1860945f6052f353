// What the ROMs of newer boards read first: good samples (`Samples/make.sh`), and each way in which a ROM would refuse them.

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Imagecraft.Boards.BootChains;
using Imagecraft.Images.Disks;
using Imagecraft.Images.RootFs;

namespace Imagecraft.Boards.Tests;

public sealed class RomFormatTests
{
    private const int KibiByte = 1024, DiskSize = 1 << 20;

    // Where things lie in the sample of an i.MX 9.
    private const int Spl = 0x400, Entries = 16, Later = 0x3000;

    private static byte[] Sample(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Samples", name));

    private static BootStage At(BootFormat format, long offset, params BootImage[] images) => new("first", format, "https://example.org/rom") { Offset = offset, Images = [.. images] };

    private static BootReport Examine(byte[] content, BootStage stage, byte[]? carried = null, params DiskRange[] kept)
    {
        var disk = new byte[DiskSize];
        content.CopyTo(disk, stage.Offset ?? 0);
        return new BootChainExamination(new([stage], null), new MemoryStream(disk), [.. kept], _ => carried).Run();
    }

    private static ImmutableArray<string> Changed(string sample, BootStage stage, Action<byte[]> change)
    {
        var bytes = Sample(sample);
        change(bytes);
        return Examine(bytes, stage).Problems;
    }

    private static BootStage Imx9 { get; } = At(
        BootFormat.Imx9, 32 * KibiByte,
        new BootImage("ele", null, null, null, null),
        new BootImage("spl", 0x2049a000, null, InstructionSet.Arm64, null) { Below = 0x204e0000 },
        new BootImage("atf", 0x204e0000, null, InstructionSet.Arm64, 0x44380000) { Below = 0x20520000 },
        new BootImage("u-boot", 0x80200000, null, InstructionSet.Arm64, null));

    [Fact]
    public void Containers_of_an_imx9_are_taken_apart_with_versions_cores_addresses_and_what_SPL_loads_behind_them()
    {
        var report = Examine(Sample("imx9.bin"), Imx9);
        Assert.Empty(report.Problems);
        Assert.Equal("first: bytes 32768 to 57344, room to 1048576 (https://example.org/rom)", report.Lines[0]);
        Assert.Equal(
            [
                "  container 1: byte 0, software version 2, fuse version 0, flags 0x1, cores [6]",
                "  container 2: byte 1024, software version 0, fuse version 0, flags 0x10, cores [2]",
                "  container of SPL's: byte 12288, software version 0, fuse version 0, flags 0x10, cores [2, 2]",
            ],
            report.Lines.Skip(1).Take(3));
        Assert.Contains(report.Lines, l => l.StartsWith("  spl: 3072 bytes at 0x2049a000, entered at 0x2049a000, SHA-256 ", StringComparison.Ordinal));
        Assert.Contains(report.Lines, l => l.StartsWith("  atf: 1024 bytes at 0x204e0000, entered at 0x204e0000, SHA-256 ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_damaged_image_of_a_container_has_another_hash() => Assert.Equal(
        "`image 1 of container 2` in `first` has another SHA-384 than its entry says", Assert.Single(Changed("imx9.bin", Imx9, bytes => bytes[0x2400 + 100] ^= 1)));

    [Fact]
    public void An_imx9_s_program_that_reaches_what_SPL_loads_is_told() => Assert.Equal(
        "`spl` in `first` takes 3072 bytes from 0x2049a000 on and so ends above 0x2049ab00, where its room ends",
        Assert.Single(Examine(Sample("imx9.bin"), Imx9 with { Images = [Imx9.Images[0], Imx9.Images[1] with { Below = 0x2049ab00 }] }).Problems));

    [Fact]
    public void Addresses_and_cores_of_containers_are_judged()
    {
        // Loaded elsewhere than it is made for, and entered where nothing is loaded.
        Assert.Equal(
            [
                "`image 1 of container 2` in `first` is entered at 0x2049a000, outside of the 3072 bytes from 0x20400000 on",
                "`spl` in `first` is loaded to 0x20400000; it is made for 0x2049a000",
                "`spl` in `first` ends before its first instruction",
            ],
            Changed("imx9.bin", Imx9, bytes => BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(Spl + Entries + 8), 0x20400000)));
        Assert.Contains("`spl` in `first` is for core 4, which an i.MX 9 does not have (1: Cortex-M, 2: Cortex-A, 6: security controller)", Changed("imx9.bin", Imx9, bytes => bytes[Spl + Entries + 24] = 0x43));
        Assert.Contains("`first` has no program for the Cortex-A in the containers that the ROM reads", Changed("imx9.bin", Imx9, bytes => bytes[Spl + Entries + 24] = 0x13));
    }

    [Fact]
    public void Without_the_container_of_the_security_controller_or_behind_another_it_is_told()
    {
        Assert.Contains("`first` has no image `ele`; it has [spl, atf, u-boot]", WithoutFirmware());
        Assert.Contains("`first` has the firmware of the security controller in container 2; the ROM wants it in the first", Changed("imx9.bin", Imx9, bytes =>
        {
            var (own, other) = (bytes[..KibiByte], bytes[KibiByte..(2 * KibiByte)]);
            other.CopyTo(bytes, 0);
            own.CopyTo(bytes, KibiByte);
        }));
    }

    // As mkimage makes it of a set without `APPEND`: SPL's container first.
    private static ImmutableArray<string> WithoutFirmware()
    {
        var whole = Sample("imx9.bin");
        var bytes = new byte[whole.Length - KibiByte];
        whole.AsSpan(Spl).CopyTo(bytes);
        return Examine(bytes, Imx9).Problems;
    }

    [Fact]
    public void A_set_that_is_none_or_ends_too_early_is_told()
    {
        Assert.Equal("`first` has no container (version 0, tag 0x87) where the ROM reads it", Assert.Single(Examine(new byte[64], Imx9).Problems));
        Assert.Contains("`first` has no container at byte 12288, where SPL looks for U-Boot", Changed("imx9.bin", Imx9, bytes => bytes[Later + 3] = 0));
        Assert.Contains("`first` has a container 2 whose header does not fit together: 160 bytes, 9 images, its signature block at byte 144", Changed("imx9.bin", Imx9, bytes => bytes[Spl + 11] = 9));
        Assert.Contains("`first` has a container 2 without a signature block (tag 0x90) at byte 144, where its header says", Changed("imx9.bin", Imx9, bytes => bytes[Spl + 144 + 3] = 0));
        Assert.Contains("`image 1 of container of SPL's` in `first` begins at byte 512, within its container's header", Changed("imx9.bin", Imx9, bytes => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Later + Entries), 512)));
        var cut = Examine(Sample("imx9.bin"), Imx9, null, new DiskRange("flash.bin", 0, (32 * KibiByte) + 0x2800)).Problems;
        Assert.Contains("`image 1 of container 2` in `first` is cut: it ends at byte 11264 of its container, of which 9216 have a place", cut);
    }

    [Fact]
    public void The_header_of_an_STM32_leads_to_BL2()
    {
        var stage = At(BootFormat.Stm32, 17 * KibiByte, new BootImage("bl2", 0xe012000, 0xe012000, InstructionSet.Arm64, null) { Below = 0xe040000 });
        Assert.Empty(Examine(Sample("stm32.bin"), stage).Problems);
        // The file is what its maker hands out: the header is part of it.
        var carrying = stage with { Carries = [new("loader", "/tf-a.stm32")] };
        Assert.Empty(Examine(Sample("stm32.bin"), carrying, carried: Sample("stm32.bin")).Problems);
        Assert.StartsWith("`first` has `tf-a.stm32` cut or damaged: ", Assert.Single(Examine(Sample("stm32.bin"), carrying, carried: [.. Sample("stm32.bin"), 1, 2, 3]).Problems), StringComparison.Ordinal);

        Assert.Equal("`first` has no header `STM2` where the ROM reads it", Assert.Single(Examine(new byte[64], stage).Problems));
        Assert.Equal("`first` has a header of version 1.0; the ROM of an STM32MP2 reads version 2", Assert.Single(Changed("stm32.bin", stage, bytes => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(72), 0x10000))));
        Assert.StartsWith("`bl2` in `first` has another sum of bytes (0x", Assert.Single(Changed("stm32.bin", stage, bytes => bytes[^1]++)), StringComparison.Ordinal);
        Assert.StartsWith("`first` is cut: a header of 512 bytes and a program of 1507, where there is room for ", Assert.Single(Examine(Sample("stm32.bin"), stage, null, new DiskRange("fsbl", 0, 18 * KibiByte)).Problems), StringComparison.Ordinal);
        Assert.Contains("`bl2` in `first` is entered at 0xe020000; its first instruction lies at 0xe012000", Changed("stm32.bin", stage, bytes => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(80), 0xe020000)));
    }

    [Fact]
    public void A_package_of_TF_A_has_monitor_loader_and_its_device_tree()
    {
        var stage = At(BootFormat.Fip, 64 * KibiByte, new BootImage("bl31", null, null, InstructionSet.Arm64, null), new BootImage("bl33", null, null, InstructionSet.Arm64, null)) with { Compatible = "acme,board" };
        var report = Examine(Sample("fip.bin"), stage);
        Assert.Empty(report.Problems);
        Assert.Contains("  device tree of [acme,board, acme,soc]", report.Lines);

        Assert.Equal("`first` has no table of contents (`01 00 64 aa`) where BL2 reads it", Assert.Single(Examine(new byte[64], stage).Problems));
        Assert.Equal("`first` has no image `bl32`; it has [bl31, hw-config, bl33]", Assert.Single(Examine(Sample("fip.bin"), stage with { Images = [new("bl32", null, null, null, null)] }).Problems));
        Assert.StartsWith("`bl33` in `first` is cut: it has 904 bytes from 925 on, its package ", Examine(Sample("fip.bin"), stage, null, new DiskRange("fip", 0, 65 * KibiByte)).Problems[0], StringComparison.Ordinal);
        Assert.Contains("`first` has a device tree of [acme,board, acme,soc], not one of `acme,other`", Examine(Sample("fip.bin"), stage with { Compatible = "acme,other" }).Problems);
    }

    [Fact]
    public void The_block_of_a_K1_leads_to_its_first_stage()
    {
        var stage = At(BootFormat.Spacemit, 0, new BootImage("fsbl", 0xc0801000, null, InstructionSet.Riscv, null) { Below = 0xc0836000 });
        var whole = Sample("spacemit.bin");
        var report = Examine(whole, stage with { Carries = [new("loader", "/FSBL.bin")] }, carried: whole[0x20000..]);
        Assert.Empty(report.Problems);
        Assert.Contains("  first stage at byte 131072, a second copy at 524288, room for 221184 bytes", report.Lines);

        Assert.Equal("`first` has no block of SpacemiT's (`f0 14 07 b0`) where the ROM reads it", Assert.Single(Examine(new byte[128], stage).Problems));
        Assert.Contains("`first` has another CRC-32 than its block says", Changed("spacemit.bin", stage, bytes => bytes[36] ^= 1));
        Assert.Contains("`first` leads to byte 131073, where no first stage begins (headers `AIHD` at its bytes 256 and 4064)", Changed("spacemit.bin", stage, bytes => bytes[32] ^= 1));
        Assert.Contains("has 999999 bytes; the ROM loads 221184 from byte 131072 on", Assert.Single(Changed("spacemit.bin", stage, bytes => BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(0x20000 + 0xfe8), 999999))), StringComparison.Ordinal);
    }

    // The block shares its sector with the protective record of the partition table.
    [Fact]
    public async Task A_K1_s_disk_as_it_is_written_has_block_first_stage_and_named_partitions()
    {
        var whole = Sample("spacemit.bin");
        var contents = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["bootinfo"] = whole[..80], ["fsbl"] = whole[0x20000..], ["uboot"] = Sample("behind.itb") };
        var wanted = new Disk("k1", PartitionTable.Gpt, [new("uboot", PartitionType.Parse("8da63339-0007-60c0-c436-083ac8230908"), new("uboot"), 2 << 20, 2 << 20)], [new("bootinfo", 0, new("bootinfo"), 80), new("fsbl", 128 * KibiByte, new("fsbl"), 256 * KibiByte)]);
        using var disk = new MemoryStream();
        await DiskWriter.WriteAsync(DiskLayout.Plan(wanted, content => FileContent.Of(contents[content.Name])), disk, TestContext.Current.CancellationToken);

        var chain = new BootChain(
            [
                At(BootFormat.Spacemit, 0, new BootImage("fsbl", 0xc0801000, null, InstructionSet.Riscv, null)) with { Carries = [new("loader", "/FSBL.bin")] },
                new BootStage("uboot", BootFormat.Fit, "x") { PartitionName = "uboot", Images = [new("uboot", 0x40200000, null, InstructionSet.Arm64, null)] },
            ], null);
        var report = new BootChainExamination(chain, disk, [new("bootinfo", 0, 80), new("fsbl", 128 * KibiByte, 384 * KibiByte)], _ => contents["fsbl"]).Run();
        Assert.Empty(report.Problems);
        Assert.Contains("uboot: bytes 2097152 to ", string.Join('\n', report.Lines), StringComparison.Ordinal);
    }

    private static ImmutableArray<string> K3(Action<Dictionary<string, byte[]>>? change = null)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["/tiboot3.bin"] = Sample("tiboot3.bin"), ["/tispl.bin"] = Sample("behind.itb"), ["/u-boot.img"] = Sample("inside.itb") };
        change?.Invoke(files);
        var findings = new StageFindings("loaders");
        TiK3Stage.Read(new BootVolume(new BootStage("loaders", BootFormat.TiK3, "x"), files.GetValueOrDefault, _ => [], findings), findings);
        return [.. findings.Problems];
    }

    [Fact]
    public void The_certificate_of_a_K3_tells_what_lies_behind_it()
    {
        Assert.Empty(K3());
        Assert.Equal("`/tiboot3.bin` in `loaders` has another SHA-512 of its piece 2 than its certificate says", Assert.Single(K3(files => files["/tiboot3.bin"][^1] ^= 1)));
        Assert.StartsWith("`/tiboot3.bin` in `loaders` is cut: its piece 2 ends at byte 2001, the file at 1901", Assert.Single(K3(files => files["/tiboot3.bin"] = files["/tiboot3.bin"][..1901])), StringComparison.Ordinal);
        Assert.StartsWith("`/tiboot3.bin` in `loaders` does not begin with an X.509 certificate that the ROM can read: ", Assert.Single(K3(files => files["/tiboot3.bin"] = Encoding.ASCII.GetBytes("no certificate"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Stages_of_a_K3_that_are_missing_or_no_packages_are_told()
    {
        Assert.Equal("`loaders` needs `/tispl.bin` (the second stage, for the first), which is not on the partition", Assert.Single(K3(files => files.Remove("/tispl.bin"))));
        Assert.Equal("`loaders` has a bad file: `/u-boot.img` is no device tree: it does not begin with `d0 0d fe ed`", Assert.Single(K3(files => files["/u-boot.img"] = new byte[64])));
    }

    [Fact]
    public void A_boot_record_s_partitions_are_found_by_their_number()
    {
        var disk = new byte[DiskSize];
        disk[446] = 0x80;
        disk[446 + 4] = 0x0e;
        BinaryPrimitives.WriteUInt32LittleEndian(disk.AsSpan(446 + 8), 64);
        BinaryPrimitives.WriteUInt32LittleEndian(disk.AsSpan(446 + 12), 100);
        (disk[510], disk[511]) = (0x55, 0xaa);
        var found = Assert.Single(Mbr.Read(new MemoryStream(disk)));
        Assert.Equal((1, 32768L, 83968L, true), (found.Number, found.Range.First, found.Range.End, found.IsBootable));

        var stage = new BootStage("loaders", BootFormat.TiK3, "x") { PartitionNumber = 1 };
        Assert.Equal("`loaders` lies on a partition without a FAT file system", Assert.Single(new BootChainExamination(new([stage], null), new MemoryStream(disk), [], _ => null).Run().Problems));
        Assert.Equal("The disk has no partition number 2, where `loaders` is looked for", Assert.Single(new BootChainExamination(new([stage with { PartitionNumber = 2 }], null), new MemoryStream(disk), [], _ => null).Run().Problems));
        Assert.Empty(Mbr.Read(new MemoryStream(new byte[DiskSize])));
    }

    [Fact]
    public void A_stage_is_found_by_the_name_of_its_partition_and_one_that_is_not_there_is_told() => Assert.Equal(
        "The disk has no partition `fsbla1`, where `first` is looked for",
        Assert.Single(Examine([], At(BootFormat.Stm32, 0) with { Offset = null, PartitionName = "fsbla1" }).Problems));

    [Fact]
    public void Bytes_of_any_kind_are_no_more_than_bad_input()
    {
        var seed = new Random(12);
        foreach (var (sample, stage) in new[] { ("imx9.bin", Imx9), ("stm32.bin", At(BootFormat.Stm32, 0)), ("fip.bin", At(BootFormat.Fip, 0)), ("spacemit.bin", At(BootFormat.Spacemit, 0)) })
        {
            var good = Sample(sample);
            for (var round = 0; round < 200; round++)
            {
                var bytes = good[..seed.Next(1, good.Length + 1)];
                for (var change = 0; change < 4; change++)
                    bytes[seed.Next(Math.Min(bytes.Length, 2048))] = (byte)seed.Next(256);
                Examine(bytes, stage);
            }
        }

        for (var round = 0; round < 200; round++)
        {
            K3(files =>
            {
                for (var change = 0; change < 4; change++)
                    files["/tiboot3.bin"][seed.Next(900)] = (byte)seed.Next(256);
            });
        }
    }
}
