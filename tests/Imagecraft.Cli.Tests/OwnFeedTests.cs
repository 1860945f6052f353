// A vendor's repository as a feed of a workspace: from its key in `imagecraft.yaml` to packages that are built from.

using Imagecraft.Feeds.Tests;

namespace Imagecraft.Cli.Tests;

public sealed class OwnFeedTests : IDisposable
{
    private static readonly SigningKey Key = new();

    // Bubblewrap comes from a tool root, which nobody wants to download for a test.
    private readonly ProductFolder _folder = new() { Cache = ProductFolder.UsersCache };

    // Packages that no other run has, so that none is in the cache.
    private readonly string _version = $"1.0+{Guid.NewGuid():N}";

    private string Lock => File.ReadAllText(Path.Combine(_folder.Product, "imagecraft.lock"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Packages_of_a_folder_are_locked_and_built_from_and_then_nobody_is_asked()
    {
        await ProductAsync("apt: \"file:../vendor\", suite: stable, components: [ main ]");
        Vendor().Publish();

        Assert.Matches("(?m)^feed  vendor +suite stable of file:../vendor$", await _folder.SucceedAsync(_folder.Product, "list", "feeds"));
        Assert.Contains("apt: file:../vendor  # imagecraft.yaml:8:", await _folder.SucceedAsync(_folder.Product, "show", "feed", "vendor", "--origin"), StringComparison.Ordinal);
        await _folder.SucceedAsync(_folder.Product, "lock");
        Assert.Contains("\nsuite vendor 20", Lock, StringComparison.Ordinal);
        Assert.Contains($"\ndeb vendor-tool {_version} arm64 vendor ", Lock, StringComparison.Ordinal);
        Assert.Contains("\nset recipe/vendor-tool arm64 ", Lock, StringComparison.Ordinal);
        Assert.DoesNotContain("set recipe/vendor-tool armhf", Lock, StringComparison.Ordinal);

        var built = await _folder.SucceedAsync(_folder.Product, "build", "vendor-tool", "--locked");
        Assert.Contains($"Fetch vendor-tool_{_version}_arm64.deb", built, StringComparison.Ordinal);
        Directory.Delete(Path.Combine(_folder.Base, "vendor"), recursive: true);
        await _folder.SucceedAsync(_folder.Product, "build", "vendor-tool", "--locked", "--offline");
    }

    [Fact]
    public async Task The_address_may_come_from_the_machine()
    {
        await ProductAsync("apt: $IMAGECRAFT_FEED_VENDOR, suite: ./");
        Vendor("./").Publish();
        var (exitCode, text) = await _folder.RunAsync(_folder.Product, "lock");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("set the variable `IMAGECRAFT_FEED_VENDOR`", text, StringComparison.Ordinal);

        using var server = new TestServer();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder.Base, "vendor")))
            server.Serve($"/apt/{Path.GetFileName(file)}", Answer.Of(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)));
        _folder.Variables.Add("IMAGECRAFT_FEED_VENDOR", $"{server.Address}/apt");
        await _folder.SucceedAsync(_folder.Product, "build", "vendor-tool");

        Assert.Equal(["GET /apt/InRelease", "GET /apt/Packages", $"GET /apt/vendor-tool_{_version}_arm64.deb"], server.Requests.Select(request => Uri.UnescapeDataString(request.TrimEnd())));
        // What is locked is known by its hash, wherever it comes from.
        Assert.DoesNotContain("127.0.0.1", Lock, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_layer_brings_its_feed_with_the_key_and_the_workspace_has_the_last_word()
    {
        await ProductAsync("apt: $IMAGECRAFT_FEED_VENDOR, suite: ./");
        _folder.Write("shared/layer.yaml", "layer: shared\n");
        _folder.Write("shared/recipes/vendor.yaml", "feed: vendor\napt: file:../packages\nsuite: ./\narchitectures: [ arm64 ]\nkeys: [ vendor.asc ]\n");
        _folder.Write("shared/recipes/vendor.asc", System.Text.Encoding.ASCII.GetString(Key.PublicKey));
        Directory.Move(Path.Combine(_folder.Product, "recipes", "vendor-tool.yaml"), Path.Combine(_folder.Base, "shared", "recipes", "vendor-tool.yaml"));
        Vendor("./", folder: "shared/packages").Publish();
        const string own = "feeds:\n  vendor: { apt: $IMAGECRAFT_FEED_VENDOR, suite: ./, architectures: [ arm64 ], keys: [ keys/vendor.asc ] }";
        _folder.Replace(own, "layers: [ ../shared ]");

        await _folder.SucceedAsync(_folder.Product, "lock");
        Assert.Contains($"\ndeb vendor-tool {_version} arm64 vendor ", Lock, StringComparison.Ordinal);

        _folder.Replace("layers: [ ../shared ]", $"layers: [ ../shared ]\n{own}");
        Assert.Contains("keys[0]: keys/vendor.asc  # imagecraft.yaml:9:", await _folder.SucceedAsync(_folder.Product, "show", "feed", "vendor", "--origin"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_another_key_signed_is_refused_and_nothing_is_locked()
    {
        await ProductAsync("apt: \"file:../vendor\", suite: stable, components: [ main ]");
        var stranger = new SigningKey();
        Vendor(key: stranger).Publish();

        var (exitCode, text) = await _folder.RunAsync(_folder.Product, "lock");

        Assert.NotEqual(0, exitCode);
        Assert.Contains($"`file://BASE/vendor/dists/stable/InRelease` is signed by keys [{stranger.Id}], none of which is in the key files [vendor.asc]", text, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder.Product, "imagecraft.lock")));
    }

    [Fact]
    public async Task A_package_that_changes_under_its_version_is_refused()
    {
        await ProductAsync("apt: \"file:../vendor\", suite: stable, components: [ main ]");
        Vendor().Publish();
        await _folder.SucceedAsync(_folder.Product, "lock");
        Vendor(content: "something else").Publish();

        var (exitCode, text) = await _folder.RunAsync(_folder.Product, "build", "vendor-tool", "--locked");

        Assert.NotEqual(0, exitCode);
        Assert.Contains($"feed:vendor/pool/main/vendor-tool_{_version}_arm64.deb", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_of_the_guide_is_sound()
    {
        await ProductAsync("apt: $IMAGECRAFT_FEED_VENDOR, suite: ./");
        var guide = await File.ReadAllLinesAsync(Path.Combine(Golden.Root, "docs", "workspace.md"), TestContext.Current.CancellationToken);
        var example = string.Join('\n', guide.SkipWhile(line => line != "    feeds:").TakeWhile(line => line.StartsWith("    ", StringComparison.Ordinal)).Select(line => line[4..]));
        Assert.Contains("base: trixie", example, StringComparison.Ordinal);
        _folder.Replace("feeds:\n  vendor: { apt: $IMAGECRAFT_FEED_VENDOR, suite: ./, architectures: [ arm64 ], keys: [ keys/vendor.asc ] }", example);

        Assert.Matches("(?m)^feed  vendor +suite stable of https://example.org/debian$", await _folder.SucceedAsync(_folder.Product, "list", "feeds"));
        Assert.DoesNotContain("problem", await _folder.SucceedAsync(_folder.Product, "list", "layers"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("suite: stable", "suite: stable, feed: other", "error IC0102: Unknown key `feed` in `vendor` of `feeds`")]
    [InlineData("apt: \"file:../vendor\"", "atp: \"file:../vendor\"", "error IC0102: Unknown key `atp` in a feed")]
    [InlineData("keys: [ keys/vendor.asc ]", "keys: [ keys/none.asc ]", "there is no file `keys/none.asc`")]
    [InlineData("  vendor: {", "  ven dor: {", "must be a name of lowercase letters")]
    public async Task What_is_wrong_is_told_with_its_place(string old, string replacement, string message)
    {
        await ProductAsync("apt: \"file:../vendor\", suite: stable, components: [ main ]");
        _folder.Replace(old, replacement);

        var text = await _folder.RefuseAsync(_folder.Product, "validate");

        Assert.Contains("imagecraft.yaml:8:", text, StringComparison.Ordinal);
        Assert.Contains(message, text, StringComparison.Ordinal);
    }

    private async Task ProductAsync(string feed)
    {
        await _folder.SucceedAsync(_folder.Base, "new", "workspace", "product");
        Directory.CreateDirectory(Path.Combine(_folder.Product, "keys"));
        await File.WriteAllBytesAsync(Path.Combine(_folder.Product, "keys", "vendor.asc"), Key.PublicKey, TestContext.Current.CancellationToken);
        _folder.Replace("layers: []", $"feeds:\n  vendor: {{ {feed}, architectures: [ arm64 ], keys: [ keys/vendor.asc ] }}");
        _folder.Write("product/recipes/vendor-tool.yaml", "recipe: vendor-tool\nversion: 1.0\nlicense: MIT\nbuild: { system: prebuilt, feed: vendor, packages: [ vendor-tool ] }\npackages: [ { name: vendor-tool, files: [ /usr/share/vendor-tool/data ] } ]\n");
    }

    private RepositoryFolder Vendor(string suite = "stable", SigningKey? key = null, string content = "data", string folder = "vendor") =>
        new RepositoryFolder(Path.Combine(_folder.Base, folder), key ?? Key, suite).Add("vendor-tool", _version, new Tar().Folder("./usr/").Folder("./usr/share/").Folder("./usr/share/vendor-tool/").File("./usr/share/vendor-tool/data", content));
}
