// Modes of files and folders on their way into trees, through merging and filtering, and back to disk; and what a tree cannot hold.

using System.Diagnostics;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Store;

public sealed class ModeTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("644", null)]
    [InlineData("755", null)]
    [InlineData("444", null)]
    [InlineData("555", null)]
    [InlineData("664", null)]
    [InlineData("775", null)]
    [InlineData("600", "600")]
    [InlineData("640", "640")]
    [InlineData("700", "700")]
    [InlineData("744", "744")]
    [InlineData("666", "666")]
    [InlineData("4755", "4755")]
    [InlineData("2755", "2755")]
    [InlineData("1755", "1755")]
    [InlineData("0", "0")]
    public async Task A_file_carries_its_mode_unless_that_is_ordinary(string mode, string? carried)
    {
        var tree = await Put(("etc/file", "x", mode));
        var entry = TreeWalk.Find(_fixture.Store, tree, "etc/file")!;
        Assert.Equal(carried, entry.UnixMode is { } carries ? Convert.ToString(carries, 8) : null);
        Assert.Equal(carried ?? (mode[0] is '7' or '5' ? "755" : "644"), Convert.ToString(TreeWalk.Mode(_fixture.Store, entry), 8));
    }

    [Theory]
    [InlineData("755", null)]
    [InlineData("555", null)]
    [InlineData("775", null)]
    [InlineData("700", "700")]
    [InlineData("750", "750")]
    [InlineData("777", "777")]
    [InlineData("1777", "1777")]
    [InlineData("2755", "2755")]
    public async Task A_folder_carries_its_mode_unless_that_is_ordinary(string mode, string? carried)
    {
        var tree = await Put(("var/tmp/", "", mode));
        var entry = TreeWalk.Find(_fixture.Store, tree, "var/tmp")!;
        Assert.Equal(carried, TreeWalk.FolderMode(_fixture.Store, entry) is { } carries ? Convert.ToString(carries, 8) : null);
        Assert.True(TreeWalk.IsEmptyFolder(_fixture.Store, entry));
    }

    [Fact]
    public async Task Trees_of_ordinary_modes_have_the_digests_that_they_have_without()
    {
        var tree = await Put(("a", "1", "664"), ("b", "2", "555"), ("c/", "", "775"));
        Assert.Equal(
            _fixture.Store.PutDirectory(new Reapi.Directory
            {
                Files = { new Reapi.FileNode { Name = "a", Digest = Digest.Of("1"u8).ToReapi() }, new Reapi.FileNode { Name = "b", Digest = Digest.Of("2"u8).ToReapi(), IsExecutable = true } },
                Directories = { new Reapi.DirectoryNode { Name = "c", Digest = Digest.Empty.ToReapi() } },
            }),
            tree);
    }

    [Fact]
    public async Task The_mode_is_the_protocols_field()
    {
        var tree = await Put(("a", "", "600"));
        // NodeProperties.unix_mode = 3, a UInt32Value (value = 1); FileNode.node_properties = 6. 0600 is 384, as varint 80 03.
        byte[] properties = [0x32, 5, 0x1a, 3, 0x08, 0x80, 0x03];
        Assert.True(_fixture.Store.Read(tree).AsSpan().IndexOf(properties) > 0);
    }

    [Fact]
    public async Task A_materialized_tree_shows_permissions_and_never_runs_as_another()
    {
        var tree = await Put(("shadow", "secret", "640"), ("su", "program", "4755"), ("none", "unreadable", "0"), ("plain", "plain", "644"), ("private/key", "key", "400"), ("private/", "", "700"), ("dark/", "", "0"));
        var path = await _fixture.Store.MaterializeAsync(tree, StoreFixture.Token);
        Assert.Equal(
            ["dark 700", "none 400", "plain 444", "private 700", "private/key 400", "shadow 640", "su 755"],
            Directory.EnumerateFileSystemEntries(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(entry => $"{Path.GetRelativePath(path, entry)} {Convert.ToString(Posix.Stat(entry).Mode, 8)}"));
        Assert.Equal("unreadable", await File.ReadAllTextAsync(Path.Combine(path, "none"), StoreFixture.Token));
        Assert.Equal("444", Convert.ToString(Posix.Stat(_fixture.ObjectPath(Digest.Of("secret"u8))).Mode, 8));
    }

    [Fact]
    public async Task A_tree_with_modes_of_its_own_stands_and_one_with_a_changed_mode_is_made_anew()
    {
        var tree = await Put(("shadow", "secret", "640"), ("private/key", "key", "600"), ("private/", "", "700"));
        var path = await _fixture.Store.MaterializeAsync(tree, StoreFixture.Token);
        var first = Posix.Stat(path).Inode;
        _fixture.Reopen();
        await _fixture.Store.MaterializeAsync(tree, StoreFixture.Token);
        Assert.Equal(first, Posix.Stat(path).Inode);
        Posix.ChangeMode(Path.Combine(path, "shadow"), Convert.ToUInt32("644", 8));
        _fixture.Reopen();
        await _fixture.Store.MaterializeAsync(tree, StoreFixture.Token);
        Assert.Equal("640", Convert.ToString(Posix.Stat(Path.Combine(path, "shadow")).Mode, 8));
        var report = await new CacheMaintenance(_fixture.Store).VerifyAsync(StoreFixture.Token);
        Assert.Equal((0, 0), (report.Damaged.Length, report.TreesRemoved));
    }

    [Fact]
    public async Task Damage_of_a_copy_is_found_by_verification()
    {
        var tree = await Put(("shadow", "secret", "640"));
        var path = await _fixture.Store.MaterializeAsync(tree, StoreFixture.Token);
        StoreFixture.Flip(Path.Combine(path, "shadow"), keepTime: true);
        Assert.Equal(1, (await new CacheMaintenance(_fixture.Store).VerifyAsync(StoreFixture.Token)).TreesRemoved);
        path = await _fixture.Reopen().MaterializeAsync(tree, StoreFixture.Token);
        Assert.Equal("secret", await File.ReadAllTextAsync(Path.Combine(path, "shadow"), StoreFixture.Token));
    }

    [Fact]
    public async Task Merging_keeps_modes_and_an_ordinary_folder_above_only_leads_to_its_content()
    {
        var below = await Put(("etc/private/a", "1", "600"), ("etc/private/", "", "700"), ("tmp/", "", "1777"));
        var above = await Put(("etc/private/b", "2", "644"), ("etc/late/", "", "711"), ("etc/", "", "750"));
        var merged = TreeMerge.Merge(_fixture.Store, [("/", Of(below)), ("/", Of(above))]);
        Assert.Equal(["etc 750", "etc/late 711", "etc/private 700", "etc/private/a 600", "etc/private/b 644", "tmp 1777"], Modes(merged));
        Assert.Equal(merged, TreeMerge.Merge(_fixture.Store, [("/", Of(below)), ("/", Of(above))]));
        Assert.Equal(["mnt 755", .. Modes(merged).Select(line => "mnt/" + line)], Modes(TreePrefix.Add(_fixture.Store, "/mnt", Of(merged))));
        Assert.Equal(["a 600", "b 644"], Modes(TreePrefix.Take(_fixture.Store, merged, "etc/private")!.Digest));
    }

    [Fact]
    public async Task Filtering_keeps_modes_and_drops_folders_that_lead_nowhere()
    {
        var tree = await Put(("etc/private/a", "1", "600"), ("etc/private/", "", "700"), ("var/private/b", "2", "600"), ("var/private/", "", "700"), ("tmp/", "", "1777"));
        Assert.Equal(["etc 755", "etc/private 700", "etc/private/a 600"], Modes(TreeFilter.Select(_fixture.Store, tree, entry => entry.Path == "etc/private/a")));
        Assert.Equal(["etc 755", "etc/private 700", "etc/private/a 600", "tmp 1777", "var 755"], Modes(TreeFilter.Drop(_fixture.Store, tree, entry => entry.Path == "var/private")));
    }

    [Fact]
    public async Task Files_of_the_workspace_are_known_by_their_executable_bit_alone_as_in_git()
    {
        var folder = _fixture.Files("in", ("a", "1"), ("b!", "2"));
        var hasher = new WorkspaceHasher(_fixture.Store, new FileHashes(null));
        var first = hasher.Hash(folder, []);
        Posix.ChangeMode(Path.Combine(folder, "a"), Convert.ToUInt32("600", 8));
        Posix.ChangeMode(folder, Convert.ToUInt32("700", 8));
        Assert.Equal(first, new WorkspaceHasher(_fixture.Store, new FileHashes(null)).Hash(folder, []));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_link_whose_target_is_not_UTF8_is_an_error_that_names_it()
    {
        var folder = _fixture.Files("in", ("a", "1"));
        Run("ln", "-s", folder, "$'caf\\xe9'", "link");
        var problem = await Assert.ThrowsAsync<StoreException>(() => _fixture.Store.PutTreeAsync(folder, move: false, StoreFixture.Token));
        Assert.Equal($"The target of the symbolic link `{folder}/link` is not UTF-8, so a tree cannot hold it; make the link anew with a name in UTF-8, or remove it", problem.Message);
        problem = Assert.Throws<StoreException>(() => new WorkspaceHasher(_fixture.Store, new FileHashes(null)).Hash(folder, []));
        Assert.Contains($"`{folder}/link`", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_kept_for_later_leaves_out_what_a_tree_cannot_hold()
    {
        var folder = _fixture.Files("in", ("sub/a", "1"));
        Run("ln", "-s", folder, "$'caf\\xe9'", "link");
        Run("mkfifo", "", folder, "pipe", "");
        Run("touch", "", folder, "$'\\xff\\xfe'", "");
        Run("mkdir", "", folder, "$'\\xfd'", "");
        Assert.Equal("sub/\nsub/a 1\n", _fixture.Show(await _fixture.Store.PutTreeAsync(folder, move: true, Unstorable.LeftOut, StoreFixture.Token)));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task An_attribute_that_would_be_lost_is_an_error_that_names_path_and_remedy()
    {
        var folder = _fixture.Files("in", ("sub/a", "1"));
        var path = Path.Combine(folder, "sub/a");
        Assert.SkipUnless(SetAttribute(path, "user.origin", "x"u8.ToArray()), "This file system has no attributes of users");
        var problem = await Assert.ThrowsAsync<StoreException>(() => _fixture.Store.PutTreeAsync(folder, move: false, StoreFixture.Token));
        Assert.Equal($"`{path}` has the extended attribute `user.origin`, which a tree cannot hold; remove it with `setfattr -x user.origin`", problem.Message);
        Assert.Throws<StoreException>(() => _fixture.Store.Attributes.RefuseLoss(path));
        Assert.Equal("sub/\nsub/a 1\n", _fixture.Show(await _fixture.Store.PutTreeAsync(folder, move: false, Unstorable.LeftOut, StoreFixture.Token)));
    }

    [Fact]
    public async Task A_capability_that_would_be_lost_is_an_error()
    {
        var folder = _fixture.Files("in", ("ping!", "1"));
        // struct vfs_cap_data, revision 2, effective, CAP_NET_RAW. Source: the kernel's include/uapi/linux/capability.h.
        byte[] capability = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Assert.SkipUnless(SetAttribute(Path.Combine(folder, "ping"), "security.capability", capability), "Only root may give a file capabilities");
        var problem = await Assert.ThrowsAsync<StoreException>(() => _fixture.Store.PutTreeAsync(folder, move: false, StoreFixture.Token));
        Assert.Contains("has the extended attribute `security.capability`", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_file_with_set_uid_is_refused_because_only_trees_carry_modes()
    {
        var folder = _fixture.Files("in", ("su!", "1"));
        _fixture.Store.Attributes.RefuseLoss(Path.Combine(folder, "su"));
        Posix.ChangeMode(Path.Combine(folder, "su"), Convert.ToUInt32("4755", 8));
        Assert.Contains("has mode 4755, which an output that is one file cannot carry", Assert.Throws<StoreException>(() => _fixture.Store.Attributes.RefuseLoss(Path.Combine(folder, "su"))).Message, StringComparison.Ordinal);
    }

    private static OutputValue Of(Digest tree) => new(tree, OutputKind.Tree);

    private string[] Modes(Digest tree) => [.. TreeWalk.Entries(_fixture.Store, tree).Select(entry => $"{entry.Path} {Convert.ToString(TreeWalk.Mode(_fixture.Store, entry), 8)}").Order(StringComparer.Ordinal)];

    /// <summary>A tree of files with modes; a path that ends in a slash is a folder.</summary>
    private async Task<Digest> Put(params (string Path, string Content, string Mode)[] entries)
    {
        var folder = _fixture.Files(Guid.NewGuid().ToString("N"), [.. entries.Select(entry => (entry.Path, entry.Content))]);
        foreach (var (path, _, mode) in entries)
            Posix.ChangeMode(Path.Combine(folder, path.TrimEnd('/')), Convert.ToUInt32(mode, 8));
        return await _fixture.Store.PutTreeAsync(folder, move: true, StoreFixture.Token);
    }

    private static void Run(string program, string option, string folder, string first, string second)
    {
        var start = new ProcessStartInfo("bash") { WorkingDirectory = folder };
        start.ArgumentList.Add("-euc");
        start.ArgumentList.Add($"{program} {option} {first} {second}");
        using var process = Process.Start(start)!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private static bool SetAttribute(string path, string name, byte[] value)
    {
        var start = new ProcessStartInfo("python3");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"import os; os.setxattr({Quoted(path)}, {Quoted(name)}, bytes([{string.Join(',', value)}]))");
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode == 0;

        static string Quoted(string text) => "'" + text + "'";
    }
}
