// A board's kernel against its device tree, on a tree of the shape in which drivers were missed on a desk.

using System.Collections.Immutable;
using Imagecraft.Boards.DeviceTrees;
using Imagecraft.Boards.Drivers;

namespace Imagecraft.Boards.Tests;

public sealed class DriverLintTests
{
    // As the tables and makefiles of the kernel have them, cut down.
    private static readonly DriverIndex Index = new(new (string Path, string Text)[]
    {
        ("drivers/firmware/arm_scmi/transports/smc.c", "{ .compatible = \"arm,scmi-smc\" }"),
        ("drivers/firmware/Makefile", "obj-y += arm_scmi/\n"),
        ("drivers/firmware/arm_scmi/Makefile", "obj-$(CONFIG_ARM_SCMI_PROTOCOL) += transports/\n"),
        ("drivers/firmware/arm_scmi/transports/Makefile", "scmi_transport_smc-objs := smc.o\nobj-$(CONFIG_ARM_SCMI_TRANSPORT_SMC) += scmi_transport_smc.o\n"),
        ("drivers/clk/clk-scmi.c", "scmi_device_id { SCMI_PROTOCOL_CLOCK, \"clocks\" }"),
        ("drivers/clk/rockchip/clk-rk3588.c", "{ .compatible = \"rockchip,rk3588-cru\" }"),
        ("drivers/clk/Makefile", "obj-$(CONFIG_COMMON_CLK_SCMI) += clk-scmi.o\nobj-$(CONFIG_ARCH_ROCKCHIP) += rockchip/\n"),
        ("drivers/clk/rockchip/Makefile", "obj-$(CONFIG_CLK_RK3588) += clk-rk3588.o\n"),
        ("drivers/irqchip/irq-gic-v3.c", "IRQCHIP_DECLARE(gic_v3, \"arm,gic-v3\", gic_of_init);"),
        ("drivers/irqchip/Makefile", "obj-$(CONFIG_ARM_GIC_V3) += irq-gic-v3.o\n"),
        ("drivers/mmc/host/dw_mmc-rockchip.c", "{ .compatible = \"rockchip,rk3288-dw-mshc\" }"),
        ("drivers/mmc/host/Makefile", "obj-$(CONFIG_MMC_DW_ROCKCHIP) += dw_mmc-rockchip.o\n"),
        ("drivers/mfd/rk8xx-spi.c", "{ .compatible = \"rockchip,rk806\" }"),
        ("drivers/mfd/rk8xx-core.c", "{ .name = \"rk808-regulator\" }"),
        ("drivers/mfd/Makefile", "obj-$(CONFIG_MFD_RK8XX_SPI) += rk8xx-spi.o\nobj-$(CONFIG_MFD_RK8XX) += rk8xx-core.o\n"),
        ("drivers/regulator/rk808-regulator.c", "platform_driver { .name = \"rk808-regulator\" }"),
        ("drivers/regulator/Makefile", "obj-$(CONFIG_REGULATOR_RK808) += rk808-regulator.o\n"),
        ("drivers/spi/spi-rockchip.c", "{ .compatible = \"rockchip,rk3066-spi\" }"),
        ("drivers/spi/Makefile", "obj-$(CONFIG_SPI_ROCKCHIP) += spi-rockchip.o\n"),
        ("drivers/misc/sram.c", "{ .compatible = \"mmio-sram\" }"),
        ("drivers/misc/Makefile", "obj-$(CONFIG_SRAM) += sram.o\n"),
        ("drivers/tty/serial/8250/8250_dw.c", "{ .compatible = \"snps,dw-apb-uart\" }"),
        ("drivers/tty/serial/8250/Makefile", "obj-$(CONFIG_SERIAL_8250_DW) += 8250_dw.o\n"),
        ("drivers/iommu/rockchip-iommu.c", "{ .compatible = \"rockchip,rk3588-iommu\" }"),
        ("drivers/iommu/Makefile", "obj-$(CONFIG_ROCKCHIP_IOMMU) += rockchip-iommu.o\n"),
        ("drivers/accel/rocket/rocket_drv.c", "{ .compatible = \"rockchip,rk3588-rknn-core\" }"),
        ("drivers/accel/rocket/Makefile", "obj-$(CONFIG_DRM_ACCEL_ROCKET) := rocket.o\nrocket-y := rocket_drv.o\n"),
        ("drivers/pci/controller/pcie-dw-rockchip.c", "{ .compatible = \"rockchip,rk3588-pcie\" }"),
        ("drivers/pci/controller/Makefile", "obj-$(CONFIG_PCIE_ROCKCHIP_DW_HOST) += pcie-dw-rockchip.o\n"),
        ("drivers/net/ethernet/realtek/Makefile", "obj-$(CONFIG_R8169) += r8169.o\n"),
        ("drivers/i2c/busses/i2c-rk3x.c", "{ .compatible = \"rockchip,rk3399-i2c\" }"),
        ("drivers/i2c/busses/Makefile", "obj-$(CONFIG_I2C_RK3X) += i2c-rk3x.o\n"),
        ("drivers/i2c/busses/i2c-none.c", "{ .compatible = \"acme,none\" }"),
        ("drivers/i2c/busses/Makefile", "obj-y += i2c-none.o\n"),
        ("drivers/rtc/rtc-hym8563.c", "{ .compatible = \"haoyu,hym8563\" }"),
        ("drivers/rtc/Makefile", "obj-$(CONFIG_RTC_DRV_HYM8563) += rtc-hym8563.o\n"),
    }.SelectMany(f => new DriverSources("SCMI_PROTOCOL_CLOCK = 0x14").Of(f.Path, f.Text)));

