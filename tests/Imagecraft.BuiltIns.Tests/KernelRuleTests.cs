// Configurations of kernels that are refused when they are configured, not after hours.

using Imagecraft.BuiltIns.Configuration;
using Imagecraft.Requests.Configuration;

namespace Imagecraft.BuiltIns.Tests;

public class KernelRuleTests
{
    private const string Everything = "usr/bin/zstd usr/bin/xz usr/bin/gzip usr/bin/g++ usr/bin/cpio usr/include/gelf.h usr/include/openssl/bio.h";
    private const string Compressed = "CONFIG_MODULE_COMPRESS=y\nCONFIG_MODULE_COMPRESS_ALL=y\n";

    [Theory]
    [InlineData("CONFIG_MODULE_COMPRESS=y\nCONFIG_MODULE_COMPRESS_ZSTD=y\nCONFIG_MODULE_COMPRESS_ALL=y\nCONFIG_MODULE_DECOMPRESS=y\n", "`CONFIG_MODULE_COMPRESS_ZSTD=y`: its build needs `zstd`")]
    [InlineData("CONFIG_KERNEL_LZ4=y\n", "`CONFIG_KERNEL_LZ4=y`: its build needs `lz4`")]
    [InlineData("CONFIG_IKHEADERS=y\n", "`CONFIG_IKHEADERS=y`: its build needs `cpio`")]
    [InlineData("CONFIG_GCC_PLUGINS=y\nCONFIG_GCC_PLUGIN_LATENT_ENTROPY=y\n", "`CONFIG_GCC_PLUGIN_LATENT_ENTROPY=y`: its build needs `g++`")]
    [InlineData("CONFIG_SYSTEM_TRUSTED_KEYRING=y\n", "`CONFIG_SYSTEM_TRUSTED_KEYRING=y`: its build needs `usr/include/openssl/bio.h`")]
    public async Task A_program_that_the_build_runs_is_missed_when_configuring(string config, string problem)
    {
        using var context = Check(config, "");
        Assert.Contains(problem, await context.FailureAsync(new CheckConfig()), StringComparison.Ordinal);
        using var complete = await Check(config, Everything + " usr/bin/lz4").RunAsync(new CheckConfig());
        Assert.Equal(config, complete.Text("config"));
    }

    [Fact]
    public async Task A_made_up_signing_key_is_refused_with_the_fragment_and_what_to_unset()
    {
        using var context = Check("CONFIG_MODULE_SIG=y\nCONFIG_MODULE_SIG_KEY=\"certs/signing_key.pem\"\n", Everything, "MODULE_SIG_KEY\t\"certs/signing_key.pem\"\timages/locked.config\n");
        var message = await context.FailureAsync(new CheckConfig());
        Assert.StartsWith("The final configuration cannot be built (1):\n  images/locked.config: `CONFIG_MODULE_SIG_KEY=\"certs/signing_key.pem\"`: the build would make up a private key", message, StringComparison.Ordinal);
        Assert.EndsWith("or unset [MODULE_SIG]", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CONFIG_MODULE_SIG=y\nCONFIG_MODULE_SIG_ALL=y\nCONFIG_MODULE_SIG_KEY=\"keys/mine.pem\"\n", "MODULE_SIG_ALL=y", "[MODULE_SIG]")]
    [InlineData("CONFIG_IMA_APPRAISE_MODSIG=y\nCONFIG_MODULE_SIG_KEY=\"certs/signing_key.pem\"\n", "MODULE_SIG_KEY=", "[IMA_APPRAISE_MODSIG]")]
    [InlineData("CONFIG_MODULE_SIG=y\nCONFIG_SECURITY_LOCKDOWN_LSM=y\nCONFIG_MODULE_SIG_KEY=\"pkcs11:token=x\"\n", "MODULE_SIG_KEY=", "[MODULE_SIG, SECURITY_LOCKDOWN_LSM]")]
    public async Task Signing_within_the_build_is_refused(string config, string symbol, string askers)
    {
        using var context = Check(config, Everything);
        var message = await context.FailureAsync(new CheckConfig());
        Assert.Contains($"`CONFIG_{symbol}", message, StringComparison.Ordinal);
        Assert.EndsWith(askers, message, StringComparison.Ordinal);
    }

