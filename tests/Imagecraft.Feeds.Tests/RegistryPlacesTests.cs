using System.Security.Cryptography;
using CliWrap;
using CliWrap.Buffered;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Feeds.Tests;

public sealed class RegistryPlacesTests : IDisposable
{
    private static readonly byte[] Network = "a network"u8.ToArray();
    private static readonly byte[] Tarball = new Tar().File("package/package.json", "{}").File("package/dist/model.onnx", "a network").Gzip();

    private readonly TestServer server = new();
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_file_inside_of_an_npm_package_is_fetched()
    {
        Publish("sha512-" + Convert.ToBase64String(SHA512.HashData(Tarball)));

        await FetchAsync("npm:@scope/models@1.2.3/package/dist/model.onnx", Network);

        Assert.Equal(["GET /npm/@scope/models/1.2.3", "GET /npm/models.tgz"], server.Requests);
        Assert.Equal(["out"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_tarball_that_differs_from_the_registrys_integrity_is_refused()
    {
        Publish("sha512-" + Convert.ToBase64String(SHA512.HashData([])));

        var error = await Assert.ThrowsAsync<FeedException>(() => FetchAsync("npm:@scope/models@1.2.3/package/dist/model.onnx", Network));

        Assert.Contains("has a tarball that differs from the registry's integrity value", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_in_the_npm_package_is_the_users_fault()
    {
        Publish("sha512-" + Convert.ToBase64String(SHA512.HashData(Tarball)));

        var error = await Assert.ThrowsAsync<FeedException>(() => FetchAsync("npm:@scope/models@1.2.3/package/none", Network));

        Assert.Contains("has no file `package/none` in its tarball", error.Message, StringComparison.Ordinal);
        Assert.True(error.UserError);
    }

    [Fact]
    public async Task Something_that_is_no_npm_metadata_is_said()
    {
        server.Serve("/npm/@scope/models/1.2.3", Answer.Of("<html>"));

        Assert.Contains("did not answer with package metadata", (await Assert.ThrowsAsync<FeedException>(() => FetchAsync("npm:@scope/models@1.2.3/x", Network))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_NuGet_package_is_fetched_through_the_service_index()
    {
        server.Serve("/nuget/index.json", Answer.Of($$"""{ "version": "3.0.0", "resources": [ { "@id": "{{server.Address}}/search", "@type": "SearchQueryService" }, { "@id": "{{server.Address}}/flat/", "@type": "PackageBaseAddress/3.0.0" } ] }"""));
        server.Serve("/flat/some.package/1.0.0/some.package.1.0.0.nupkg", Answer.Of(Network));

        await FetchAsync("nuget:Some.Package/1.0.0", Network);

        Assert.Equal(Network, File.ReadAllBytes(folder["out"]));
    }

    [Fact]
    public async Task A_NuGet_package_is_taken_from_a_local_folder()
    {
        folder.Write("feed/Some.Package.1.0.0.nupkg", Network);
        using var fetcher = new Fetcher(new(TestMachines.With(folder, ("IMAGECRAFT_NUGET_SOURCE", folder["feed"]))), TestMachines.Fast);

        await fetcher.FetchAsync(Hex(Network), "p", ["nuget:Some.Package/1.0.0"], folder["out"], null, TestContext.Current.CancellationToken);

        Assert.Equal(Network, File.ReadAllBytes(folder["out"]));
    }

    [Theory]
    [InlineData("content/Model.onnx")]
    [InlineData("content/a model.onnx")]
    public async Task A_file_within_a_NuGet_package_is_taken(string member)
    {
        folder.Write("feed/some.package.1.0.0.nupkg", Package(("Some.Package.nuspec", [1]), (member.Replace(" ", "%20", StringComparison.Ordinal), Network)));
        using var fetcher = new Fetcher(new(TestMachines.With(folder, ("IMAGECRAFT_NUGET_SOURCE", folder["feed"]))), TestMachines.Fast);

        await fetcher.FetchAsync(Hex(Network), "p", [$"nuget:Some.Package/1.0.0/{member}"], folder["out"], null, TestContext.Current.CancellationToken);

        Assert.Equal(Network, File.ReadAllBytes(folder["out"]));
        Assert.Equal(["out"], Directory.EnumerateFiles(folder.Path, "out*").Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_resource_within_an_assembly_of_a_NuGet_package_is_taken()
    {
        var assembly = typeof(System.Xml.XmlReader).Assembly;
        var name = assembly.GetManifestResourceNames()[0];
        using var expected = new MemoryStream();
        assembly.GetManifestResourceStream(name)!.CopyTo(expected);
        folder.Write("feed/some.package.1.0.0.nupkg", Package(("lib/net10.0/Some.Package.dll", File.ReadAllBytes(assembly.Location)), ("lib/readme.dll", Network)));
        using var fetcher = new Fetcher(new(TestMachines.With(folder, ("IMAGECRAFT_NUGET_SOURCE", folder["feed"]))), TestMachines.Fast);

        await fetcher.FetchAsync(Hex(expected.ToArray()), "p", [$"nuget:Some.Package/1.0.0/lib/net10.0/Some.Package.dll#{name}"], folder["out"], null, TestContext.Current.CancellationToken);
        Assert.Equal(expected.ToArray(), File.ReadAllBytes(folder["out"]));

        var absent = await Assert.ThrowsAsync<FeedException>(() => fetcher.FetchAsync(Hex(Network), "p", ["nuget:Some.Package/1.0.0/lib/net10.0/Some.Package.dll#model"], folder["out"], null, TestContext.Current.CancellationToken));
        Assert.Contains($"has no resource `model` in its assembly, but [{name}", absent.Message, StringComparison.Ordinal);
        var other = await Assert.ThrowsAsync<FeedException>(() => fetcher.FetchAsync(Hex(Network), "p", ["nuget:Some.Package/1.0.0/lib/readme.dll#model"], folder["out"], null, TestContext.Current.CancellationToken));
        Assert.Contains("has a damaged assembly: ", other.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("content/other.onnx", "has no file `content/other.onnx` in its package")]
    [InlineData("content/model.onnx", "has no file `content/model.onnx` in its package, but `content/Model.onnx`")]
    public async Task A_file_that_a_NuGet_package_lacks_is_said(string member, string expected)
    {
        folder.Write("feed/some.package.1.0.0.nupkg", Package(("content/Model.onnx", Network)));
        using var fetcher = new Fetcher(new(TestMachines.With(folder, ("IMAGECRAFT_NUGET_SOURCE", folder["feed"]))), TestMachines.Fast);

        var error = await Assert.ThrowsAsync<FeedException>(() => fetcher.FetchAsync(Hex(Network), "p", [$"nuget:Some.Package/1.0.0/{member}"], folder["out"], null, TestContext.Current.CancellationToken));

        Assert.EndsWith($"/{member}: {expected}", error.Message, StringComparison.Ordinal);
        Assert.True(error.UserError);
    }

    [Fact]
    public async Task A_git_commit_gives_the_same_tar_from_any_clone()
    {
        var commit = await RepositoryAsync(folder["one"]);
        await GitAsync(folder.Path, "clone", "--quiet", folder["one"], folder["two"]);

        var first = await TarOfAsync("one", commit);
        var second = await TarOfAsync("two", commit);

        Assert.Equal(first, second);
        await Archives.Archive.ExtractAsync(folder["git.tar"], folder["tree"], new(), TestContext.Current.CancellationToken);
        Assert.Equal("hello\n", File.ReadAllText(folder["tree/a/file"]));
        Assert.Equal("a/file", new FileInfo(folder["tree/link"]).LinkTarget);
        Assert.True(File.GetUnixFileMode(folder["tree/run.sh"]).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public async Task A_commit_that_is_not_there_is_said()
    {
        await RepositoryAsync(folder["one"]);

        var error = await Assert.ThrowsAsync<FeedException>(() => TarOfAsync("one", new string('1', 40)));

        Assert.Contains("has no commit `1111", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Package(params (string Name, byte[] Content)[] members)
    {
        using var memory = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(memory, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in members)
            {
                using var stream = zip.CreateEntry(name).Open();
                stream.Write(content);
            }
        }
        return memory.ToArray();
    }

    private void Publish(string integrity)
    {
        server.Serve("/npm/@scope/models/1.2.3", Answer.Of($$"""{ "name": "@scope/models", "dist": { "tarball": "{{server.Address}}/npm/models.tgz", "integrity": "{{integrity}}" } }"""));
        server.Serve("/npm/models.tgz", Answer.Of(Tarball));
    }

    private async Task FetchAsync(string place, byte[] expected)
    {
        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);
        await fetcher.FetchAsync(Hex(expected), "file", [place], folder["out"], null, TestContext.Current.CancellationToken);
    }

    private async Task<string> TarOfAsync(string name, string commit)
    {
        using var fetcher = new Fetcher(TestMachines.On(server, folder), TestMachines.Fast);
        await fetcher.FetchCommitAsync("tar", [$"git:file:///nowhere#{commit}", $"git:file://{folder[name]}#{commit}"], GitCommands.OnHost("git"), folder["git.tar"], null, TestContext.Current.CancellationToken);
        return Hex(File.ReadAllBytes(folder["git.tar"]));
    }

    private static async Task<string> RepositoryAsync(string path)
    {
        Directory.CreateDirectory(Path.Combine(path, "a"));
        await GitAsync(path, "init", "--quiet");
        File.WriteAllText(Path.Combine(path, "a/file"), "hello\n");
        File.WriteAllText(Path.Combine(path, "run.sh"), "#!/bin/sh\n");
        File.SetUnixFileMode(Path.Combine(path, "run.sh"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(Path.Combine(path, "link"), "a/file");
        await GitAsync(path, "add", ".");
        await GitAsync(path, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "first");
        return (await GitAsync(path, "rev-parse", "HEAD")).Trim();
    }

    private static async Task<string> GitAsync(string folder, params string[] arguments) =>
        (await Cli.Wrap("git").WithArguments(arguments).WithWorkingDirectory(folder).ExecuteBufferedAsync(TestContext.Current.CancellationToken)).StandardOutput;

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
