using System.Text;
using Imagecraft.Feeds.Archives;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Feeds.Tests.Attacks;

/// <summary>What a hostile recipe, repository or archive may try.</summary>
public sealed partial class AttackTests : IDisposable
{
    private readonly GitWorld world = new();

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData("me")]
    [InlineData("nobody")]
    public async Task A_commit_gives_its_files_modes_and_links(string who)
    {
        var commit = await world.CommitAsync("r", ("a/b/file", "text\n"), ("link", "->/etc/passwd"), ("Case", "1"), ("case", "2"), ("long/" + string.Join('/', Enumerable.Repeat("folder-of-some-length", 12)), "x"));
        File.SetUnixFileMode(world.Folder["r/a/b/file"], (UnixFileMode)0x1ed);
        commit = await world.CommitAsync("r", ("a/b/file", "text\n"));

        var tree = await world.FetchAsync($"git:{world.AddressOf("r")}#{commit}", GitWorld.As(who));

        Assert.Equal(["Case=1", "a/b/file=text\n", "case=2", "link -> /etc/passwd", $"long/{string.Join('/', Enumerable.Repeat("folder-of-some-length", 12))}=x"], GitWorld.Listing(tree));
        Assert.Equal(0x1ed, (int)File.GetUnixFileMode(Path.Combine(tree, "a/b/file")));
    }

    [Fact]
    public async Task A_commit_that_no_branch_has_comes_from_a_server()
    {
        var first = await world.CommitAsync("r", ("a", "1"));
        await world.GitAsync("r", "commit", "--quiet", "--amend", "-m", "other");
        using var free = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        free.Start();
        var port = ((System.Net.IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        using var server = System.Diagnostics.Process.Start("git", ["daemon", "--listen=127.0.0.1", $"--port={port}", "--export-all", "--reuseaddr", $"--base-path={Folder.Path}"]);
        try
        {
            while (!await AnswersAsync(port)) Assert.False(server.HasExited, "The server ended");

            Assert.Equal(["a=1"], GitWorld.Listing(await world.FetchAsync($"git:git://127.0.0.1:{port}/r#{first}")));
            Assert.Contains($"has no commit `{new string('1', 40)}`", (await world.RefusedAsync($"git:git://127.0.0.1:{port}/r#{new string('1', 40)}")).Message, StringComparison.Ordinal);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        try
        {
            using var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync(System.Net.IPAddress.Loopback, port, TestContext.Current.CancellationToken);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            return false;
        }
    }

    [Fact]
    public async Task A_repository_of_another_user_is_told_with_the_way_out()
    {
        var commit = await world.CommitAsync("r", ("a", "1"));
        var nobody = GitWorld.As("nobody");
        nobody([], new(world.Folder["r/.git"], null));

        Assert.Contains("clone it into a folder of your own", (await world.RefusedAsync($"git:{world.AddressOf("r")}#{commit}")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_branch_that_moved_changes_nothing()
    {
        var first = await world.CommitAsync("r", ("a", "1"));
        await world.CommitAsync("r", ("a", "2"));

        Assert.Equal(["a=1"], GitWorld.Listing(await world.FetchAsync($"git:{world.AddressOf("r")}#{first}")));
    }

    [Fact]
    public async Task A_commit_of_a_repository_with_SHA256_is_taken()
    {
        Directory.CreateDirectory(world.Folder["r"]);
        await world.GitAsync("r", "init", "--quiet", "--object-format=sha256");
        var commit = await world.CommitAsync("r", ("a", "1"), ("b/c", "2"));

        Assert.Equal(64, commit.Length);
        Assert.Equal(["a=1", "b/c=2"], GitWorld.Listing(await world.FetchAsync($"git:{world.AddressOf("r")}#{commit}")));
    }

    [Fact]
    public async Task What_is_no_commit_is_refused()
    {
        await world.CommitAsync("r", ("a", "1"));
        var blob = (await world.GitAsync("r", "rev-parse", "HEAD:a")).Trim();

        Assert.Contains("where a commit is named", (await world.RefusedAsync($"git:{world.AddressOf("r")}#{blob}")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submodules_come_along_also_those_of_submodules()
    {
        var inner = await world.CommitAsync("inner", ("i", "inner"));
        var sub = await world.CommitAsync("sub", (".gitmodules", $"[submodule \"x.y\"]\n\tpath = deep/er\n\turl = {world.AddressOf("inner")}\n"), ("s", "sub"), ("deep/er", "=" + inner));
        await world.CommitAsync("sub", ("s", "newer"));
        var commit = await world.CommitAsync("r", (".gitmodules", "[submodule \"lib\"]\n\tpath = lib\n\turl = ../sub\n"), ("lib", "=" + sub), ("a", "1"));

        var listing = GitWorld.Listing(await world.FetchAsync($"git:{world.AddressOf("r")}#{commit}"));

        Assert.Equal(["a=1", "lib/deep/er/i=inner", "lib/s=sub"], listing.Where(l => !l.Contains(".gitmodules", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("", "for which `.gitmodules` has no address")]
    [InlineData("[submodule \"l\"]\npath = other\nurl = https://example.org/x\n", "for which `.gitmodules` has no address")]
    [InlineData("[submodule \"l\"]\npath = lib\nurl = /etc\n", "whose address `/etc` is a path")]
    [InlineData("[submodule \"l\"]\npath = lib\nurl = ../../../../../../../../x\n", "leads above the root")]
    [InlineData("[submodule \"l\"]\npath = lib\nurl = \"ext::sh -c id\"\n", "has a blank")]
    [InlineData("[include]\npath = /etc/hostname\n[submodule \"l\"]\npath = lib\nurl = user@example.org:x\n", "is of the form")]
    public async Task A_submodule_without_a_good_address_is_refused_by_name(string file, string words)
    {
        var sub = await world.CommitAsync("sub", ("s", "sub"));
        var commit = await world.CommitAsync("r", [("lib", "=" + sub), ("a", "1"), .. file.Length == 0 ? [] : new[] { (".gitmodules", file) }]);

        var error = await world.RefusedAsync($"git:{world.AddressOf("r")}#{commit}");

        Assert.Contains("has the submodule `lib`", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_submodule_with_an_option_for_an_address_or_path_is_refused()
    {
        var sub = await world.CommitAsync("sub", ("s", "sub"));
        foreach (var file in (string[])["[submodule \"l\"]\npath = lib\nurl = \"--upload-pack=touch /tmp/x;\"\n", "[submodule \"../l\"]\npath = lib\nurl = ../sub\n", "[submodule \"l\"]\npath = -lib\nurl = ../sub\n", "[submodule \"l\"]\npath = lib\nurl = ../sub\nupdate = !touch /tmp/x\n"])
        {
            var commit = await world.CommitAsync("r", ("lib", "=" + sub), (".gitmodules", file));

            await world.RefusedAsync($"git:{world.AddressOf("r")}#{commit}");
        }
    }

    [Fact]
    public async Task Pointers_of_LFS_are_told_with_the_way_out()
    {
        var oid = new string('a', 64);
        var commit = await world.CommitAsync("r", ("model.bin", $"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 12345\n"), ("a", "1"));

        var error = await world.RefusedAsync($"git:{world.AddressOf("r")}#{commit}");

        Assert.Contains("keeps 1 files elsewhere, with Git LFS: [`model.bin`]", error.Message, StringComparison.Ordinal);
        Assert.Contains(oid, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".git")]
    [InlineData(".GIT")]
    [InlineData(".git ")]
    [InlineData(".g\u200cit")]
    [InlineData("GIT~1")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task A_name_that_trees_must_not_have_is_refused_by_git_and_by_us(string name)
    {
        var blob = await BlobAsync();
        var tree = await world.TreeAsync("r", ("100644", Encoding.UTF8.GetBytes(name), blob));
        var commit = await world.CommitOfAsync("r", tree);

        await world.RefusedAsync($"git:{world.AddressOf("r")}#{commit}");
        Assert.Contains("which trees must not have", (await Assert.ThrowsAsync<FeedException>(() => EntriesAsync(commit))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_are_not_UTF8_and_names_that_come_twice_are_refused()
    {
        var blob = await BlobAsync();
        var latin = await world.CommitOfAsync("r", await world.TreeAsync("r", ("100644", [0x63, 0xe9], blob)));
        Assert.Contains("is not UTF-8: bytes 63E9", (await world.RefusedAsync($"git:{world.AddressOf("r")}#{latin}")).Message, StringComparison.Ordinal);

        var twice = await world.CommitOfAsync("r", await world.TreeAsync("r", ("100644", "a"u8.ToArray(), blob), ("120000", "a"u8.ToArray(), blob)));
        Assert.Contains("has two entries `a`", (await Assert.ThrowsAsync<FeedException>(() => EntriesAsync(twice))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tree_that_holds_itself_a_million_times_is_stopped()
    {
        var id = await BlobAsync();
        for (var level = 0; level < 10; level++)
        {
            var (mode, child) = (level == 0 ? "100644" : "40000", id);
            id = await world.TreeAsync("r", [.. Enumerable.Range(0, 10).Select(i => (mode, new[] { (byte)('0' + i) }, child))]);
        }
        var commit = await world.CommitOfAsync("r", id);

        Assert.Contains("more than 5000 members", (await Assert.ThrowsAsync<InvalidDataException>(() => EntriesAsync(commit, 5000))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_content_than_the_id_says_is_refused()
    {
        var work = Directory.CreateDirectory(world.Folder["work"]).FullName;
        var id = new string('a', 40);
        var liar = new GitProgram((_, _) => ["/bin/sh", "-c", $"cat >/dev/null; printf '{id} blob 3\\nabc\\n'"], new(work, null), "file");

        var error = await Assert.ThrowsAsync<FeedException>(() => new GitObjects(liar, work).BytesAsync("blob", [id], TestContext.Current.CancellationToken));

        Assert.Contains($"gave something else for the object `{id}`", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blob_of_more_than_two_gibibytes_is_read()
    {
        var work = Directory.CreateDirectory(world.Folder["work"]).FullName;
        const string id = "ffb5085bb8f3377c53772d72d1c581bb19b20a0d";
        long seen = 0;
        var large = new GitProgram((_, _) => ["/bin/sh", "-c", $"cat >/dev/null; printf '{id} blob 2147483649\\n'; head -c 2147483649 /dev/zero; echo"], new(work, null), "file");

        await new GitObjects(large, work).ReadAsync("blob", [id], (_, size, _) =>
        {
            seen = size;
            return Task.CompletedTask;
        }, TestContext.Current.CancellationToken);

        Assert.Equal(2147483649, seen);
    }

    [Fact]
    public async Task A_server_that_does_not_end_is_given_up()
    {
        var work = Directory.CreateDirectory(world.Folder["work"]).FullName;
        GitCommand endless = (arguments, folders) => ["/bin/sh", "-c", arguments.Contains("init") ? "mkdir git" : "while head -c 1000000 /dev/zero >>git/pack; do sleep 0.05; done"];

        var error = await Assert.ThrowsAsync<FeedException>(() => new GitSnapshot(endless, work, mostBytes: 3_000_000).WriteAsync("https://example.org/x", new string('1', 40), Stream.Null, TestContext.Current.CancellationToken));

        Assert.Contains("gave more than 3000000 bytes", error.Message, StringComparison.Ordinal);
    }

    private async Task<string> BlobAsync()
    {
        await world.CommitAsync("r", ("a", "1"));
        return (await world.GitAsync("r", "rev-parse", "HEAD:a")).Trim();
    }

    private Task<List<GitEntry>> EntriesAsync(string commit, int most = 1000)
    {
        var work = Directory.CreateDirectory(world.Folder["work"]).FullName;
        var git = new GitProgram(GitCommands.OnHost("git"), new(work, null), "file");
        return GitTree.EntriesAsync(new GitObjects(git, world.Folder["r/.git"]), commit, new ExpansionGuard(0, new() { Entries = most }), TestContext.Current.CancellationToken);
    }
}
