// Crates, Go modules and npm packages, with the hashes that their lock files have.

using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Feeds.Tests;

public sealed class LanguagePlacesTests : IDisposable
{
    private static readonly byte[] Content = "a crate"u8.ToArray();

    private readonly TestServer server = new();
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    private async Task FetchAsync(string integrity, string place, params (string Name, string Value)[] variables)
    {
        using var fetcher = new Fetcher(new(TestMachines.With(folder, variables)), TestMachines.Fast);
        await fetcher.FetchAsync(ContentPin.Parse(integrity), null, "file", [place], folder["out"], null, TestContext.Current.CancellationToken);
    }

    private Task<FeedException> RefusedAsync(string integrity, string place, params (string Name, string Value)[] variables) => Assert.ThrowsAsync<FeedException>(() => FetchAsync(integrity, place, variables));

    [Theory]
    [InlineData("/dl", "/dl/serde/1.0.0/download")]
    [InlineData("/dl/{prefix}/{crate}/{crate}-{version}.crate", "/dl/se/rd/serde/serde-1.0.0.crate")]
    public async Task A_crate_is_fetched_from_where_the_index_says(string template, string path)
    {
        server.Serve("/index/config.json", Answer.Of($$"""{ "dl": "{{server.Address}}{{template}}" }"""));
        server.Serve(path, Answer.Of(Content));

        await FetchAsync(Convert.ToHexStringLower(SHA256.HashData(Content)), "cargo:serde/1.0.0", ("IMAGECRAFT_CARGO_REGISTRY", $"{server.Address}/index"));

        Assert.Equal(Content, File.ReadAllBytes(folder["out"]));
    }

    [Theory]
    [InlineData("[source.crates-io]\nreplace-with = \"mirror\"\n\n[source.mirror]\nregistry = \"sparse+ADDRESS/index/\"\n")]
    [InlineData("[source.crates-io]\nreplace-with = \"first\"\n[source.first]\nreplace-with = \"mirror\"\n[registries.mirror]\nindex = \"sparse+ADDRESS/index\" \n")]
    public async Task The_registry_is_the_one_that_Cargo_is_told_to_use(string configuration)
    {
        folder.Write("home/.cargo/config.toml", configuration.Replace("ADDRESS", server.Address.ToString().TrimEnd('/'), StringComparison.Ordinal));
        server.Serve("/index/config.json", Answer.Of($$"""{ "dl": "{{server.Address}}/dl" }"""));
        server.Serve("/dl/a/1.0.0/download", Answer.Of(Content));

        await FetchAsync(Convert.ToHexStringLower(SHA256.HashData(Content)), "cargo:a/1.0.0");
    }

    [Fact]
    public async Task Without_a_registry_the_remedy_is_told() =>
        Assert.Contains("set the variable `IMAGECRAFT_CARGO_REGISTRY`", (await RefusedAsync(new string('a', 64), "cargo:a/1.0.0")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_registry_that_is_none_and_a_place_that_is_none_are_told()
    {
        server.Serve("/index/config.json", Answer.Of("<html>"));

        Assert.Contains("did not answer with the configuration of a sparse registry", (await RefusedAsync(new string('a', 64), "cargo:a/1.0.0", ("IMAGECRAFT_CARGO_REGISTRY", $"{server.Address}/index"))).Message, StringComparison.Ordinal);
        Assert.Contains("is not of the form `cargo:NAME/VERSION`", (await RefusedAsync(new string('a', 64), "cargo:a", ("IMAGECRAFT_CARGO_REGISTRY", $"{server.Address}/index"))).Message, StringComparison.Ordinal);
        Assert.Contains("is not of the form `go:MODULE@VERSION.zip`", (await RefusedAsync("h1:x", "go:a@v1.tar", ("IMAGECRAFT_GO_PROXY", server.Address.ToString()))).Message, StringComparison.Ordinal);
    }

    // The hash is the one that go.sum files have of this very text.
    [Fact]
    public async Task A_description_of_a_Go_module_has_the_hash_that_Go_gives_it()
    {
        server.Serve("/golang.org/x/text/@v/v0.3.0.mod", Answer.Of("module golang.org/x/text\n"));

        await FetchAsync("h1:NqM8EUOU14njkJ3fqMW+pc6Ldnwhi/IjpwHt7yyuwOQ=", "go:golang.org/x/text@v0.3.0.mod", ("GOPROXY", $"off|{server.Address},direct"));
        Assert.Contains("has module hash `NqM8EUOU14njkJ3fqMW+pc6Ldnwhi/IjpwHt7yyuwOQ=`, expected `other`", (await RefusedAsync("h1:other", "go:golang.org/x/text@v0.3.0.mod", ("GOPROXY", server.Address.ToString()))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Go_module_is_asked_of_one_proxy_after_the_other_by_its_escaped_path()
    {
        var zip = Zip(("Example.org/a@v1.0.0/b.go", "package a\n"), ("Example.org/a@v1.0.0/LICENSE", "MIT\n"));
        server.Serve("/second/!example.org/a/@v/v1.0.0.zip", Answer.Of(zip));
        static string Line(string name, string text) => $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}  Example.org/a@v1.0.0/{name}\n";
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Line("LICENSE", "MIT\n") + Line("b.go", "package a\n"))));

        await FetchAsync($"h1:{hash}", "go:Example.org/a@v1.0.0.zip", ("IMAGECRAFT_GO_PROXY", $"{server.Address}/first,{server.Address}/second"));

        Assert.Equal(zip, File.ReadAllBytes(folder["out"]));
    }

    [Fact]
    public async Task A_whole_npm_package_has_the_hash_of_the_lock_file()
    {
        server.Serve("/npm/@scope/a/1.0.0", Answer.Of($$"""{ "dist": { "tarball": "{{server.Address}}/a.tgz" } }"""));
        server.Serve("/a.tgz", Answer.Of(Content));
        var integrity = "sha512-" + Convert.ToBase64String(SHA512.HashData(Content));

        await FetchAsync(integrity, "npm:@scope/a@1.0.0", ("IMAGECRAFT_NPM_REGISTRY", $"{server.Address}/npm"));

        Assert.Equal(Content, File.ReadAllBytes(folder["out"]));
        Assert.Contains("has SHA-512 `", (await RefusedAsync("sha512-other", "npm:@scope/a@1.0.0", ("IMAGECRAFT_NPM_REGISTRY", $"{server.Address}/npm"))).Message, StringComparison.Ordinal);
    }

    private static byte[] Zip(params (string Name, string Text)[] files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, text) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }

        return stream.ToArray();
    }
}