    [Fact]
    public Task Modules_that_are_signed_after_the_build_are_allowed() =>
        Passes("CONFIG_MODULE_SIG=y\n# CONFIG_MODULE_SIG_ALL is not set\nCONFIG_MODULE_SIG_KEY=\"\"\nCONFIG_SYSTEM_TRUSTED_KEYRING=y\nCONFIG_SYSTEM_TRUSTED_KEYS=\"certs/mine.pem\"\n");

    [Fact]
    public async Task A_kernel_whose_seed_cannot_be_given_may_not_randomize_layouts()
    {
        const string config = "CONFIG_RANDSTRUCT=y\nCONFIG_GCC_PLUGIN_RANDSTRUCT=y\n";
        using var context = Check(config, Everything);
        Assert.Contains("`CONFIG_RANDSTRUCT=y`: this kernel draws the seed of layouts by chance", await context.FailureAsync(new CheckConfig()), StringComparison.Ordinal);
        await Passes(config, "/scripts/gen-randstruct-seed.sh");
    }

    [Fact]
    public async Task Modules_that_nothing_on_the_board_unpacks_are_refused_with_the_remedy()
    {
        using var context = Check(Compressed + "CONFIG_MODULE_COMPRESS_ZSTD=y\n", Everything);
        Assert.Contains("set `CONFIG_MODULE_DECOMPRESS=y`", await context.FailureAsync(new CheckConfig()), StringComparison.Ordinal);
        await Passes(Compressed + "CONFIG_MODULE_COMPRESS_ZSTD=y\nCONFIG_MODULE_DECOMPRESS=y\n");
        await Passes(Compressed + "CONFIG_MODULE_COMPRESS_XZ=y\n");
        await Passes("CONFIG_MODULE_COMPRESS=y\n# CONFIG_MODULE_COMPRESS_ALL is not set\nCONFIG_MODULE_COMPRESS_ZSTD=y\n");
    }

    [Theory]
    [InlineData(Compressed + "CONFIG_MODULE_COMPRESS_GZIP=y\n", "`CONFIG_MODULE_COMPRESS_GZIP=y`: the program that indexes the image's modules cannot read such")]
    [InlineData("CONFIG_KERNEL_LZO=y\n", "`CONFIG_KERNEL_LZO=y`: `lzop` writes the time of the build into what it packs")]
    public async Task A_compressor_that_does_not_do_here_is_refused_with_one_that_does(string config, string problem)
    {
        using var context = Check(config, Everything);
        Assert.Contains(problem, await context.FailureAsync(new CheckConfig()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_program_has_none_of_the_kernels_rules()
    {
        using var context = await Check("CONFIG_MODULE_SIG_ALL=y\n", "", kernel: false).RunAsync(new CheckConfig());
        Assert.Equal("CONFIG_MODULE_SIG_ALL=y\n", context.Text("config"));
    }

    private static async Task Passes(string config, params string[] sources)
    {
        using var context = await Check(config, Everything, "", kernel: true, sources).RunAsync(new CheckConfig());
        Assert.Equal(config, context.Text("config"));
    }

    private static TestContext Check(string config, string tools, string contract = "", bool kernel = true, params string[] sources)
    {
        return new TestContext()
            .WithText("/config", config).WithText("/contract", contract)
            .WithTree("/src", [("/Makefile", ""), .. sources.Select(s => (s, ""))])
            .WithTree("/tools/000", ("/usr/bin/sh", ""))
            .WithTree("/tools/001", [.. tools.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(t => ("/" + t, ""))])
            .Asking(new CheckConfigRequest { Architecture = "arm64", Cross = "aarch64-linux-gnu-", Subfolder = "", IsKernel = kernel });
    }
}
