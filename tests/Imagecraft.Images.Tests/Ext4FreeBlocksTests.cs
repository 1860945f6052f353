// Free blocks of file systems that mke2fs made, as dumpe2fs lists them.

using System.Globalization;
using System.Text.RegularExpressions;
using Imagecraft.Images.Disks;
using Imagecraft.Images.FileSystems;

namespace Imagecraft.Images.Tests;

public sealed class Ext4FreeBlocksTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Image => folder.File("image");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("-t ext4 -b 1024", 40)]
    [InlineData("-t ext4 -b 2048", 40)]
    [InlineData("-t ext4 -b 4096", 300)]
    [InlineData("-t ext4 -b 4096 -m 0 -I 256 -O ^metadata_csum_seed", 96)]
    [InlineData("-t ext4 -b 1024 -g 1024", 30)]
    [InlineData("-t ext4 -b 1024 -g 512 -O ^64bit", 30)]
    [InlineData("-t ext4 -b 1024 -g 512 -O 64bit,^resize_inode", 30)]
    [InlineData("-t ext4 -b 1024 -g 512 -O ^flex_bg", 30)]
    [InlineData("-t ext4 -b 1024 -g 512 -G 2", 30)]
    [InlineData("-t ext4 -b 1024 -g 512 -O ^metadata_csum,uninit_bg", 30)]
    [InlineData("-t ext4 -b 1024 -g 512 -O ^metadata_csum,uninit_bg,^flex_bg", 30)]
    [InlineData("-t ext4 -b 1024 -g 512 -O ^metadata_csum,^uninit_bg", 30)]
    [InlineData("-t ext4 -b 1024 -g 512 -O sparse_super2", 30)]
    [InlineData("-t ext4 -b 1024 -g 1024 -O ^sparse_super,^resize_inode,^flex_bg", 30)]
    [InlineData("-t ext4 -b 1024 -E resize=1000000", 30)]
    [InlineData("-t ext4 -b 4096 -O inline_data,ea_inode,large_dir,casefold,encrypt,verity,quota,project,mmp", 30)]
    [InlineData("-t ext3 -b 1024", 30)]
    [InlineData("-t ext2 -b 1024", 30)]
    [InlineData("-t ext2 -b 4096", 3)]
    public async Task Free_are_the_blocks_that_dumpe2fs_calls_free(string options, int mebibytes)
    {
        await MakeAsync(options, mebibytes);
        string dump = await DiskTool.RunAsync("/usr/sbin/dumpe2fs", Image);
        long blockSize = Number("Block size");
        long free = Number("Free blocks"), blocks = Number("Block count");
        IEnumerable<Extent> listed = Regex.Matches(dump, @"(?m)^  Free blocks: (.+)$").SelectMany(line => line.Groups[1].Value.Split(", ")).Select(run => run.Split('-')).Select(run =>
            Extent.Between(long.Parse(run[0], CultureInfo.InvariantCulture) * blockSize, (long.Parse(run[^1], CultureInfo.InvariantCulture) + 1) * blockSize));

        await using FileStream stream = File.OpenRead(Image);
        var found = Assert.NotNull(Ext4FreeBlocks.Of(stream));

        // mke2fs may leave a last group out that would be too small.
        var behind = Extent.Between(blocks * blockSize, stream.Length);
        Assert.Equal(Extents.Union(listed.Append(behind)), found);
        Assert.Equal((free * blockSize) + behind.Length, found.Sum(extent => extent.Length));

        long Number(string field) => long.Parse(Regex.Match(dump, $@"(?m)^{field}: +(\d+)").Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("-t ext4 -O bigalloc -C 16384")]
    [InlineData("-t ext4 -O meta_bg,^resize_inode")]
    [InlineData("-t ext4 -b 1024 -g 256")] // mke2fs takes meta_bg by itself
    public async Task Where_free_blocks_lie_elsewhere_all_of_the_file_system_is_used(string options)
    {
        await MakeAsync(options, 30);
        await IsUsedWholeAsync();
    }

    [Fact]
    public async Task A_journal_that_must_be_replayed_first_leaves_no_block_free()
    {
        await MakeAsync("-t ext4", 30);
        await DiskTool.RunAsync("/usr/sbin/debugfs", "-w", "-R", "feature needs_recovery", Image);
        await IsUsedWholeAsync();
    }

    [Fact]
    public async Task What_hangs_behind_a_file_system_may_be_about_its_free_blocks()
    {
        await MakeAsync("-t ext4", 30);
        await using (FileStream file = File.OpenWrite(Image))
        {
            file.Position = (30 << 20) + 5000;
            file.WriteByte(1);
        }

        await IsUsedWholeAsync();
    }

    [Theory]
    [InlineData(0x38, 0)] // no magic number
    [InlineData(0x18, 0xff)] // absurd block size
    [InlineData(0x20, 0xff)] // more blocks in a group than a bitmap has bits
    [InlineData(0x04, 0xff)] // more blocks than there are
    [InlineData(0x63, 0xff)] // features of the future
    [InlineData(0x67, 0xff)]
    [InlineData(0x3a, 2)] // errors
    public async Task A_superblock_that_is_not_understood_leaves_no_block_free(int at, byte value)
    {
        await MakeAsync("-t ext4 -b 1024", 30);
        await WriteAsync(1024 + at, value, value);
        await IsUsedWholeAsync();
    }

    [Fact]
    public async Task A_descriptor_that_points_nowhere_leaves_no_block_free()
    {
        await MakeAsync("-t ext4 -b 1024", 30);
        await WriteAsync(2048, 0xff, 0xff, 0xff, 0xff);
        await IsUsedWholeAsync();
    }

    private async Task MakeAsync(string options, int mebibytes)
    {
        string tree = folder.File("tree");
        Directory.CreateDirectory(Path.Combine(tree, "sub"));
        for (int file = 0; file < 40; file++)
            await File.WriteAllBytesAsync(Path.Combine(tree, file % 2 == 0 ? "sub" : "", $"file{file}"), new byte[file * 3000], TestContext.Current.CancellationToken);
        await using (FileStream file = File.Create(Image))
            file.SetLength((long)mebibytes << 20);
        await DiskTool.RunAsync("/usr/sbin/mke2fs", ["-q", "-F", .. options.Split(' '), "-d", tree, Image]);
    }

    private async Task WriteAsync(int at, params byte[] bytes)
    {
        await using FileStream file = File.OpenWrite(Image);
        file.Position = at;
        await file.WriteAsync(bytes, TestContext.Current.CancellationToken);
    }

    private async Task IsUsedWholeAsync()
    {
        await using FileStream stream = File.OpenRead(Image);
        Assert.Null(Ext4FreeBlocks.Of(stream));
    }
}