    private static readonly ImmutableArray<string> Good =
    [
        "ARM_SCMI_PROTOCOL=y", "ARM_SCMI_TRANSPORT_SMC=y", "COMMON_CLK_SCMI=y", "ARCH_ROCKCHIP=y", "CLK_RK3588=y", "ARM_GIC_V3=y", "MMC_DW_ROCKCHIP=y", "MFD_RK8XX_SPI=y", "MFD_RK8XX=y", "REGULATOR_RK808=y", "SPI_ROCKCHIP=y",
        "SRAM=y", "SERIAL_8250_DW=y", "ROCKCHIP_IOMMU=y", "DRM_ACCEL_ROCKET=m", "PCIE_ROCKCHIP_DW_HOST=y", "R8169=m", "I2C_RK3X=y", "MFD_SYSCON=y",
    ];

    private static readonly DriverDemand Demand = new("desk", "linux-6.18", "boards/platforms/rk3588.config", new("mmc1", []), null)
    {
        Devices = [new("/pcie@fe190000", ["r8169"])],
        Accelerators = [new("rocket", ["rocket"], "rocket.config")],
    };

    private static DriverReport Lint(DriverDemand? demand = null, params string[] changes)
    {
        var changed = changes.Select(c => c.Split('=')[0]).ToHashSet(StringComparer.Ordinal);
        var config = string.Concat(Good.Where(s => !changed.Contains(s.Split('=')[0])).Concat(changes.Where(c => !c.EndsWith("=n", StringComparison.Ordinal))).Select(s => $"CONFIG_{s}\n"));
        var tree = DeviceTree.Read(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Samples", "desk.dtb")));
        return new DriverLint(demand ?? Demand, tree, new DriverTable(Index, [], new KernelConfiguration(config), "arm64")).Run();
    }

    [Fact]
    public void A_good_kernel_has_no_problem_and_its_report_says_who_drives_what_and_why()
    {
        var report = Lint();
        Assert.Empty(report.Problems);
        Assert.Equal("The root disk: /mmc@fe2c0000", report.Lines[0]);
        Assert.Contains("  /firmware/scmi/protocol@14: drivers/clk/clk-scmi.c, built in (the root disk, by `clocks` of `/mmc@fe2c0000`)", report.Lines);
        Assert.Contains("  /spi@feb20000: drivers/spi/spi-rockchip.c, built in (the root disk, as bus of `/spi@feb20000/pmic@0`)", report.Lines);
        Assert.Contains("The console: /serial@feb50000", report.Lines);
        Assert.Contains("The accelerator rocket: /npu@fdab0000", report.Lines);
        Assert.Contains("  /npu@fdab0000: drivers/accel/rocket/rocket_drv.c, module rocket (the accelerator `rocket`)", report.Lines);
        Assert.Equal(new NeededDriver("r8169", false, "/pcie@fe190000"), report.Drivers.Single(d => d.Module == "r8169"));
        Assert.Equal(new NeededDriver("rocket", false, "/npu@fdab0000"), report.Drivers.Single(d => d.Module == "rocket"));
    }

    [Fact]
    public void Without_SCMI_the_root_disk_is_told_to_have_no_clock_with_both_drivers_and_their_symbols() => Assert.Equal(
        [
            "`/firmware/scmi/protocol@14` has no driver that is built in, but is needed by the root disk, by `clocks` of `/mmc@fe2c0000`: `scmi-protocol@14` is driven by drivers/clk/clk-scmi.c; set [CONFIG_COMMON_CLK_SCMI=y] in `boards/platforms/rk3588.config`, or waive it with the reason",
            "`/firmware/scmi` has no driver that is built in, but is needed by the root disk, as bus of `/firmware/scmi/protocol@14`: `arm,scmi-smc` is driven by drivers/firmware/arm_scmi/transports/smc.c; set [CONFIG_ARM_SCMI_PROTOCOL=y, CONFIG_ARM_SCMI_TRANSPORT_SMC=y] in `boards/platforms/rk3588.config`, or waive it with the reason",
        ],
        Lint(null, "ARM_SCMI_PROTOCOL=n", "ARM_SCMI_TRANSPORT_SMC=n", "COMMON_CLK_SCMI=n").Problems);

    [Fact]
    public void What_the_root_disk_waits_for_must_not_be_a_module() => Assert.Equal(
        "`/mmc@fe2c0000` has no driver that is built in, but is needed by the root disk: `rockchip,rk3288-dw-mshc` is driven by drivers/mmc/host/dw_mmc-rockchip.c, a module, which lies behind it; set [CONFIG_MMC_DW_ROCKCHIP=y] in `boards/platforms/rk3588.config`, or waive it with the reason",
        Assert.Single(Lint(null, "MMC_DW_ROCKCHIP=m").Problems));

    [Fact]
    public void A_chip_whose_regulators_have_no_driver_is_told_though_it_has_one_itself() => Assert.Equal(
        "`/spi@feb20000/pmic@0` has no driver that is built in, but is needed by the root disk, by `vmmc-supply` of `/mmc@fe2c0000`: what `vmmc-supply` leads to is driven by drivers/regulator/rk808-regulator.c; set [CONFIG_REGULATOR_RK808=y] in `boards/platforms/rk3588.config`, or waive it with the reason",
        Assert.Single(Lint(null, "REGULATOR_RK808=n").Problems));

    [Fact]
    public void An_accelerator_s_suppliers_may_be_modules_but_must_be_there()
    {
        Assert.Empty(Lint(null, "ROCKCHIP_IOMMU=m").Problems);
        Assert.Equal(
            "`/iommu@fdab9000` has no driver, but is needed by the accelerator `rocket`, by `iommus` of `/npu@fdab0000`: `rockchip,rk3588-iommu` is driven by drivers/iommu/rockchip-iommu.c; set [CONFIG_ROCKCHIP_IOMMU=y] (or `m`) in `boards/platforms/rk3588.config`, or waive it with the reason",
            Assert.Single(Lint(null, "ROCKCHIP_IOMMU=n").Problems));
        Assert.Contains("in `rocket.config`", Assert.Single(Lint(null, "DRM_ACCEL_ROCKET=n").Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_of_what_no_tree_has_is_held_to_its_name()
    {
        Assert.Equal("`/pcie@fe190000` is driven by `r8169`, which the kernel does not have: set [CONFIG_R8169=y] (or `m`) in `boards/platforms/rk3588.config`, or waive it with the reason", Assert.Single(Lint(null, "R8169=n").Problems));
        Assert.Equal("`/pcie@fe190000` is to be driven by the module `r8168`, which no makefile of `linux-6.18` makes", Assert.Single(Lint(Demand with { Devices = [new("/pcie@fe190000", ["r8168"])] }).Problems));
    }

    [Fact]
    public void A_bus_needs_a_driver_beside_that_of_what_hangs_on_it() => Assert.Contains(
        "`/pcie@fe190000` has no driver, but is needed by the board: `rockchip,rk3588-pcie` is driven by", Assert.Single(Lint(null, "PCIE_ROCKCHIP_DW_HOST=n").Problems), StringComparison.Ordinal);

    [Fact]
    public void A_node_that_no_table_knows_is_driven_by_the_module_that_is_named() =>
        Assert.Empty(Lint(Demand with { Devices = [new("/i2c@feac0000/gauge@62", ["r8169"])] }).Problems);

    [Fact]
    public void An_accelerator_whose_nodes_are_not_in_the_tree_is_told_and_one_on_another_bus_is_not()
    {
        static DriverDemand With(string module) => Demand with { Accelerators = [new("npu", [module], null)] };
        Assert.Empty(Lint(With("r8169")).Problems);
        Assert.Equal(
            "The device tree has no enabled node that [i2c-none] of the accelerator `npu` drives; enable it by an overlay, or take the accelerator off the board",
            Assert.Single(Lint(With("i2c-none")).Problems));
    }

    [Fact]
    public void Classes_of_devices_are_held_to_their_drivers_where_no_tree_names_them()
    {
        var demand = Demand with { Root = null, Devices = [], Classes = [new("SD hosts", ["dw_mmc-rockchip"], true), new("adapters by Realtek", ["r8169"], false)] };
        var good = WithoutTree(demand, "MMC_DW_ROCKCHIP=y", "R8169=m", "DRM_ACCEL_ROCKET=m");
        Assert.Empty(good.Problems);
        Assert.Equal(["SD hosts: dw_mmc-rockchip, built in", "Adapters by Realtek: r8169", "The accelerator rocket: no node of the device tree, so it is found by its bus"], good.Lines);
        Assert.Contains(new NeededDriver("r8169", false, "adapters by Realtek"), good.Drivers);

        Assert.Equal(
            "`SD hosts` is driven by `dw_mmc-rockchip`, which the kernel does not have built in: set [CONFIG_MMC_DW_ROCKCHIP=y] in `boards/platforms/rk3588.config`, or waive it with the reason",
            Assert.Single(WithoutTree(demand, "MMC_DW_ROCKCHIP=m", "R8169=m", "DRM_ACCEL_ROCKET=m").Problems));
        Assert.StartsWith("`adapters by Realtek` is driven by `r8169`, which the kernel does not have: ", Assert.Single(WithoutTree(demand, "MMC_DW_ROCKCHIP=y", "DRM_ACCEL_ROCKET=m").Problems), StringComparison.Ordinal);
    }

    // Its firmware is then asked for, too.
    [Fact]
    public void An_accelerator_that_its_bus_finds_is_held_to_its_module()
    {
        var demand = Demand with { Accelerators = [new("npu", ["r8169"], "npu.config")] };
        Assert.Contains(new NeededDriver("r8169", false, "the accelerator npu"), Lint(demand with { Devices = [] }).Drivers);
        Assert.Contains("in `npu.config`", Assert.Single(Lint(demand with { Devices = [] }, "R8169=n").Problems), StringComparison.Ordinal);
    }

    private static DriverReport WithoutTree(DriverDemand demand, params string[] symbols) =>
        new DriverLint(demand, null, new DriverTable(Index, [], new KernelConfiguration(string.Concat(symbols.Select(s => $"CONFIG_{s}\n"))), "arm64")).Run();

    [Fact]
    public void What_is_enabled_without_a_driver_and_nobody_needs_is_listed_and_no_problem()
    {
        var lines = Lint().Lines;
        var at = lines.IndexOf("Enabled without a driver, and needed by nothing above (2):");
        Assert.Equal(["  /i2c@feac0000/rtc@51 [haoyu,hym8563]: CONFIG_RTC_DRV_HYM8563", "  /i2c@feac0000/gauge@62 [acme,gauge]: no driver in these sources"], lines.Skip(at + 1));
    }

    [Fact]
    public void A_waiver_takes_one_problem_away_and_one_that_nothing_needs_is_told()
    {
        var report = Lint(Demand with { Waivers = [new("/iommu@fdab9000", "the secure monitor maps it"), new("/cru", "old"), new("/npu@fdab0000", "its firmware is the customer's")] }, "ROCKCHIP_IOMMU=n");
        Assert.Empty(report.Problems);
        Assert.Contains("Waived: /iommu@fdab9000: the secure monitor maps it", report.Lines);
        Assert.Equal(["A waiver that nothing needs any more, to be removed: /cru: old"], report.Lines.Where(l => l.StartsWith("A waiver", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_node_that_the_tree_has_not_is_told_with_those_like_it() => Assert.Equal(
        "The device tree has no node `/soc/mmc@1`, which is the root disk by `lint`; like it are [/mmc@fe2c0000]", Assert.Single(Lint(Demand with { Root = new("/soc/mmc@1", []) }).Problems));

    [Fact]
    public void A_device_that_is_disabled_is_told() => Assert.Equal(
        "`/npu@fdac0000`, a device of the board by `lint`, is disabled in the device tree", Assert.Single(Lint(Demand with { Devices = [new("/npu@fdac0000", [])] }).Problems));

    [Fact]
    public void What_no_driver_of_the_kernel_knows_is_a_problem_where_it_is_needed() => Assert.Equal(
        "`/i2c@feac0000/gauge@62` has no driver, but is needed by the board: no driver of `linux-6.18` knows [acme,gauge]; take a kernel that has one, or waive it with the reason",
        Assert.Single(Lint(Demand with { Devices = [new("/i2c@feac0000/gauge@62", [])] }).Problems));

    [Fact]
    public void A_list_of_drivers_reads_back_as_it_was_written()
    {
        var drivers = Lint().Drivers;
        Assert.Equal(drivers, DriverList.Read(DriverList.Write(drivers)));
    }
}
