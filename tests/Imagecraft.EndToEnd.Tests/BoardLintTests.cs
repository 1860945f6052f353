// The kernel of a vendor's board as it was when it could not reach its SD card: by the real command line, sources and device tree, up to the lint. Nothing is compiled.

using System.Text.RegularExpressions;

namespace Imagecraft.EndToEnd.Tests;

public sealed partial class BoardLintTests : IDisposable
{
    private const string Platform = "boards/platforms/rk3588.config";

    private readonly RepositoryWorkspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    [Trait("Matrix", "wide")]
    public async Task The_ROCK_5B_without_SCMI_is_told_before_its_kernel_is_compiled()
    {
        // Without what only a user can supply.
        var board = await File.ReadAllTextAsync(Path.Combine(_workspace.Root, "boards/rock-5b/rock-5b.yaml"), TestContext.Current.CancellationToken);
        _workspace.Write("boards/rock-5b/rock-5b.yaml", Loaders().Replace(board, ""));
        var fragment = await File.ReadAllLinesAsync(Path.Combine(_workspace.Root, Platform), TestContext.Current.CancellationToken);
        _workspace.Write(Platform, string.Join('\n', fragment.Where(line => !line.Contains("SCMI", StringComparison.Ordinal))) + "\n");

        var result = await _workspace.RunAsync("build", "linux-6.18:lint", "--board", "rock-5b", "--locked");

        var text = result.StandardOutput + result.StandardError;
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("The kernel of `rock-5b` lacks drivers that the board needs, by its device tree and final configuration (3):", text, StringComparison.Ordinal);
        Assert.Contains($"`/firmware/scmi/protocol@14` has no driver that is built in, but is needed by the root disk, by `clocks` of `/mmc@fe2c0000`: `scmi-protocol@14` is driven by drivers/clk/clk-scmi.c; set [CONFIG_COMMON_CLK_SCMI=y] in `{Platform}`", text, StringComparison.Ordinal);
        Assert.Contains("`/firmware/scmi/protocol@16` has no driver, but is needed by the board, by `resets` of `/rng@fe378000`: `scmi-protocol@16` is driven by drivers/reset/reset-scmi.c", text, StringComparison.Ordinal);
        Assert.Contains($"`arm,scmi-smc` is driven by drivers/firmware/arm_scmi/transports/smc.c; set [CONFIG_ARM_SCMI_PROTOCOL=y, CONFIG_ARM_SCMI_TRANSPORT_SMC=y] in `{Platform}`", text, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^(blobs|boot-chain|build-depends|variables):.*\n(  .*\n)*", RegexOptions.Multiline)]
    private static partial Regex Loaders();
}
