using System.IO.Compression;
using System.Text;
using Imagecraft.Feeds.Archives;

namespace Imagecraft.Feeds.Tests;

public sealed class ArchiveTests : IDisposable
{
    // A tar with hello.txt, compressed by xz, for which there is no encoder here.
    internal const string HelloXz = "/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4Cf/AGldADQZSe6N8LrI/5v/8gxprxHrY1SJHfcsRUAIovXz64W9JEMMWIwLTSBi1ups3qO+aMpN9wEIYN4od4DW7E9mpbOgYAz7P/XSFNvI90VkACu5vSBcoVRXEvnE4Q/8DIiYbQjnmvvI1pGsAAAAAABvGpAOUnPiZgABhQGAUAAAjeCtMbHEZ/sCAAAAAARZWg==";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("plain")]
    [InlineData("gzip")]
    [InlineData("bzip2")]
    [InlineData("zstd")]
    public async Task Formats_are_told_apart_by_their_first_bytes(string format)
    {
        var tar = new Tar().Folder("top/").File("top/hello.txt", "hello").Bytes();
        var bytes = format switch
        {
            "gzip" => Tar.Compress(tar, s => new GZipStream(s, CompressionLevel.Fastest, leaveOpen: true)),
            "bzip2" => Tar.Compress(tar, s => SharpCompress.Compressors.BZip2.BZip2Stream.Create(s, SharpCompress.Compressors.CompressionMode.Compress, decompressConcatenated: false, leaveOpen: true)),
            "zstd" => Tar.Compress(tar, s => new ZstdSharp.CompressionStream(s)),
            _ => tar,
        };

        await ExtractAsync(bytes, new ExtractOptions { Strip = 1 });

        Assert.Equal("hello", File.ReadAllText(folder["out/hello.txt"]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("/nowhere/liblzma.so.5")]
    public async Task An_xz_archive_is_read_whichever_decoder_there_is(string? library)
    {
        await ExtractAsync(Convert.FromBase64String(HelloXz), new ExtractOptions { Liblzma = library });

        Assert.Equal("hello xz\n", File.ReadAllText(folder["out/hello.txt"]));
    }

    [Fact]
    public void Native_and_managed_xz_decoders_give_the_same_bytes()
    {
        var compressed = Convert.FromBase64String(HelloXz);
        using var managed = new SharpCompress.Compressors.Xz.XZStream(new MemoryStream(compressed));
        using var expected = new MemoryStream();
        managed.CopyTo(expected);
        // The host's library; where it is missing, the managed decoder is what runs.
        using var native = Decompression.Open(new MemoryStream(compressed), null);
        using var actual = new MemoryStream();
        native.CopyTo(actual);

        Assert.Equal(expected.ToArray(), actual.ToArray());
    }

    [Fact]
    public async Task A_zip_keeps_executable_bits_and_links()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "top/run.sh", "#!/bin/sh", Convert.ToInt32("100755", 8));
            Add(zip, "top/plain", "text", Convert.ToInt32("100644", 8));
            Add(zip, "top/link", "plain", Convert.ToInt32("120777", 8));
        }

        await ExtractAsync(stream.ToArray(), new ExtractOptions { Strip = 1 });

        Assert.True(File.GetUnixFileMode(folder["out/run.sh"]).HasFlag(UnixFileMode.UserExecute));
        Assert.False(File.GetUnixFileMode(folder["out/plain"]).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal("plain", new FileInfo(folder["out/link"]).LinkTarget);
    }

    [Fact]
    public async Task Modes_are_those_that_a_plain_user_with_umask_022_gets()
    {
        await ExtractAsync(new Tar().File("a", mode: "4711").File("b", mode: "600").File("c", mode: "666").File("d", mode: "0").Folder("e/", "2777").Bytes());

        Assert.Equal(["711", "600", "644", "600", "755"], "abcde".Select(name => Mode(name.ToString())));
    }

    [Fact]
    public async Task Long_names_of_pax_and_gnu_are_read()
    {
        var longName = string.Join('/', Enumerable.Repeat("folder-with-a-name", 12)) + "/file";

        await ExtractAsync(new Tar().Pax("path", "p/" + longName).File("short").Member("././@LongLink", 'L', "", "644", Encoding.UTF8.GetBytes("g/" + longName + "\0")).File("short").Bytes());

        Assert.True(File.Exists(folder["out/p/" + longName]));
        Assert.True(File.Exists(folder["out/g/" + longName]));
    }

    [Fact]
    public async Task Links_are_made_and_hard_links_are_copies()
    {
        await ExtractAsync(new Tar().File("d/file", "text").Link("d/soft", "file").Link("abs", "/usr/bin/x").HardLink("hard", "d/file").Bytes());

        Assert.Equal("text", File.ReadAllText(folder["out/d/soft"]));
        Assert.Equal("/usr/bin/x", new FileInfo(folder["out/abs"]).LinkTarget);
        Assert.Equal("text", File.ReadAllText(folder["out/hard"]));
    }

    [Fact]
    public async Task Content_of_folders_is_left_out()
    {
        await ExtractAsync(
            new Tar().File("usr/share/doc/a/b").File("usr/share/docs").File("usr/share/man").File("usr/bin/x").Bytes(), new ExtractOptions { Without = ["usr/share/doc", "usr/share/man"] });

        Assert.Equal(["usr/bin/x", "usr/share/docs", "usr/share/man"], Directory.EnumerateFiles(folder["out"], "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder["out"], f)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Devices_are_not_made_but_named()
    {
        var result = await ExtractAsync(new Tar().Member("dev/null", '3', "", "666", []).File("x").Bytes());

        Assert.Equal(["dev/null"], result.Skipped);
        Assert.Equal(1, result.Files);
    }

    [Fact]
    public async Task A_member_that_comes_twice_is_the_later_one()
    {
        await ExtractAsync(new Tar().File("a", "one").Link("b", "nowhere").File("a", "two").File("b", "three").Bytes());

        Assert.Equal("two", File.ReadAllText(folder["out/a"]));
        Assert.Equal("three", File.ReadAllText(folder["out/b"]));
        Assert.Null(new FileInfo(folder["out/b"]).LinkTarget);
    }

    [Theory]
    [InlineData("../escape")]
    [InlineData("a/../../escape")]
    [InlineData("/etc/escape")]
    public async Task A_name_that_leaves_the_destination_is_refused(string name) =>
        Assert.Contains($"`{name}` would be written outside of the destination", (await RefusedAsync(new Tar().File(name).Bytes())).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_file_through_a_link_is_refused()
    {
        Directory.CreateDirectory(folder["victim"]);

        var error = await RefusedAsync(new Tar().Link("d", folder["victim"]).File("d/file").Bytes());

        Assert.Contains("`d` would be written through a symbolic link", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["victim"]));
    }

    [Fact]
    public async Task A_file_over_a_link_replaces_the_link_and_not_its_target()
    {
        folder.Write("victim", "untouched");

        await ExtractAsync(new Tar().Link("f", folder["victim"]).File("f", "new").Bytes());

        Assert.Equal("untouched", File.ReadAllText(folder["victim"]));
    }

    [Fact]
    public async Task A_link_over_a_folder_is_refused() =>
        Assert.Contains("would replace a folder", (await RefusedAsync(new Tar().File("d/x").Link("d", "/tmp").Bytes())).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_hard_link_to_the_outside_is_refused() =>
        Assert.Contains("outside of the destination", (await RefusedAsync(new Tar().HardLink("h", "../../etc/passwd").Bytes())).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_hard_link_through_a_link_is_refused() =>
        Assert.Contains("through a symbolic link", (await RefusedAsync(new Tar().Link("d", "/etc").HardLink("h", "d/passwd").Bytes())).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_hard_link_to_nothing_is_refused() =>
        Assert.Contains("did not come before it", (await RefusedAsync(new Tar().HardLink("h", "later").File("later").Bytes())).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(700)]
    [InlineData(1500)]
    [InlineData(2000)]
    public async Task A_truncated_tar_names_file_and_offset(int length)
    {
        var error = await RefusedAsync(new Tar().File("a", new string('x', 1000)).File("b", new string('y', 1000)).Bytes()[..length]);

        Assert.Contains("source.tar` is malformed: offset ", error.Message, StringComparison.Ordinal);
        Assert.Contains("truncated", error.Message, StringComparison.Ordinal);
        Assert.True(error.UserError);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("xz")]
    [InlineData("zstd")]
    [InlineData("zip")]
    public async Task A_truncated_compressed_archive_is_refused(string format)
    {
        var noise = new byte[5000];
        new Random(1).NextBytes(noise);
        var tar = new Tar().File("a", Convert.ToBase64String(noise)).Bytes();
        var bytes = format switch
        {
            "gzip" => Tar.Compress(tar, s => new GZipStream(s, CompressionLevel.Fastest, leaveOpen: true)),
            "zstd" => Tar.Compress(tar, s => new ZstdSharp.CompressionStream(s)),
            "zip" => [.. "PK\x3\x4"u8, .. noise],
            _ => Convert.FromBase64String(HelloXz),
        };

        Assert.True((await RefusedAsync(bytes[..(bytes.Length * 2 / 3)])).UserError);
    }

    [Fact]
    public async Task A_damaged_xz_archive_is_refused()
    {
        var bytes = Convert.FromBase64String(HelloXz);
        bytes[40] ^= 0xff;

        await RefusedAsync(bytes);
    }

    [Fact]
    public async Task A_damaged_header_names_its_offset()
    {
        var bytes = new Tar().File("a").File("b").Bytes();
        bytes[1024] ^= 0x20;

        Assert.Contains("offset 1024 of the archive has a header whose checksum is wrong", (await RefusedAsync(bytes)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>Not found</html>")]
    public async Task Something_else_is_refused(string text) => Assert.True((await RefusedAsync(Encoding.ASCII.GetBytes(text))).UserError);

    private async Task<ExtractResult> ExtractAsync(byte[] bytes, ExtractOptions? options = null) =>
        await Archive.ExtractAsync(folder.Write("source.tar", bytes), folder["out"], options ?? new ExtractOptions(), TestContext.Current.CancellationToken);

    private Task<FeedException> RefusedAsync(byte[] bytes) => Assert.ThrowsAsync<FeedException>(() => ExtractAsync(bytes));

    private string Mode(string name) => Convert.ToString((int)File.GetUnixFileMode(folder["out/" + name]), 8);

    private static void Add(ZipArchive zip, string name, string text, int mode)
    {
        var entry = zip.CreateEntry(name);
        entry.ExternalAttributes = mode << 16;
        using var writer = new StreamWriter(entry.Open());
        writer.Write(text);
    }
}
