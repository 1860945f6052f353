// Files and folders on their way into the store and back.

using System.Text;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Store;

public sealed class IngestTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Bytes_come_back_as_they_went_in()
    {
        var digest = _fixture.Store.Put("hello"u8);
        Assert.Equal("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824/5", digest.ToString());
        Assert.True(_fixture.Store.Has(digest));
        Assert.Equal("hello"u8.ToArray(), _fixture.Store.Read(digest));
        using var reader = new StreamReader(_fixture.Store.OpenRead(digest));
        Assert.Equal("hello", reader.ReadToEnd());
    }

    [Fact]
    public void A_directory_is_encoded_byte_for_byte_as_the_protocol_says()
    {
        // Two files and a link, given in the wrong order. Field numbers and wire types by hand: Directory.files = 1, symlinks = 3.
        var digest = _fixture.Store.PutDirectory(new Reapi.Directory
        {
            Files =
            {
                new Reapi.FileNode { Name = "b", Digest = Digest.Of("x"u8).ToReapi(), IsExecutable = true },
                new Reapi.FileNode { Name = "a", Digest = Digest.Empty.ToReapi() },
            },
            Symlinks = { new Reapi.SymlinkNode { Name = "l", Target = "/t" } },
        });

        byte[] FileNode(string name, string hash, byte[] size, bool executable)
        {
            byte[] reference = [0x0a, 64, .. Encoding.ASCII.GetBytes(hash), .. size];
            byte[] node = [0x0a, 1, (byte)name[0], 0x12, (byte)reference.Length, .. reference, .. executable ? new byte[] { 0x20, 1 } : []];
            return [0x0a, (byte)node.Length, .. node];
        }

        byte[] expected =
        [
            .. FileNode("a", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", [], false),
            .. FileNode("b", "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", [0x10, 1], true),
            0x1a, 7, 0x0a, 1, (byte)'l', 0x12, 2, (byte)'/', (byte)'t',
        ];
        Assert.Equal(Digest.Of(expected), digest);
        Assert.Equal(expected, _fixture.Store.Read(digest));
    }

    [Fact]
    public void Names_are_sorted_by_bytes_and_not_by_code_units()
    {
        // U+FFFD is EF BF BD; U+1F600 is F0 9F 98 80, whose first UTF-16 unit D83D is smaller.
        var digest = _fixture.Store.PutDirectory(new Reapi.Directory { Directories = { Node("\U0001F600"), Node("\uFFFD"), Node("z") } });
        Assert.Equal(["z", "\uFFFD", "\U0001F600"], _fixture.Store.GetDirectory(digest).Directories.Select(d => d.Name));

        static Reapi.DirectoryNode Node(string name) => new() { Name = name, Digest = Digest.Empty.ToReapi() };
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_tree_with_odd_names_links_and_empty_folders_survives_the_way_there_and_back(bool move)
    {
        var folder = _fixture.Files(
            "in",
            ("with space", "1"), ("new\nline", "2"), ("ünï/ç\U0001F600", "3"), ("tool!", "4"), ("empty/", ""), ("zero", ""),
            ("dangling", "-> nowhere/at all"), ("absolute", "-> /usr/bin/env"), ("loop", "-> loop"), ("up", "-> ../.."));
        var digest = await _fixture.Store.PutTreeAsync(folder, move, StoreFixture.Token);
        Assert.Equal(move, !Directory.Exists(folder));
        Assert.Equal(
            "absolute -> /usr/bin/env\ndangling -> nowhere/at all\nempty/\nloop -> loop\nnew\nline 2\ntool! 4\nup -> ../..\nwith space 1\nzero \nünï/\nünï/ç\U0001F600 3\n",
            _fixture.Show(digest));

        var path = await _fixture.Store.MaterializeAsync(digest, StoreFixture.Token);
        Assert.Equal("2", File.ReadAllText(Path.Combine(path, "new\nline")));
        Assert.Equal("/usr/bin/env", new FileInfo(Path.Combine(path, "absolute")).LinkTarget);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(path, "empty")));
        Assert.Equal(Convert.ToInt32("555", 8), (int)File.GetUnixFileMode(Path.Combine(path, "tool")));
        Assert.Equal(Convert.ToInt32("444", 8), (int)File.GetUnixFileMode(Path.Combine(path, "zero")));
        foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos())
            Assert.Equal((entry.Name, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)), (entry.Name, entry.LastWriteTimeUtc));
        Assert.Equal(digest, await _fixture.Store.PutTreeAsync(path, move: false, StoreFixture.Token));
    }

    [Fact]
    public async Task What_a_tree_cannot_hold_is_an_error_that_names_the_path()
    {
        var folder = _fixture.Files("in", ("sub/a", "1"));
        using (var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified))
        {
            socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(folder, "sub/s")));
            var problem = await Assert.ThrowsAsync<StoreException>(() => _fixture.Store.PutTreeAsync(folder, move: false, StoreFixture.Token));
            Assert.Equal($"`{folder}/sub/s` is a socket, which a tree cannot hold; remove it or leave it out of the outputs", problem.Message);
        }

        Assert.True(File.Exists(Path.Combine(folder, "sub/a")));
        var file = await Assert.ThrowsAsync<StoreException>(() => _fixture.Store.PutFileAsync(folder, executable: false, move: false, StoreFixture.Token));
        Assert.Equal($"`{folder}` is a folder, which cannot be stored as a file", file.Message);
    }

    [Fact]
    public async Task A_moved_file_becomes_the_object_without_a_copy_unless_it_has_another_name()
    {
        var folder = _fixture.Files("in", ("single", "one name"), ("first", "two names"));
        var inode = Posix.Stat(Path.Combine(folder, "single")).Inode;
        Assert.Equal(0, Posix.Link(Path.Combine(folder, "first"), Path.Combine(_fixture.Folder, "second")));
        await _fixture.Store.PutTreeAsync(folder, move: true, StoreFixture.Token);
        Assert.Equal(inode, Posix.Stat(_fixture.ObjectPath(Digest.Of("one name"u8))).Inode);
        await File.WriteAllTextAsync(Path.Combine(_fixture.Folder, "second"), "overwrite", StoreFixture.Token);
        Assert.Equal("two names"u8.ToArray(), _fixture.Store.Read(Digest.Of("two names"u8)));
    }

    [Fact]
    public async Task Unreadable_folders_and_files_that_are_given_away_are_stored()
    {
        var folder = _fixture.Files("in", ("closed/secret", "1"));
        File.SetUnixFileMode(Path.Combine(folder, "closed/secret"), UnixFileMode.None);
        File.SetUnixFileMode(Path.Combine(folder, "closed"), UnixFileMode.None);
        Assert.Equal("closed/\nclosed/secret 1\n", _fixture.Show(await _fixture.Store.PutTreeAsync(folder, move: true, StoreFixture.Token)));
    }

    [Fact]
    public async Task Large_content_is_the_same_in_store_tree_and_stream()
    {
        var bytes = System.Security.Cryptography.RandomNumberGenerator.GetBytes((1 << 20) + 7);
        var folder = _fixture.Files("in", ("x", ""));
        await File.WriteAllBytesAsync(Path.Combine(folder, "big"), bytes, StoreFixture.Token);
        var tree = await _fixture.Store.PutTreeAsync(folder, move: false, StoreFixture.Token);
        Assert.Equal(Digest.Of(bytes), TreeWalk.Find(_fixture.Store, tree, "big")!.Digest);
        Assert.Equal(bytes, _fixture.Store.Read(Digest.Of(bytes)));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(await _fixture.Store.MaterializeAsync(tree, StoreFixture.Token), "big"), StoreFixture.Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    public void A_name_that_would_leave_its_folder_is_refused(string name)
    {
        var node = new Reapi.Directory { Files = { new Reapi.FileNode { Name = name, Digest = Digest.Empty.ToReapi() } } };
        Assert.Equal($"`{name}` is no name for an entry of a folder", Assert.Throws<StoreException>(() => _fixture.Store.PutDirectory(node)).Message);
    }

    [Fact]
    public async Task An_object_that_can_have_no_more_names_enters_a_tree_as_a_copy()
    {
        var tree = await _fixture.Tree("in", ("a", "popular"), ("b!", "popular"));
        var source = _fixture.ObjectPath(Digest.Of("popular"u8));
        var names = Directory.CreateDirectory(Path.Combine(_fixture.Folder, "names")).FullName;
        var error = 0;
        // ext4 allows 65,000; a file system without a limit makes this a test of a much-linked object.
        for (var i = 0; i < 66_000 && error == 0; i++)
            error = Posix.Link(source, $"{names}/{i}");
        Assert.Contains(error, new[] { 0, Posix.EMLINK });
        var path = await _fixture.Store.MaterializeAsync(tree, StoreFixture.Token);
        Assert.Equal("popular", await File.ReadAllTextAsync(Path.Combine(path, "a"), StoreFixture.Token));
        Assert.Equal((error == 0, 0x124u), (Posix.Stat(Path.Combine(path, "a")).Inode == Posix.Stat(source).Inode, Posix.Stat(Path.Combine(path, "a")).Mode));
        Assert.Equal(path, await _fixture.Reopen().MaterializeAsync(tree, StoreFixture.Token));
    }

    [Fact]
    public async Task A_name_that_is_not_utf8_is_an_error_that_names_its_folder()
    {
        var folder = _fixture.Files("in", ("sub/a", "1"));
        using var shell = System.Diagnostics.Process.Start("sh", ["-c", "printf x > \"$0/sub/$(printf '\\377')\"", folder]);
        await shell.WaitForExitAsync(StoreFixture.Token);
        var problem = await Assert.ThrowsAsync<StoreException>(() => _fixture.Store.PutTreeAsync(folder, move: false, StoreFixture.Token));
        Assert.Equal($"The name of `{folder}/sub/\uFFFD` is not UTF-8; rename it", problem.Message);
        // .NET cannot name the file, so it cannot delete it either.
        using var remover = System.Diagnostics.Process.Start("rm", ["-r", folder]);
        await remover.WaitForExitAsync(StoreFixture.Token);
    }
}
