// What is read out of C files and makefiles.

using Imagecraft.Boards.Drivers;

namespace Imagecraft.Boards.Tests;

public sealed class DriverSourceTests
{
    private static string[] Of(string path, string text, string? protocols = null) => [.. new DriverSources(protocols).Of(path, text).Select(l => $"{l.Kind} {l.Place} {l.Text}")];

    [Fact]
    public void A_table_names_its_devices_once_each_also_on_lines_of_their_own_and_by_macros() => Assert.Equal(
        ["Drives drivers/mmc/host/a.c acme,mmc", "Drives drivers/mmc/host/a.c acme,mmc2", "Drives drivers/mmc/host/a.c acme,mmc3", "Drives drivers/mmc/host/a.c acme,mmc4"],
        Of("drivers/mmc/host/a.c", """
            #define NAME "acme,mmc4"
            static const struct of_device_id ids[] = {
                { .compatible = "acme,mmc", }, { .compatible = "acme,mmc2" },
                { .compatible = "acme,mmc" },
                { .compatible =
                    "acme,mmc3" },
                { .compatible = NAME },
                { .compatible = UNKNOWN },
                { /* sentinel */ }
            };
            """));

    [Fact]
    public void Declarations_count_and_early_consoles_do_not() => Assert.Equal(
        ["Drives drivers/clk/a.c acme,clock", "Drives drivers/clk/a.c acme,gic", "Drives drivers/clk/a.c acme,plic"],
        Of("drivers/clk/a.c", "OF_EARLYCON_DECLARE(acme, \"acme,uart\", setup);\nCLK_OF_DECLARE(acme, \"acme,clock\", setup);\nIRQCHIP_DECLARE(gic,\n\t\"acme,gic\", init);\nIRQCHIP_MATCH(\"acme,plic\", probe)\n"));

    [Fact]
    public void A_protocol_of_SCMI_goes_by_its_number() => Assert.Equal(
        ["Drives drivers/clk/clk-scmi.c scmi-protocol@14"],
        Of("drivers/clk/clk-scmi.c", "static const struct scmi_device_id ids[] = {\n\t{ SCMI_PROTOCOL_CLOCK, \"clocks\" },\n\t{ SCMI_PROTOCOL_NEW, \"new\" },\n};\n", "enum { SCMI_PROTOCOL_BASE = 0x10, SCMI_PROTOCOL_CLOCK = 0x14 };"));

    [Fact]
    public void A_chip_s_parts_are_told_and_who_drives_them()
    {
        Assert.Equal(["Makes drivers/mfd/rk8xx-core.c rk808-regulator", "Makes drivers/mfd/rk8xx-core.c rk808-clkout"], Of("drivers/mfd/rk8xx-core.c", "{ .name = \"rk808-regulator\", },\nMFD_CELL_NAME(\"rk808-clkout\"),\n"));
        Assert.Equal(["DrivesPart drivers/regulator/rk808-regulator.c rk808-regulator"], Of("drivers/regulator/rk808-regulator.c", "static struct platform_driver d = { .driver = { .name = \"rk808-regulator\" } };\n"));
        // As drivers/regulator/spacemit-p1.c has it.
        Assert.Equal(["DrivesPart drivers/regulator/p1.c p1-regulator"], Of("drivers/regulator/p1.c", "#define MOD_NAME \"p1-regulator\"\nstatic struct platform_driver d = { .driver = { .name = MOD_NAME } };\nMODULE_ALIAS(\"platform:\" MOD_NAME);\n"));
    }

    [Fact]
    public void Assignments_are_told_whole_without_comments_and_others_are_not() => Assert.Equal(
        ["Compiles drivers/mmc obj-$(CONFIG_MMC) += core/ host.o", "Compiles drivers/mmc host-y := a.o b.o"],
        Of("drivers/mmc/Makefile", "# makefile\nobj-$(CONFIG_MMC)\t+= core/ \\\n\thost.o # both\nccflags-y := -I$(src)\nhost-y := a.o b.o\n\tcmd = x\n"));

    [Fact]
    public void An_index_reads_back_as_it_was_written()
    {
        var index = new DriverIndex(new DriverSources().Of("drivers/mmc/a.c", "{ .compatible = \"acme,mmc\" }").Concat(new DriverSources().Of("drivers/mmc/Makefile", "obj-y += a.o\n")));
        Assert.Equal(index.Lines, DriverIndex.Read(index.Write()).Lines);
        Assert.Throws<FormatException>(() => DriverIndex.Read("X\ty\tz\n"));
    }

    [Theory]
    [InlineData("drivers/a.c", true)]
    [InlineData("arch/arm64/kernel/Makefile", true)]
    [InlineData("drivers/Kconfig", false)]
    [InlineData("tools/perf/a.c", false)]
    public void Only_folders_with_drivers_are_read(string path, bool isSource) => Assert.Equal(isSource, DriverSources.IsSource(path));
}
