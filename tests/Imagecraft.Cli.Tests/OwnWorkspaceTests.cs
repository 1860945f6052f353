// A workspace outside of the repository, which stands on the core layer that comes with the program.

using System.IO.Compression;
using System.Security.Cryptography;

namespace Imagecraft.Cli.Tests;

public sealed class OwnWorkspaceTests : IDisposable
{
    private readonly ProductFolder _folder = new();

    private string Product => _folder.Product;

    public void Dispose() => _folder.Dispose();

    private Task<(int ExitCode, string Text)> RunAsync(string folder, params string[] arguments) => _folder.RunAsync(folder, arguments);

    private Task<string> SucceedAsync(string folder, params string[] arguments) => _folder.SucceedAsync(folder, arguments);

    [Fact]
    public async Task A_new_workspace_is_sound_and_builds_its_own_image_from_any_folder_of_it()
    {
        var told = await SucceedAsync(_folder.Base, "new", "workspace", "product");
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
        _folder.Write("product/mine", "");

        var (exitCode, text) = await RunAsync(_folder.Base, "new", "workspace", "product");

        Assert.Equal(3, exitCode);
        Assert.Contains("`product` is there already, and is not empty", text, StringComparison.Ordinal);
        Assert.Equal(["mine"], Directory.GetFileSystemEntries(Product).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Layers_are_on_because_they_are_listed_and_may_lie_outside()
    {
        await SucceedAsync(_folder.Base, "new", "workspace", "product");
        _folder.Write("shared/layer.yaml", "layer: shared\npriority: 3\n");
        _folder.Write("shared/images/tiny.yaml", "image: tiny\ninit: none\n");
        _folder.Write("product/layers/inner/layer.yaml", "layer: inner\n");
        _folder.Write("product/layers/inner/images/inner.yaml", "append: { image: tiny }\nsummary: Changed within\n");
        Assert.DoesNotContain("tiny", await SucceedAsync(Product, "list", "images"), StringComparison.Ordinal);

        _folder.Replace("layers: []", "layers: [ ../shared, layers/inner ]");

        // The inner layer lies below the shared one by its priority.
        var (exitCode, text) = await RunAsync(Product, "validate");
        Assert.Equal(3, exitCode);
        Assert.Contains("It is described by a layer above, at .imagecraft/layers/shared/images/tiny.yaml:1:8; raise this layer's `priority`", text, StringComparison.Ordinal);
        _folder.Write("product/layers/inner/layer.yaml", "layer: inner\npriority: 4\n");
        Assert.Contains("Changed within", await SucceedAsync(Product, "list", "images"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_layer_comes_in_an_archive_of_known_hash()
    {
        await SucceedAsync(_folder.Base, "new", "workspace", "product");
        _folder.Write("pack/vendor-1.0/layer.yaml", "layer: vendor\n");
        _folder.Write("pack/vendor-1.0/images/vendors.yaml", "image: vendors\ninit: none\n");
        ZipFile.CreateFromDirectory(Path.Combine(_folder.Base, "pack"), Path.Combine(_folder.Base, "vendor.zip"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(_folder.Base, "vendor.zip"))));

        _folder.Replace("layers: []", $"layers: [ {{ archive: \"file:../vendor.zip\", sha256: {hash} }} ]");
        Assert.Contains("vendors", await SucceedAsync(Product, "list", "images"), StringComparison.Ordinal);
        // It is there, so nobody asks for it again.
        File.Delete(Path.Combine(_folder.Base, "vendor.zip"));
        await SucceedAsync(Product, "list", "images");

        _folder.Replace(hash, new string('0', 64));
        var (exitCode, text) = await RunAsync(Product, "list", "images");
        Assert.Equal(3, exitCode);
        Assert.Contains("imagecraft.yaml:7:", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_that_no_layer_asked_for_leads_nowhere()
    {
        await SucceedAsync(_folder.Base, "new", "workspace", "product");
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
        await SucceedAsync(_folder.Base, "new", "workspace", "product");
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
        await SucceedAsync(_folder.Base, "new", "workspace", "product");
        _folder.Replace(old, replacement);

        var (exitCode, text) = await RunAsync(Product, "validate");

        Assert.Equal(3, exitCode);
        Assert.Contains(message, text, StringComparison.Ordinal);
    }
}
