// `import` as it is called: what is written into the workspace, and what is refused before anything is.

using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.Cli.Tests.Importing;

public sealed class ImportVerbTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("imagecraft-import-").FullName;
    private readonly string _foreign = Directory.CreateTempSubdirectory("imagecraft-foreign-").FullName;

    public ImportVerbTests() => File.WriteAllText(Path.Combine(_root, "imagecraft.yaml"), "workspace: product\nboard: qemu-arm64\nimage: base\nlayers: []\n");

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        Directory.Delete(_foreign, recursive: true);
    }

    [Fact]
    public async Task A_package_of_Buildroots_is_written_with_its_patches()
    {
        Put("package/lamp/lamp.mk", "LAMP_VERSION = 1.4\nLAMP_SITE = https://lamp.example\nLAMP_LICENSE = MIT\nLAMP_DEPENDENCIES = zlib nowhere\n$(eval $(cmake-package))\n");
        Put("package/lamp/lamp.hash", $"sha256 {ImportSample.Hash} lamp-1.4.tar.gz\n");
        Put("package/lamp/0001-off.patch", "--- a/x\n+++ b/x\n");
        var (exitCode, text) = await RunAsync("import", "buildroot", Path.Combine(_foreign, "package/lamp/"), "--no-build", "--mirror", "debian:lamp/lamp_1.4.orig.tar.gz");
        Assert.True(exitCode == 0, text);
        Assert.StartsWith("`recipes/lamp/lamp.yaml`: lamp 1.4, MIT, built by cmake\n  - lamp.mk:4: `nowhere`: no recipe has it.", text, StringComparison.Ordinal);
        Assert.Contains("One thing was not translated, which stands in the recipe too\n", text, StringComparison.Ordinal);
        Assert.Equal("--- a/x\n+++ b/x\n", File.ReadAllText(Path.Combine(_root, "recipes/lamp/0001-off.patch")));
        var yaml = File.ReadAllText(Path.Combine(_root, "recipes/lamp/lamp.yaml"));
        Assert.Contains("mirrors: [ \"debian:lamp/lamp_$VERSION.orig.tar.gz\" ]", yaml, StringComparison.Ordinal);
        Assert.Contains("# buildroot lamp.mk:4: `nowhere`: no recipe has it.", yaml, StringComparison.Ordinal);
        (exitCode, text) = await RunAsync("validate");
        Assert.True(exitCode == 0, text);
        (exitCode, text) = await RunAsync("import", "buildroot", Path.Combine(_foreign, "package/lamp/lamp.mk"), "--no-build");
        Assert.Equal(3, exitCode);
        Assert.Contains("There is a recipe `lamp` already, in `recipes/lamp/lamp.yaml`", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recipe_of_Yoctos_is_written_with_what_it_requires_from_its_layer()
    {
        Put("meta/conf/layer.conf", "");
        Put("meta/net/lamp/lamp_1.4.bb", $"require net/common/lamp.inc\nSRC_URI = \"https://lamp.example/lamp.tar.gz file://off.patch file://lamp.conf\"\nSRC_URI[sha256sum] = \"{ImportSample.Hash}\"\ninherit meson\ndo_install:append() {{\n    install -m 0644 ${{UNPACKDIR}}/lamp.conf ${{D}}${{sysconfdir}}/\n}}\n");
        Put("meta/net/common/lamp.inc", "LICENSE = \"MIT\"\n");
        Put("meta/net/lamp/lamp/off.patch", "p");
        Put("meta/net/lamp/files/lamp.conf", "c");
        var (exitCode, text) = await RunAsync("import", "yocto", Path.Combine(_foreign, "meta/net/lamp/lamp_1.4.bb"), "--no-build", "--name", "desk-lamp");
        Assert.True(exitCode == 0, text);
        Assert.StartsWith("`recipes/desk-lamp/desk-lamp.yaml`: desk-lamp 1.4, MIT, built by meson\n", text, StringComparison.Ordinal);
        Assert.Contains("All of it was translated\n", text, StringComparison.Ordinal);
        Assert.Equal(["desk-lamp.yaml", "lamp.conf", "off.patch"], Directory.EnumerateFiles(Path.Combine(_root, "recipes/desk-lamp")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        (exitCode, text) = await RunAsync("validate");
        Assert.True(exitCode == 0, text);
    }

    [Theory]
    [InlineData("no `empty.mk`", "buildroot", "empty")]
    [InlineData("There is no", "buildroot", "none")]
    [InlineData("is no file of make", "buildroot", "odd.bb")]
    [InlineData("Name one of [odd.bb]", "yocto", ".")]
    [InlineData("is no recipe of Yocto's", "yocto", "odd.mk")]
    [InlineData("odd.bb:1: `nonsense` is no statement of BitBake", "yocto", "odd.bb")]
    [InlineData("odd.mk:1: It declares no package", "buildroot", "odd.mk")]
    [InlineData("`Lamp` is no name", "buildroot", "good.mk", "--name", "Lamp")]
    [InlineData("No source of it has a hash", "buildroot", "good.mk", "--mirror", "debian:a/b")]
    public async Task What_cannot_be_imported_is_told_and_nothing_is_written(string told, string system, string path, params string[] options)
    {
        Directory.CreateDirectory(Path.Combine(_foreign, "empty"));
        Put("odd.bb", "nonsense\n");
        Put("odd.mk", "ODD_VERSION = 1\n");
        Put("good.mk", "GOOD_VERSION = 1\nGOOD_SITE = https://good.example\n$(eval $(cmake-package))\n");
        var (exitCode, text) = await RunAsync(["import", system, Path.Combine(_foreign, path), "--no-build", .. options]);
        Assert.Equal(3, exitCode);
        Assert.Contains(told, text, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_root, "recipes")), text);
    }

    private void Put(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_foreign, path))!);
        File.WriteAllText(Path.Combine(_foreign, path), text);
    }

    private async Task<(int ExitCode, string Text)> RunAsync(params string[] arguments)
    {
        var result = await CliWrap.Cli.Wrap("dotnet")
            .WithArguments(["exec", Path.Combine(AppContext.BaseDirectory, "imagecraft.dll"), .. arguments])
            .WithWorkingDirectory(_root)
            .WithEnvironmentVariables(e => e.Set("IMAGECRAFT_WORKSPACE", null).Set("IMAGECRAFT_CORE", Golden.Root).Set("IMAGECRAFT_CACHE", Path.Combine(_root, ".imagecraft/cache")))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        return (result.ExitCode, result.StandardOutput + result.StandardError);
    }
}
