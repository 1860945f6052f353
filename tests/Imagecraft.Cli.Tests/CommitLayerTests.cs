// Layers of a workspace that come from git: each a pinned commit, fetched once.

using System.Diagnostics;

namespace Imagecraft.Cli.Tests;

public sealed class CommitLayerTests : IDisposable
{
    // git comes from a tool root, which nobody wants to download for a test.
    private readonly ProductFolder _folder = new() { Cache = ProductFolder.UsersCache };
    private readonly List<string> _commits = [];

    private string Product => _folder.Product;

    // What the cache got stays as it is known by its hash, but nobody will ask for it again.
    public void Dispose()
    {
        foreach (var folder in _commits.Select(commit => Path.Combine(_folder.Cache, "layers", commit)).Where(Directory.Exists))
            Directory.Delete(folder, recursive: true);
        _folder.Dispose();
    }

    [Fact]
    public async Task A_layer_is_a_folder_of_a_commit_and_is_fetched_once()
    {
        var commit = await VendorAsync();
        await _folder.SucceedAsync(_folder.Base, "new", "workspace", "product");
        _folder.Replace("layers: []", $"layers: [ {{ git: \"file:../vendor\", commit: {commit}, folder: sub/layer }} ]");

        Assert.Contains("vendors", await _folder.SucceedAsync(Product, "list", "images"), StringComparison.Ordinal);

        // It is there, so nobody asks for it again.
        Directory.Delete(Path.Combine(_folder.Base, "vendor"), recursive: true);
        Assert.Contains("vendors", await _folder.SucceedAsync(Product, "list", "images"), StringComparison.Ordinal);
        Assert.Contains($"layer  vendor   priority 0, version 1.2, commit {commit} of file:../vendor\n", await _folder.SucceedAsync(Product, "list", "layers"), StringComparison.Ordinal);
        Assert.EndsWith($"git: file:../vendor  # imagecraft.yaml:7:18\ncommit: {commit}  # imagecraft.yaml:7:44\nfolder: sub/layer  # imagecraft.yaml:7:94\n", await _folder.SucceedAsync(Product, "show", "layer", "vendor", "--origin"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_branch_that_moves_on_changes_nothing_until_its_commit_is_written()
    {
        var first = await VendorAsync();
        _folder.Write("vendor/sub/layer/images/more.yaml", "image: more\ninit: none\n");
        var second = await CommitAsync("vendor");
        await _folder.SucceedAsync(_folder.Base, "new", "workspace", "product");
        // A bare repository, by an address of its own.
        await GitAsync(".", "clone", "--quiet", "--bare", "vendor", "vendor.git");
        _folder.Replace("layers: []", $"layers: [ {{ git: \"file://{_folder.Base}/vendor.git\", commit: {first}, folder: sub/layer }} ]");
        Assert.DoesNotContain("more", await _folder.SucceedAsync(Product, "list", "images"), StringComparison.Ordinal);

        _folder.Replace(first, second);

        Assert.Contains("more", await _folder.SucceedAsync(Product, "list", "images"), StringComparison.Ordinal);
        // Links of what is listed no more are gone.
        Assert.Equal(["core", $"layer-{second[..8]}"], Directory.GetFileSystemEntries(Path.Combine(Product, ".imagecraft", "layers")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task What_a_repository_says_of_filters_and_hooks_is_not_done_and_links_out_of_it_are_refused()
    {
        var evidence = Path.Combine(_folder.Base, "evidence");
        await VendorAsync();
        _folder.Write("vendor/.gitattributes", "*.yaml filter=evil text eol=crlf ident\n");
        _folder.Write("vendor/.gitconfig", $"[filter \"evil\"]\nsmudge = touch {evidence}\n");
        _folder.Write("vendor/hooks/post-checkout", $"#!/bin/sh\ntouch {evidence}\n");
        _folder.Write("vendor/sub/layer/images/stolen.yaml", "image: stolen\ninit: none\nfiles: [ { path: /stolen, source: passwd } ]\n");
        File.CreateSymbolicLink(Path.Combine(_folder.Base, "vendor", "sub", "layer", "images", "passwd"), "/etc/passwd");
        var commit = await CommitAsync("vendor");
        await _folder.SucceedAsync(_folder.Base, "new", "workspace", "product");
        _folder.Replace("layers: []", $"layers: [ {{ git: \"file:../vendor\", commit: {commit}, folder: sub/layer }} ]");

        var text = await _folder.RefuseAsync(Product, "validate");

        Assert.Contains($"`.imagecraft/layers/layer-{commit[..8]}/images/passwd` to `/etc/passwd` leads out of the workspace", text, StringComparison.Ordinal);
        Assert.False(File.Exists(evidence));
        Assert.DoesNotContain('\r', File.ReadAllText(Path.Combine(_folder.Cache, "layers", commit, "sub", "layer", "images", "vendors.yaml")));
    }

    [Fact]
    public async Task A_folder_that_a_link_of_the_repository_leads_to_is_none()
    {
        await VendorAsync();
        File.CreateSymbolicLink(Path.Combine(_folder.Base, "vendor", "away"), "/etc");
        var commit = await CommitAsync("vendor");
        await _folder.SucceedAsync(_folder.Base, "new", "workspace", "product");
        _folder.Replace("layers: []", $"layers: [ {{ git: \"file:../vendor\", commit: {commit}, folder: away }} ]");

        Assert.Contains("imagecraft.yaml:7:94: error IC0107: The commit has no folder `away`", await _folder.RefuseAsync(Product, "list", "images"), StringComparison.Ordinal);
        _folder.Replace("folder: away", "folder: ../../..");
        Assert.Contains("The commit has no folder `../../..`", await _folder.RefuseAsync(Product, "list", "images"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_submodule_with_an_odd_address_is_refused_and_nothing_of_the_commit_is_kept()
    {
        var inner = await VendorAsync();
        _folder.Write("vendor/.gitmodules", "[submodule \"l\"]\npath = lib\nurl = \"ext::sh -c id\"\n");
        await GitAsync("vendor", "add", ".");
        await GitAsync("vendor", "update-index", "--add", "--cacheinfo", $"160000,{inner},lib");
        var commit = await CommitAsync("vendor", all: false);
        await _folder.SucceedAsync(_folder.Base, "new", "workspace", "product");
        _folder.Replace("layers: []", $"layers: [ {{ git: \"file:../vendor\", commit: {commit}, folder: sub/layer }} ]");

        var text = await _folder.RefuseAsync(Product, "list", "images");

        Assert.Contains("imagecraft.yaml:7:18: error IC0107", text, StringComparison.Ordinal);
        Assert.Contains("has the submodule `lib`", text, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_folder.Cache, "layers"), commit + "*"));
    }

    [Fact]
    public async Task A_commit_that_is_not_there_or_out_of_reach_is_told_with_its_place()
    {
        var commit = await VendorAsync();
        var other = new string('1', 40);
        await _folder.SucceedAsync(_folder.Base, "new", "workspace", "product");
        _folder.Replace("layers: []", $"layers: [ {{ git: \"file:../vendor\", commit: {other} }} ]");
        var text = await _folder.RefuseAsync(Product, "list", "images");
        Assert.Contains("imagecraft.yaml:7:18: error IC0107", text, StringComparison.Ordinal);
        Assert.Contains($"has no commit `{other}`", text, StringComparison.Ordinal);

        _folder.Replace($"\"file:../vendor\", commit: {other}", $"\"git://127.0.0.1:1/vendor\", commit: {commit}");
        Assert.Contains("unable to connect to 127.0.0.1", await _folder.RefuseAsync(Product, "list", "images"), StringComparison.Ordinal);
        var (exitCode, offline) = await _folder.RunAsync(Product, "plan", "--offline");
        Assert.NotEqual(0, exitCode);
        Assert.Contains($"The commit `{commit}` of `git://127.0.0.1:1/vendor` is not in the cache, and `--offline` forbids to fetch it", offline, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("commit: main", "`git ls-remote ADDRESS main` prints the one that a branch leads to now")]
    [InlineData("commit: 1a2b3c4d", "It has 8 characters; `git rev-parse 1a2b3c4d` in a clone prints all of them")]
    [InlineData("folder: sub", "Required key `commit` is missing in a layer that comes from git")]
    [InlineData("commit: 1111111111111111111111111111111111111111, sha256: 1111111111111111111111111111111111111111111111111111111111111111", "A layer has a `sha256`, but comes from git")]
    [InlineData("archive: \"https://example.org/a.tar.gz\"", "A layer has an `archive` and a `git`")]
    public async Task What_is_wrong_with_a_commit_is_told_while_reading(string keys, string message)
    {
        await _folder.SucceedAsync(_folder.Base, "new", "workspace", "product");
        _folder.Replace("layers: []", $"layers: [ {{ git: \"https://example.org/layer.git\", {keys} }} ]");

        var text = await _folder.RefuseAsync(Product, "list", "images");

        Assert.Contains("imagecraft.yaml:7:", text, StringComparison.Ordinal);
        Assert.Contains(message, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../layer.git", "It is a path; write `file:///PATH`")]
    [InlineData("http://example.org/layer.git", "It would be fetched unencrypted; write `https://`")]
    [InlineData("ext::sh -c id", "It has a blank")]
    [InlineData("--upload-pack=id", "It begins like an option of git")]
    [InlineData("https://me:secret@example.org/layer.git", "It has a password in it")]
    public async Task An_address_that_git_must_not_be_given_is_refused(string address, string message)
    {
        await _folder.SucceedAsync(_folder.Base, "new", "workspace", "product");
        _folder.Replace("layers: []", $"layers: [ {{ git: \"{address}\", commit: {new string('1', 40)} }} ]");

        Assert.Contains(message, await _folder.RefuseAsync(Product, "list", "images"), StringComparison.Ordinal);
    }

    /// <summary>A repository with a layer in a folder; its commit is none that any other run has.</summary>
    private async Task<string> VendorAsync()
    {
        _folder.Write("vendor/sub/layer/layer.yaml", "layer: vendor\nversion: \"1.2\"\n");
        _folder.Write("vendor/sub/layer/images/vendors.yaml", $"image: vendors\nsummary: {Guid.NewGuid():N}\ninit: none\n");
        await GitAsync("vendor", "init", "--quiet", "--initial-branch=main");
        return await CommitAsync("vendor");
    }

    private async Task<string> CommitAsync(string name, bool all = true)
    {
        if (all)
            await GitAsync(name, "add", ".");
        await GitAsync(name, "commit", "--quiet", "-m", "change");
        var commit = (await GitAsync(name, "rev-parse", "HEAD")).Trim();
        _commits.Add(commit);
        return commit;
    }

    private async Task<string> GitAsync(string name, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", .. arguments]) { WorkingDirectory = Path.Combine(_folder.Base, name), RedirectStandardOutput = true })!;
        var text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return text;
    }
}
