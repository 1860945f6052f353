// The list of an image's files, held against the archive that it tells of.

using System.Formats.Tar;
using System.Security.Cryptography;
using Imagecraft.Images.Manifests;

namespace Imagecraft.EndToEnd.Tests;

public sealed class FileListTests : IDisposable
{
    private readonly FormatWorkspace _workspace = new();

    [Fact]
    public async Task The_list_has_every_entry_of_the_archive_as_it_is()
    {
        _workspace.WriteBoard("");
        _workspace.WriteImage("users: [ { name: ml, id: 1000 } ]\nattributes: [ { path: /usr/bin/hello, mode: \"4755\", owner: ml } ]\n");
        var made = await _workspace.BuildAsync("files.json", "rootfs.tar");
        var listed = FileListJson.Read(await File.ReadAllTextAsync(made[0], TestContext.Current.CancellationToken)).ToDictionary(file => file.Path);

        await using var tar = new TarReader(File.OpenRead(made[1]));
        var seen = 0;
        while (await tar.GetNextEntryAsync(copyData: true, TestContext.Current.CancellationToken) is { } entry)
        {
            seen++;
            var path = "/" + entry.Name.Trim('.').Trim('/');
            var file = listed[path];
            Assert.Equal((path, Convert.ToString((int)entry.Mode, 8).PadLeft(4, '0'), $"{entry.Uid}:{entry.Gid}"), (file.Path, file.Mode, file.Owner));
            Assert.Equal(entry.EntryType switch { TarEntryType.RegularFile => "file", TarEntryType.Directory => "folder", TarEntryType.SymbolicLink => "link", _ => "node" }, file.Kind);
            if (file.Kind == "file")
                Assert.Equal((entry.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(entry.DataStream ?? Stream.Null, TestContext.Current.CancellationToken))), (file.Size, file.Sha256));
            if (file.Kind == "link")
                Assert.Equal(entry.LinkName, file.Target);
        }

        Assert.Equal(listed.Count, seen);
        Assert.Equal(("hello", "4755"), (listed["/usr/bin/hello"].Package, listed["/usr/bin/hello"].Mode));
        Assert.Equal("image", listed["/etc/passwd"].Package);
        Assert.Equal("", listed["/usr/share"].Package);
    }

    public void Dispose() => _workspace.Dispose();
}
