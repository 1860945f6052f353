// Configurations of the repository's kernel that ask for more than a compiler: by the real command line, up to the check of the configuration. Nothing is compiled.

namespace Imagecraft.EndToEnd.Tests;

public sealed class KernelConfigurationTests : IDisposable
{
    private const string Types = "CONFIG_DEBUG_KERNEL=y\nCONFIG_DEBUG_INFO_DWARF5=y\nCONFIG_BPF_SYSCALL=y\nCONFIG_DEBUG_INFO_BTF=y\n";

    private readonly RepositoryWorkspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Types_plugins_and_compressed_modules_can_be_asked_for_as_the_kernel_comes()
    {
        Append(Types + "CONFIG_GCC_PLUGINS=y\nCONFIG_GCC_PLUGIN_LATENT_ENTROPY=y\nCONFIG_MODULE_COMPRESS=y\nCONFIG_MODULE_COMPRESS_ZSTD=y\nCONFIG_MODULE_DECOMPRESS=y\n");
        var (exitCode, text) = await ConfigureAsync();
        Assert.True(exitCode == 0, text);
    }

    [Fact]
    public async Task A_kernel_without_the_tools_names_the_program_and_not_symbols_that_are_as_they_should_be()
    {
        var recipe = await File.ReadAllTextAsync(Path.Combine(RepositoryWorkspace.Repository, "recipes/linux/linux.yaml"), TestContext.Current.CancellationToken);
        _workspace.Write("layers/mine/recipes/linux.yaml", recipe.Replace("  tools: [ kernel ]\n", "", StringComparison.Ordinal).Replace("fragments: [ base.config, modules.config, disk.config, network.config, hardening.config ]", "fragments: [ types.config ]", StringComparison.Ordinal));
        _workspace.Write("layers/mine/recipes/types.config", Types + "CONFIG_RANDSTRUCT_FULL=y\n");
        var (exitCode, text) = await ConfigureAsync();
        Assert.Equal(3, exitCode);
        Assert.Contains("types.config: `CONFIG_DEBUG_INFO_BTF=y` became `n`: it depends on `PAHOLE_VERSION >= 116`", text, StringComparison.Ordinal);
        Assert.Contains("the tool `pahole`, which `$(shell,$(srctree)/scripts/pahole-version.sh $(PAHOLE))` asks for, is missing in the tool root", text, StringComparison.Ordinal);
        Assert.DoesNotContain("HEXAGON", text, StringComparison.Ordinal);
        Assert.Contains("types.config: `CONFIG_RANDSTRUCT_FULL=y` became `n`: it depends on `CC_HAS_RANDSTRUCT || GCC_PLUGINS`", text, StringComparison.Ordinal);
        Assert.Contains("the test `$(success,test -e $(shell,$(CC) -print-file-name=plugin)/include/plugin-version.h)` does not succeed in the tool root", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Made_up_keys_and_modules_that_nothing_unpacks_are_refused_before_anything_is_compiled()
    {
        Append("CONFIG_MODULE_SIG=y\nCONFIG_MODULE_SIG_KEY=\"certs/signing_key.pem\"\nCONFIG_MODULE_COMPRESS=y\nCONFIG_MODULE_COMPRESS_ZSTD=y\n");
        var (exitCode, text) = await ConfigureAsync();
        Assert.Equal(3, exitCode);
        Assert.Contains("The final configuration cannot be built (2):", text, StringComparison.Ordinal);
        Assert.Contains("`CONFIG_MODULE_SIG_KEY=\"certs/signing_key.pem\"`: the build would make up a private key", text, StringComparison.Ordinal);
        Assert.Contains("more.config: `CONFIG_MODULE_COMPRESS_ZSTD=y`: busybox' `modprobe` cannot unpack such modules", text, StringComparison.Ordinal);
    }

    private void Append(string symbols)
    {
        _workspace.Write("layers/mine/recipes/linux.append.yaml", "append: linux\nbuild: { fragments: [ more.config ] }\n");
        _workspace.Write("layers/mine/recipes/more.config", symbols);
    }

    private async Task<(int ExitCode, string Text)> ConfigureAsync()
    {
        var result = await _workspace.RunAsync("build", "linux:config-check", "--board", "qemu-arm64", "--locked");
        return (result.ExitCode, result.StandardOutput + result.StandardError);
    }
}
