// Disks that are written by their block map onto devices with old data, as people do it.

using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Imagecraft.EndToEnd.Tests;

public sealed class FlashTests : IDisposable
{
    private const int MebiByte = 1 << 20;

    // Everything in which zeros are data, and what nobody reads: a gap, a slot without content, the rest of one that is larger than its file system.
    private const string Board = """
        formats: [ disk.img.gz, disk.img.zst ]
        blobs: [ { name: loader, offset: 64 KiB, size: 256 KiB, package: hello, file: /usr/share/boot/loader.bin } ]
        partitions:
          - { name: raw, type: linux, offset: 2 MiB, size: 4 MiB, package: hello, file: /usr/share/big/zeros }
          - name: boot
            type: esp
            size: 64 MiB
            content: vfat
            files:
              - { path: /extlinux/extlinux.conf, text: "label main\n" }
              - { path: /zeros, package: hello, file: /usr/share/big/zeros }
          - { name: root, type: linux-root-arm64, content: rootfs.ext4, size: 32 MiB }
          - { name: spare, type: linux-root-arm64, size: 8 MiB, attributes: [ no-auto ] }
          - { name: fixed, type: linux, offset: 120 MiB, content: rootfs.squashfs, size: 8 MiB }
          - { name: other, type: linux, content: rootfs.erofs }
          - { name: state, type: linux, size: 24 MiB, content: ext4 }

        """;

