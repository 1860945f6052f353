// Archives as GNU tar and .NET's reader see them.

using System.Collections.Immutable;
using System.Formats.Tar;
using System.Text;
using Imagecraft.Images.RootFs;
using TarWriter = Imagecraft.Images.Archives.TarWriter;

namespace Imagecraft.Images.Tests;

public class TarWriterTests
{
    private static readonly string LongName = "/usr/share/" + string.Join('/', Enumerable.Repeat("a-rather-long-folder-name", 9)) + "/file.txt";
    private static readonly string LongComponent = "/usr/" + new string('n', 180);
    private static readonly string LongTarget = "/usr/share/" + new string('t', 150);

    private static RootFsTree Sample(bool reversed = false)
    {
        RootFsEntry[] entries =
        [
            RootFsEntry.File("/usr/bin/su", FileContent.Of("su"), Convert.ToInt32("4755", 8)) with { Uid = 0, Gid = 12 },
            RootFsEntry.File(LongName, FileContent.Of("long")),
            RootFsEntry.File(LongComponent, FileContent.Of(new byte[1000])),
            RootFsEntry.File("/usr/grüße", FileContent.Of("hi")) with { Uid = 3_000_000, Gid = 3_000_001 },
            RootFsEntry.Symlink("/usr/link", "bin/su"),
            RootFsEntry.Symlink("/usr/longlink", LongTarget),
            RootFsEntry.File("/usr/bin/ping", FileContent.Of("ping")) with
            {
                Xattrs = ImmutableSortedDictionary.Create<string, ImmutableArray<byte>>(StringComparer.Ordinal)
                    .Add("security.capability", [1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).Add("user.text", [.. "value"u8]),
            },
            new() { Path = TargetPath.Parse("/dev/console"), Kind = EntryKind.CharacterDevice, Mode = Convert.ToInt32("600", 8), Major = 5, Minor = 1 },
            new() { Path = TargetPath.Parse("/dev/vda"), Kind = EntryKind.BlockDevice, Mode = Convert.ToInt32("660", 8), Major = 254, Minor = 0 },
            new() { Path = TargetPath.Parse("/run/initctl"), Kind = EntryKind.Fifo, Mode = Convert.ToInt32("600", 8) },
        ];
        var builder = new RootFsBuilder();
        foreach (RootFsEntry entry in reversed ? entries.Reverse() : entries)
            builder.Add("sample", entry);
        return builder.Build();
    }

    private static async Task<byte[]> WriteAsync(RootFsTree tree)
    {
        using var stream = new MemoryStream();
        await TarWriter.WriteAsync(tree, stream, TestContext.Current.CancellationToken);
        return stream.ToArray();
    }

    [Fact]
    public async Task The_order_of_adding_does_not_change_a_byte() =>
        Assert.Equal(await WriteAsync(Sample()), await WriteAsync(Sample(reversed: true)));

    [Fact]
    public async Task Gnu_tar_lists_every_entry_with_its_attributes()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("x.tar"), await WriteAsync(Sample()), TestContext.Current.CancellationToken);
        string listing = await Tool.RunAsync("tar", "--numeric-owner", "--full-time", "--quoting-style=literal", "--xattrs", "--xattrs-include=*", "-tvvf", folder.File("x.tar"));

        Assert.Matches(@"(?m)^-rwsr-xr-x +0/12 +2 2026-01-01 00:00:00 \./usr/bin/su$", listing);
        Assert.Contains(" ." + LongName + "\n", listing);
        Assert.Contains(" ." + LongComponent + "\n", listing);
        Assert.Contains("3000000/3000001", listing);
        Assert.Contains("./usr/grüße\n", listing);
        Assert.Contains("./usr/longlink -> " + LongTarget + "\n", listing);
        Assert.Matches(@"(?m)^crw------- +0/0 +5,1 .* \./dev/console$", listing);
        Assert.Matches(@"(?m)^brw-rw---- +0/0 +254,0 .* \./dev/vda$", listing);
        Assert.Matches(@"(?m)^prw------- .* \./run/initctl$", listing);
        Assert.Contains("x: 20 security.capability", listing);
        Assert.Contains("x: 5 user.text", listing);
    }

    [Fact]
    public async Task Another_reader_gives_back_the_contents()
    {
        using var stream = new MemoryStream(await WriteAsync(Sample()));
        using var reader = new TarReader(stream);
        var contents = new Dictionary<string, string>();
        while (await reader.GetNextEntryAsync(copyData: true, TestContext.Current.CancellationToken) is { } entry)
        {
            Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(TarWriter.ModificationTime), entry.ModificationTime);
            if (entry.DataStream is { } data)
                contents[entry.Name] = await new StreamReader(data, Encoding.UTF8).ReadToEndAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal("long", contents["." + LongName]);
        Assert.Equal("ping", contents["./usr/bin/ping"]);
        Assert.Equal(1000, contents["." + LongComponent].Length);
        Assert.Equal("hi", contents["./usr/grüße"]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Content_that_changed_while_writing_is_told(int declared)
    {
        var builder = new RootFsBuilder();
        builder.Add("p", RootFsEntry.File("/f", FileContent.Of("four") with { Size = declared }));
        var exception = await Assert.ThrowsAsync<ImageInputException>(() => WriteAsync(builder.Build()));
        Assert.Contains("`/f`", exception.Message);
    }
}
