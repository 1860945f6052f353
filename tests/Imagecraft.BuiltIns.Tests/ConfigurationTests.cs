using System.Collections.Immutable;
using Imagecraft.BuiltIns.Configuration;
using Imagecraft.Requests.Configuration;

namespace Imagecraft.BuiltIns.Tests;

public class ConfigurationTests
{
    private const string Kconfig = "menu \"Graphics\"\nconfig DRM\n\ttristate \"Direct rendering\"\n\nif DRM\nconfig DRM_NPU\n\ttristate \"A processing unit\"\n\tdepends on COMMON_CLK && IOMMU_SUPPORT\n\thelp\n\t  Says COMMON words.\nendif\n\nconfig HIDDEN\n\tbool\nendmenu\n";

    [Fact]
    public async Task A_changed_comment_gives_the_same_fragment()
    {
        using var plain = await Fragments("a.config").WithText("/fragment/000", "CONFIG_A=y\n# CONFIG_B is not set\n").RunAsync(new MergeFragments());
        using var commented = await Fragments("a.config").WithText("/fragment/000", "# why A\nCONFIG_A=y\n\n# CONFIG_B is not set\n").RunAsync(new MergeFragments());
        Assert.Equal(plain.Outputs["fragment"], commented.Outputs["fragment"]);
        Assert.Equal(plain.Outputs["contract"], commented.Outputs["contract"]);
    }

    [Fact]
    public async Task A_later_fragment_wins()
    {
        using var context = await Fragments("base.config", "board.config").WithText("/fragment/000", "CONFIG_A=y\nCONFIG_B=m\n").WithText("/fragment/001", "# CONFIG_A is not set\n").RunAsync(new MergeFragments());
        Assert.Equal("# CONFIG_A is not set\nCONFIG_B=m\n", context.Text("fragment"));
        Assert.Equal("A\tn\tboard.config\nB\tm\tbase.config\n", context.Text("contract"));
    }

    [Fact]
    public async Task A_line_that_is_no_assignment_is_told_with_its_place()
    {
        using var context = Fragments("recipes/x/a.config").WithText("/fragment/000", "CONFIG_A=y\nA=y\n");
        Assert.StartsWith("recipes/x/a.config:2:1: Not a configuration line: `A=y`", await context.FailureAsync(new MergeFragments()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kept_contract_passes_the_configuration_on()
    {
        using var context = await Check("CONFIG_DRM=m\n", "DRM\tm\ta.config\nGONE\tn\ta.config\n").RunAsync(new CheckConfig());
        Assert.Equal("CONFIG_DRM=m\n", context.Text("config"));
    }

    [Fact]
    public async Task A_dropped_symbol_names_fragment_and_unmet_dependency()
    {
        using var context = Check("CONFIG_DRM=m\nCONFIG_COMMON_CLK=y\n", "DRM_NPU\tm\tboards/npu.config\n");
        var message = await context.FailureAsync(new CheckConfig());
        Assert.Contains("boards/npu.config: `CONFIG_DRM_NPU=m` became `n`", message, StringComparison.Ordinal);
        Assert.Contains("it depends on `COMMON_CLK && IOMMU_SUPPORT` (drivers/Kconfig:6), but `IOMMU_SUPPORT` is not set (no Kconfig file defines it for arm64)", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_symbol_that_nothing_defines_says_so()
    {
        using var context = Check("CONFIG_DRM=m\n", "DRM_NPV\ty\ta.config\n");
        Assert.Contains("no Kconfig file defines `DRM_NPV` for arm64", await context.FailureAsync(new CheckConfig()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_symbol_that_not_every_version_has_is_kept_where_it_exists_alone()
    {
        using var merged = await Fragments("a.config").WithText("/fragment/000", "CONFIG_DRM_NPU=m  # where it exists\nCONFIG_DRM_NPV=y # where it exists\nCONFIG_TEXT=\"a # where\"\n").RunAsync(new MergeFragments());
        Assert.Equal("CONFIG_DRM_NPU=m\nCONFIG_DRM_NPV=y\nCONFIG_TEXT=\"a # where\"\n", merged.Text("fragment"));
        var contract = merged.Text("contract").Replace("TEXT\t\"a # where\"\ta.config\n", "", StringComparison.Ordinal);
        using var context = Check("CONFIG_DRM=m\nCONFIG_COMMON_CLK=y\n", contract);
        var failure = await context.FailureAsync(new CheckConfig());
        Assert.Contains("`CONFIG_DRM_NPU=m` became `n`", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("DRM_NPV", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_symbol_without_prompt_says_that_only_a_select_sets_it()
    {
        using var context = Check("CONFIG_DRM=m\n", "HIDDEN\ty\ta.config\n");
        Assert.Contains("it has no prompt", await context.FailureAsync(new CheckConfig()), StringComparison.Ordinal);
    }

    private static TestContext Check(string config, string contract) => new TestContext()
        .WithText("/config", config).WithText("/contract", contract)
        .WithTree("/src", ("/drivers/Kconfig", Kconfig), ("/arch/arm64/Kconfig", ""), ("/arch/x86/Kconfig", "config DRM_NPV\n\tbool \"x\"\n"))
        .Asking(new CheckConfigRequest { Architecture = "arm64", Cross = "aarch64-linux-gnu-", Subfolder = "" });

    private static TestContext Fragments(params ImmutableArray<string> paths) => new TestContext().Asking(new MergeFragmentsRequest(paths));
}