    private readonly FormatWorkspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Theory]
    [InlineData("disk.img", "ones")]
    [InlineData("disk.img", "noise")]
    [InlineData("disk.img.gz", "ones")]
    [InlineData("disk.img.zst", "noise")]
    public async Task A_disk_written_by_its_map_onto_a_device_with_old_data_has_every_byte_of_its_contents(string source, string old)
    {
        workspace.WriteBoard(Board);
        workspace.WriteImage("size: 20 MiB\n");
        var made = await workspace.BuildAsync("disk.img", "disk.img.bmap", "rootfs.ext4", "disk.img.gz", "disk.img.zst");
        var disk = await File.ReadAllBytesAsync(made[0], TestContext.Current.CancellationToken);
        var device = await FlashAsync(Path.Combine(Path.GetDirectoryName(made[0])!, source), disk.Length, Filler(old));

        var flashed = await File.ReadAllBytesAsync(device, TestContext.Current.CancellationToken);
        Assert.Equal(disk.Length, flashed.Length);
        foreach (var (first, end) in await ReadAsync(made[0], disk))
            Assert.Equal(-1, FirstDifference(disk, flashed, first, end));
        // Not everything was written: old data is where nobody reads.
        Assert.True(CountOfDifferences(disk, flashed) > 24 * MebiByte);
        await IsSoundAsync(device);
    }

    [Fact]
    public async Task A_disk_for_large_sectors_is_whole_on_a_device_that_has_them()
    {
        workspace.WriteBoard("sector-size: 4096\n" + Board);
        workspace.WriteImage("size: 20 MiB\n");
        var made = await workspace.BuildAsync("disk.img", "disk.img.bmap");
        Assert.Contains("No errors detected", await workspace.ToolAsync("disks", "/usr/sbin/sfdisk", "--sector-size", "4096", "--verify", made[0]), StringComparison.Ordinal);
        var device = await UsedDevice.MakeAsync(workspace, new FileInfo(made[0]).Length, Filler("noise"), 4096);
        try
        {
            // A file has no sectors: beyond this, only a device shows anything.
            if (device.Loop is null)
                return;
            await workspace.ToolAsync("disks", "/usr/bin/python3", Path.Combine(workspace.ToolRoot("disks"), "usr/bin/bmaptool"), "copy", made[0], device.Path);
            Assert.Contains("No problems found", await workspace.ToolAsync("disks", "/usr/sbin/sgdisk", "-v", device.Path), StringComparison.Ordinal);
            Assert.Contains("Sector size (logical/physical): 4096/4096 bytes", await workspace.ToolAsync("disks", "/usr/sbin/sgdisk", "-p", device.Path), StringComparison.Ordinal);
        }
        finally
        {
            await device.ReleaseAsync();
        }
    }

    [Fact]
    public async Task Holes_of_the_file_lie_only_where_its_map_has_none()
    {
        workspace.WriteBoard(Board);
        var made = await workspace.BuildAsync("disk.img", "disk.img.bmap");
        await workspace.ToolAsync("disks", "/usr/bin/python3", Path.Combine(workspace.ToolRoot("disks"), "usr/bin/bmaptool"), "create", "--output", workspace.Place("holes.bmap"), made[0]);
        var (own, byHoles) = (Mapped(made[1]), Mapped(workspace.Place("holes.bmap")));
        Assert.NotEmpty(own);
        Assert.Equal([], own.Except(byHoles));
        Assert.True(byHoles.Count < new FileInfo(made[0]).Length / 4096, "the file has no holes at all");
    }

    private static HashSet<long> Mapped(string map) =>
        [.. XDocument.Load(map).Descendants("Range").Select(range => range.Value.Trim().Split('-')).SelectMany(range =>
            Enumerable.Sequence(long.Parse(range[0], CultureInfo.InvariantCulture), long.Parse(range[^1], CultureInfo.InvariantCulture), 1))];

    private static Action<Span<byte>> Filler(string old)
    {
        var noise = new Random(7);
        return old == "ones" ? part => part.Fill(0xff) : noise.NextBytes;
    }

    private async Task<string> FlashAsync(string source, long size, Action<Span<byte>> fill)
    {
        foreach (var program in new[] { "/usr/bin/gzip", "/usr/bin/zstd" })
            workspace.Offer("disks", program);
        var device = await UsedDevice.MakeAsync(workspace, size, fill);
        try
        {
            var modules = workspace.ToolRoot("disks");
            await (device.Loop is not null
                ? workspace.ToolAsync("disks", "/usr/bin/python3", Path.Combine(modules, "usr/bin/bmaptool"), "copy", source, device.Path)
                : workspace.ToolAsync("disks", "/usr/bin/python3", "-c", UsedDevice.WriteByMap, source, device.Path, Path.Combine(Path.GetDirectoryName(source)!, "disk.img.bmap")));
        }
        finally
        {
            await device.ReleaseAsync();
        }

        return device.File;
    }

    /// <summary>What is read of the disk, as other tools see it: sfdisk partitions, dumpe2fs free blocks.</summary>
    private async Task<List<(long First, long End)>> ReadAsync(string path, byte[] disk)
    {
        var partitions = await PartitionsAsync(path);
        var read = new List<(long, long)> { (0, partitions["raw"].First), (disk.Length - (33 * 512), disk.Length) };
        read.Add(partitions["raw"]);
        read.Add(partitions["boot"]);
        read.Add(partitions["other"]);
        read.Add((partitions["fixed"].First, partitions["fixed"].First + BitConverter.ToInt64(disk, (int)partitions["fixed"].First + 40)));
        foreach (var name in new[] { "root", "state" })
        {
            var (start, length) = (partitions[name].First, partitions[name].End - partitions[name].First);
            var file = workspace.Place($"{name}.ext4");
            await File.WriteAllBytesAsync(file, disk[(int)start..(int)(start + length)], TestContext.Current.CancellationToken);
            var dump = await workspace.ToolAsync("disks", "/usr/sbin/dumpe2fs", file);
            var blocks = long.Parse(Regex.Match(dump, @"(?m)^Block count: +(\d+)").Groups[1].Value, CultureInfo.InvariantCulture);
            var next = 0L;
            foreach (var run in Regex.Matches(dump, @"(?m)^  Free blocks: (.+)$").SelectMany(line => line.Groups[1].Value.Split(", ")).Select(run => run.Split('-').Select(n => long.Parse(n, CultureInfo.InvariantCulture)).ToArray()))
            {
                read.Add((start + (next * 4096), start + (run[0] * 4096)));
                next = run[^1] + 1;
            }

            read.Add((start + (next * 4096), start + (blocks * 4096)));
        }

        return read;
    }

    private async Task<Dictionary<string, (long First, long End)>> PartitionsAsync(string disk)
    {
        var dump = await workspace.ToolAsync("disks", "/usr/sbin/sfdisk", "--dump", disk);
        return Regex.Matches(dump, @"start= *(\d+), size= *(\d+),.* name=""([^""]+)""").ToDictionary(
            line => line.Groups[3].Value,
            line => (First: Bytes(line.Groups[1].Value), End: Bytes(line.Groups[1].Value) + Bytes(line.Groups[2].Value)));

        static long Bytes(string sectors) => long.Parse(sectors, CultureInfo.InvariantCulture) * 512;
    }

    private async Task IsSoundAsync(string device)
    {
        Assert.Contains("No problems found", await workspace.ToolAsync("disks", "/usr/sbin/sgdisk", "-v", device), StringComparison.Ordinal);
        await using var whole = File.OpenRead(device);
        foreach (var (name, (first, end)) in await PartitionsAsync(device))
        {
            string? program = name switch
            {
                "boot" => "/usr/sbin/fsck.vfat",
                "root" or "state" => "/usr/sbin/e2fsck",
                "other" => "/usr/bin/fsck.erofs",
                "fixed" => "/usr/bin/unsquashfs",
                _ => null,
            };
            if (program is null)
                continue;
            var partition = new byte[end - first];
            whole.Position = first;
            await whole.ReadExactlyAsync(partition, TestContext.Current.CancellationToken);
            var file = workspace.Place($"{name}.flashed");
            await File.WriteAllBytesAsync(file, partition, TestContext.Current.CancellationToken);
            await (program switch
            {
                "/usr/sbin/fsck.vfat" => workspace.ToolAsync("disks", program, "-n", "-v", file),
                "/usr/sbin/e2fsck" => workspace.ToolAsync("disks", program, "-f", "-n", file),
                "/usr/bin/unsquashfs" => workspace.ToolAsync("formats", program, "-no-xattrs", "-d", workspace.Place($"unpacked-{Guid.NewGuid():N}"), file, "usr"),
                _ => workspace.ToolAsync("formats", program, file),
            });
        }
    }

    private static long FirstDifference(byte[] one, byte[] other, long first, long end)
    {
        var length = one.AsSpan((int)first, (int)(end - first)).CommonPrefixLength(other.AsSpan((int)first, (int)(end - first)));
        return length == end - first ? -1 : first + length;
    }

    // Bytes of blocks that differ.
    private static long CountOfDifferences(byte[] one, byte[] other)
    {
        var count = 0L;
        for (var at = 0; at < one.Length; at += 4096)
            count += one.AsSpan(at, 4096).SequenceEqual(other.AsSpan(at, 4096)) ? 0 : 4096;
        return count;
    }
}
