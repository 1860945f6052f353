// A workspace outside of the repository, which stands on the core layer that comes with the program.

using System.IO.Compression;
using System.Security.Cryptography;
using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.Cli.Tests;

public sealed class OwnWorkspaceTests : IDisposable
{
    private readonly string _base = Directory.CreateTempSubdirectory("imagecraft-own-").FullName;

    private string Product => Path.Combine(_base, "product");

    public void Dispose() => Directory.Delete(_base, recursive: true);

    private async Task<(int ExitCode, string Text)> RunAsync(string folder, params string[] arguments)
    {
        var result = await CliWrap.Cli.Wrap("dotnet")
            .WithArguments(["exec", Path.Combine(AppContext.BaseDirectory, "imagecraft.dll"), .. arguments])
            .WithWorkingDirectory(folder)
            .WithEnvironmentVariables(e => e.Set("IMAGECRAFT_WORKSPACE", null).Set("IMAGECRAFT_CORE", Golden.Root).Set("IMAGECRAFT_CACHE", Path.Combine(_base, "cache")))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        return (result.ExitCode, (result.StandardOutput + result.StandardError).Replace(_base, "BASE", StringComparison.Ordinal));
    }

    private async Task<string> SucceedAsync(string folder, params string[] arguments)
    {
        var (exitCode, text) = await RunAsync(folder, arguments);
        Assert.True(exitCode == 0, text);
        return text;
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_base, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    [Fact]
    public async Task A_new_workspace_is_sound_and_builds_its_own_image_from_any_folder_of_it()
    {
        var told = await SucceedAsync(_base, "new", "workspace", "product");
        Assert.Contains("BASE/product/imagecraft.yaml\n", told, StringComparison.Ordinal);
        Assert.EndsWith("/build.sh image\n", told, StringComparison.Ordinal);

        Assert.Contains("documents were read and", await SucceedAsync(Product, "validate"), StringComparison.Ordinal);
        Assert.Contains("product-hello@arm64.cortex-a57:build", await SucceedAsync(Path.Combine(Product, "recipes"), "plan", "--locked"), StringComparison.Ordinal);
        Assert.Contains("qemu-riscv64", await SucceedAsync(Product, "list", "boards"), StringComparison.Ordinal);
        // The core layer lies where it came from, and has nothing of the workspace's.
        Assert.Equal(Golden.Root, new FileInfo(Path.Combine(Product, ".imagecraft", "layers", "core")).LinkTarget);
        Assert.False(File.Exists(Path.Combine(Product, "imagecraft.lock")));
    }

    [Fact]
    public async Task The_repository_is_the_core_layer_and_its_example_is_nobodys()
    {
        var images = await SucceedAsync(Golden.Root, "list", "images");

        Assert.Contains("image  base ", images, StringComparison.Ordinal);
        Assert.DoesNotContain("image  example", images, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_there_is_not_written_over()
    {
        Write("product/mine", "");

        var (exitCode, text) = await RunAsync(_base, "new", "workspace", "product");

        Assert.Equal(3, exitCode);
        Assert.Contains("`product` is there already, and is not empty", text, StringComparison.Ordinal);
        Assert.Equal(["mine"], Directory.GetFileSystemEntries(Product).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Layers_are_on_because_they_are_listed_and_may_lie_outside()
    {
        await SucceedAsync(_base, "new", "workspace", "product");
        Write("shared/layer.yaml", "layer: shared\npriority: 3\n");
        Write("shared/images/tiny.yaml", "image: tiny\ninit: none\n");
        Write("product/layers/inner/layer.yaml", "layer: inner\n");
        Write("product/layers/inner/images/inner.yaml", "append: { image: tiny }\nsummary: Changed within\n");
        Assert.DoesNotContain("tiny", await SucceedAsync(Product, "list", "images"), StringComparison.Ordinal);

        Replace("layers: []", "layers: [ ../shared, layers/inner ]");

        // The inner layer lies below the shared one by its priority.
        var (exitCode, text) = await RunAsync(Product, "validate");
        Assert.Equal(3, exitCode);
        Assert.Contains("It is described by a layer above, at .imagecraft/layers/shared/images/tiny.yaml:1:8; raise this layer's `priority`", text, StringComparison.Ordinal);
        Write("product/layers/inner/layer.yaml", "layer: inner\npriority: 4\n");
        Assert.Contains("Changed within", await SucceedAsync(Product, "list", "images"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_layer_comes_in_an_archive_of_known_hash()
    {
        await SucceedAsync(_base, "new", "workspace", "product");
        Write("pack/vendor-1.0/layer.yaml", "layer: vendor\n");
        Write("pack/vendor-1.0/images/vendors.yaml", "image: vendors\ninit: none\n");
        ZipFile.CreateFromDirectory(Path.Combine(_base, "pack"), Path.Combine(_base, "vendor.zip"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(_base, "vendor.zip"))));

        Replace("layers: []", $"layers: [ {{ archive: \"file:../vendor.zip\", sha256: {hash} }} ]");
        Assert.Contains("vendors", await SucceedAsync(Product, "list", "images"), StringComparison.Ordinal);
        // It is there, so nobody asks for it again.
        File.Delete(Path.Combine(_base, "vendor.zip"));
        await SucceedAsync(Product, "list", "images");

        Replace(hash, new string('0', 64));
        var (exitCode, text) = await RunAsync(Product, "list", "images");
        Assert.Equal(3, exitCode);
        Assert.Contains("imagecraft.yaml:7:", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_that_no_layer_asked_for_leads_nowhere()
    {
        await SucceedAsync(_base, "new", "workspace", "product");
        Directory.CreateDirectory(Path.Combine(Product, ".imagecraft", "layers"));
        File.CreateSymbolicLink(Path.Combine(Product, ".imagecraft", "layers", "evil"), "/etc");
        File.AppendAllText(Path.Combine(Product, "images", "product.yaml"), "files: [ { path: /stolen, source: ../.imagecraft/layers/evil/passwd } ]\n");

        var (exitCode, text) = await RunAsync(Product, "plan", "--locked");

        Assert.Equal(3, exitCode);
        Assert.Contains("`source` names `../.imagecraft/layers/evil/passwd`", text, StringComparison.Ordinal);
        Assert.False(Path.Exists(Path.Combine(Product, ".imagecraft", "layers", "evil")));
    }

    [Fact]
    public async Task An_imagecraft_yaml_that_cannot_be_read_is_not_taken_for_none()
    {
        await SucceedAsync(_base, "new", "workspace", "product");
        File.WriteAllText(Path.Combine(Product, "imagecraft.yaml"), "workspace: p", System.Text.Encoding.Unicode);

        var (exitCode, text) = await RunAsync(Product, "list", "images");

        Assert.Equal(3, exitCode);
        Assert.Contains("`imagecraft.yaml` is UTF-16", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("layers: []", "layers: [ ../none ]", "imagecraft.yaml:7:11: error IC0107: The layer `../none` is no folder")]
    [InlineData("layers: []", "layers: [ . ]", "`.` is the workspace itself, or holds it")]
    [InlineData("layers: []", "layers: [ images, images ]", "Two layers have the folder name `images`, or one is listed twice")]
    [InlineData("layers: []", "layer: []", "imagecraft.yaml:7:1: error IC0102: Unknown key `layer` in a workspace")]
    [InlineData("layers: []", "layers: [ /abs ]", "must be a folder such as `../layers/vendor`, not `/abs`")]
    [InlineData("board: qemu-arm64", "board: qemu-arm", "Unknown board `qemu-arm`, which the workspace builds by default")]
    [InlineData("image: \"product\"", "image: prodct", "Unknown image `prodct`, which the workspace builds by default")]
    public async Task What_is_wrong_with_the_file_is_told_with_its_place(string old, string replacement, string message)
    {
        await SucceedAsync(_base, "new", "workspace", "product");
        Replace(old, replacement);

        var (exitCode, text) = await RunAsync(Product, "validate");

        Assert.Equal(3, exitCode);
        Assert.Contains(message, text, StringComparison.Ordinal);
    }

    private void Replace(string old, string replacement)
    {
        var file = Path.Combine(Product, "imagecraft.yaml");
        var text = File.ReadAllText(file);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(file, text.Replace(old, replacement, StringComparison.Ordinal));
    }
}
