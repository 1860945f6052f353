using System.Globalization;
using System.IO.Compression;
using System.Text;
using CliWrap;
using CliWrap.Buffered;
using Imagecraft.Feeds.Archives;

namespace Imagecraft.Feeds.Tests.Attacks;

public sealed partial class AttackTests
{
    private static readonly ExpansionLimits Tight = new() { FloorBytes = 1 << 20, Ratio = 2, Entries = 100 };

    private TemporaryFolder Folder => world.Folder;

    [Fact]
    public async Task Hard_links_share_their_file_and_a_replaced_one_leaves_the_others()
    {
        await ExtractAsync(new Tar().File("a", "text").HardLink("b", "a").HardLink("c", "b").File("c", "own").Bytes());

        File.AppendAllText(Folder["out/a"], " and more");
        Assert.Equal(["text and more", "own"], new[] { "b", "c" }.Select(n => File.ReadAllText(Folder[$"out/{n}"])));
    }

    [Fact]
    public async Task Hard_links_without_number_are_stopped()
    {
        var tar = new Tar().File("a", new string('x', 300_000));
        for (var i = 0; i < 50; i++) tar.HardLink(string.Create(CultureInfo.InvariantCulture, $"link{i}"), "a");

        Assert.Contains("unpacks with its hard links to more than", await RefusalAsync(tar.Gzip(), Tight), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("bzip2")]
    [InlineData("zip")]
    [InlineData("left out")]
    public async Task A_decompression_bomb_is_stopped(string format)
    {
        var zeros = new byte[20 << 20];
        var tar = new Tar().Member(format == "left out" ? "left/out" : "bomb", '0', "", "644", zeros).Bytes();
        var bomb = format switch
        {
            "zstd" => Tar.Compress(tar, s => new ZstdSharp.CompressionStream(s)),
            "bzip2" => Tar.Compress(tar, s => SharpCompress.Compressors.BZip2.BZip2Stream.Create(s, SharpCompress.Compressors.CompressionMode.Compress, decompressConcatenated: false, leaveOpen: true)),
            "zip" => Zip("bomb", zeros),
            _ => Tar.Compress(tar, s => new GZipStream(s, CompressionLevel.Fastest, leaveOpen: true)),
        };

        Assert.Contains("as decompression bombs do", await RefusalAsync(bomb, Tight), StringComparison.Ordinal);
        Assert.InRange(new DirectoryInfo(Folder["out"]).EnumerateFiles().Sum(f => f.Length), 0, 2 << 20);
    }

    [Fact]
    public async Task Members_without_number_are_stopped()
    {
        var tar = new Tar();
        for (var i = 0; i < 101; i++) tar.Folder(string.Create(CultureInfo.InvariantCulture, $"d{i}/"));

        Assert.Contains("more than 100 members", await RefusalAsync(tar.Bytes(), Tight), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deep")]
    [InlineData("long")]
    [InlineData("name")]
    public async Task A_path_that_no_file_can_have_is_refused(string kind)
    {
        var path = kind switch
        {
            "deep" => string.Join('/', Enumerable.Repeat("d", 600)),
            "long" => string.Join('/', Enumerable.Repeat(new string('n', 200), 30)),
            _ => new string('n', 300),
        };

        Assert.Contains("longer", await RefusalAsync(new Tar().Pax("path", path).File("x").Bytes()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_window_of_xz_beyond_the_limit_is_refused_by_either_decoder()
    {
        var xz = Convert.FromBase64String(ArchiveTests.HelloXz);
        // The block header: its size, flags, filter, length of properties, window; then its checksum. 39 stands for 3 GiB.
        xz[16] = 39;
        BitConverter.GetBytes(Crc32(xz.AsSpan(12, 8))).CopyTo(xz, 20);

        Assert.Contains("MiB of memory", await RefusalAsync(xz), StringComparison.Ordinal);
        Assert.Contains("MiB of memory", Assert.Throws<InvalidDataException>(() => XzWindows.Check(new MemoryStream(xz), Decompression.MemoryLimit)).Message, StringComparison.Ordinal);
        XzWindows.Check(new MemoryStream(Convert.FromBase64String(ArchiveTests.HelloXz)), Decompression.MemoryLimit);
    }

    [Fact]
    public async Task A_window_of_zstd_beyond_the_limit_is_refused() =>
        // Magic, descriptor, window of 2 GiB, last block of one byte.
        await RefusalAsync([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x09, 0x00, 0x00, 0x41]);

    [Fact]
    public void A_control_file_without_bound_is_refused()
    {
        var package = DebTests.Package(new Tar().File("./x").Gzip(), $"X-Long: {new string('x', 2 << 20)}\n");

        Assert.Contains("at most 1048576 are read", Assert.Throws<FeedException>(() => Deb.ReadInfo(new MemoryStream(package), "a.deb", null)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("whole", true)]
    [InlineData("without end", true)]
    [InlineData("one block of zeros", true)]
    [InlineData("cut in a content", false)]
    [InlineData("cut after a header", false)]
    [InlineData("empty", false)]
    public async Task A_tar_is_whole_when_GNU_tar_says_so(string kind, bool expected)
    {
        var whole = new Tar().File("a", new string('x', 1000)).File("b", "y").WithoutEnd();
        byte[] tar = kind switch
        {
            "whole" => [.. whole, .. new byte[1024]],
            "without end" => whole,
            "one block of zeros" => [.. whole, .. new byte[512]],
            "cut in a content" => whole[..1000],
            "cut after a header" => whole[..512],
            _ => [],
        };
        var path = Folder.Write("source.tar", tar);
        var gnu = await Cli.Wrap("tar").WithArguments(["tf", path]).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(TestContext.Current.CancellationToken);

        Assert.Equal(expected, gnu.IsSuccess);
        if (!expected) await RefusalAsync(tar);
        else Assert.Equal(kind == "without end", !(await ExtractAsync(tar)).Notes.IsEmpty);
    }

    [Fact]
    public async Task GNU_tar_reads_what_we_write()
    {
        var name = string.Join('/', Enumerable.Repeat("folder-of-some-length", 12));
        using (var stream = File.Create(Folder["ours.tar"]))
        {
            var tar = new CanonicalTar(stream);
            tar.File("run", 3, executable: true);
            tar.Content("abc"u8);
            tar.EndFile(3);
            tar.File(name, 0, executable: false);
            tar.EndFile(0);
            tar.Link("link", Encoding.UTF8.GetBytes(name));
            tar.Folder("folder");
            tar.End();
        }

        var list = (await Cli.Wrap("tar").WithArguments(["tvf", Folder["ours.tar"]]).WithEnvironmentVariables(e => e.Set("TZ", "UTC")).ExecuteBufferedAsync(TestContext.Current.CancellationToken)).StandardOutput;

        Assert.Equal(
            ["-rwxr-xr-x 0/0 3 1970-01-01 00:00 run", $"-rw-r--r-- 0/0 0 1970-01-01 00:00 {name}", $"lrwxrwxrwx 0/0 0 1970-01-01 00:00 link -> {name}", "drwxr-xr-x 0/0 0 1970-01-01 00:00 folder/"],
            list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
    }

    [Fact]
    public async Task Modes_of_a_package_are_kept_and_other_losses_are_told()
    {
        var data = new Tar().Folder("./", "755").Folder("./srv/", "1777").Folder("./srv/own/", "700").File("./srv/own/su", mode: "4755").File("./srv/wall", mode: "2755").Owner("root", "tty")
            .Pax("SCHILY.xattr.security.capability", "x").File("./srv/ping", mode: "755").File("./srv/secret", mode: "0").Gzip();

        var result = await Deb.ExtractAsync(Folder.Write("a.deb", DebTests.Package(data)), Folder["out"], Deb.ForTrees, TestContext.Current.CancellationToken);

        Assert.Equal(["1777", "700", "4755", "2755", "755", "400"], ((string[])["srv", "srv/own", "srv/own/su", "srv/wall", "srv/ping", "srv/secret"]).Select(p => Convert.ToString((int)File.GetUnixFileMode(Folder[$"out/{p}"]), 8)));
        Assert.Equal(["`/srv/ping` has [security.capability], which is not kept", "`/srv/wall` belongs to `root:tty`, which is not kept"], result.Lost.Select(l => l.ToString()));
        Assert.Equal(2, result.Notes.Length);
    }

    [Fact]
    public async Task Names_that_are_not_UTF8_stay_apart_and_are_told()
    {
        var result = await ExtractAsync(new Tar().File("xx").Patch(0, (byte)'c', 0xe9).File("xx").Patch(0, (byte)'c', 0xe8).Bytes());

        Assert.Equal(["c\\xE8", "c\\xE9"], Directory.EnumerateFiles(Folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(2, result.Notes.Length);
    }

    // Why there is a reader of our own: when this fails, it may go.
    [Fact]
    public void The_platforms_reader_of_tar_believes_sizes_and_loses_names()
    {
        var header = new Tar().Member("pax", 'x', "", "644", []).Patch(124, "04000000000"u8.ToArray()).WithoutEnd();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsAny<Exception>(() => new System.Formats.Tar.TarReader(new MemoryStream(header)).GetNextEntry());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 500L << 20, long.MaxValue);

        var names = new Tar().File("xx").Patch(0, (byte)'c', 0xe9).File("xx").Patch(0, (byte)'c', 0xe8).Bytes();
        var reader = new System.Formats.Tar.TarReader(new MemoryStream(names));
        Assert.Equal(reader.GetNextEntry()!.Name, reader.GetNextEntry()!.Name);
    }

    private async Task<ExtractResult> ExtractAsync(byte[] bytes, ExpansionLimits? limits = null) =>
        await Archive.ExtractAsync(Folder.Write("source.tar", bytes), Folder["out"], new() { Limits = limits ?? new(), Without = ["left"] }, TestContext.Current.CancellationToken);

    private async Task<string> RefusalAsync(byte[] bytes, ExpansionLimits? limits = null)
    {
        var refusal = await Assert.ThrowsAsync<FeedException>(() => ExtractAsync(bytes, limits));
        Assert.True(refusal.UserError, refusal.Message);
        return refusal.Message;
    }

    private static byte[] Zip(string name, byte[] content)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = zip.CreateEntry(name).Open())
            entry.Write(content);
        return stream.ToArray();
    }

    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        var sum = uint.MaxValue;
        foreach (var b in data)
        {
            sum ^= b;
            for (var i = 0; i < 8; i++) sum = (sum >> 1) ^ ((sum & 1) * 0xedb88320);
        }
        return ~sum;
    }
}
