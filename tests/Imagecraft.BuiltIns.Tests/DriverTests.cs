// The functions of the board lint on small trees: from sources to an index, from a device tree and a configuration to a judgement, from an image's packages to modules and firmware.

using System.IO.Compression;
using System.Text;
using Imagecraft.Boards.Drivers;
using Imagecraft.BuiltIns.Drivers;
using Imagecraft.Requests.Drivers;

namespace Imagecraft.BuiltIns.Tests;

public class DriverTests
{
    private const string Index = "D\tdrivers/mmc/host/acme.c\tacme,mmc\nC\tdrivers/mmc/host\tobj-$(CONFIG_MMC_ACME) += acme.o\nD\tdrivers/tty/acme.c\tacme,uart\nC\tdrivers/tty\tobj-y += acme.o\n";

    private static readonly DriverDemand Demand = new("desk", "linux", "desk.config", new("/mmc@1", []), null);

    // `/dts-v1/; / { chosen { stdout-path = "/uart@2"; }; mmc@1 { compatible = "acme,mmc"; }; uart@2 { compatible = "acme,uart"; }; };`, as dtc packs it.
    private static readonly byte[] Tree = Convert.FromHexString(
        "d00dfeed000000d300000038000000bc000000280000001100000010000000000000001700000084000000000000000000000000000000000000000100000000" +
        "0000000163686f73656e00000000000300000008000000002f7561727440320000000002000000016d6d63403100000000000003000000090000000c61636d65" +
        "2c6d6d630000000000000002000000017561727440320000000000030000000a0000000c61636d652c756172740000000000000200000002000000097374646f" +
        "75742d7061746800636f6d70617469626c6500");

    private static TestContext Asked(string config, DriverDemand? demand = null) => new TestContext()
        .Asking(new CheckDriversRequest(demand ?? Demand, "arm64")).WithText("/config", config).WithText("/index", Index).WithFile("/tree", Tree);

    [Fact]
    public async Task Drivers_and_makefiles_of_a_kernel_become_an_index_of_folders_with_drivers()
    {
        using var context = await new TestContext().Asking(new IndexDriversRequest("", IsKernel: true)).WithTree("/src",
            ("/drivers/mmc/host/acme.c", "{ .compatible = \"acme,mmc\" }"), ("/drivers/mmc/host/Makefile", "obj-$(CONFIG_MMC_ACME) += acme.o\n"), ("/drivers/mmc/none.c", "int a;"),
            ("/drivers/clk/scmi.c", "scmi_device_id { SCMI_PROTOCOL_CLOCK, \"clocks\" }"), ("/include/linux/scmi_protocol.h", "SCMI_PROTOCOL_CLOCK = 0x14,"), ("/tools/a.c", "{ .compatible = \"acme,tool\" }")).RunAsync(new IndexDrivers());
        Assert.Equal("D\tdrivers/clk/scmi.c\tscmi-protocol@14\nC\tdrivers/mmc/host\tobj-$(CONFIG_MMC_ACME) += acme.o\nD\tdrivers/mmc/host/acme.c\tacme,mmc\n", context.Text("file"));
    }

    [Fact]
    public async Task The_sources_of_a_module_are_indexed_whole_from_its_folder()
    {
        using var context = await new TestContext().Asking(new IndexDriversRequest("driver", IsKernel: false)).WithTree("/src", ("/driver/npu.c", "{ .compatible = \"acme,npu\" }"), ("/driver/Makefile", "obj-m += npu.o\n"), ("/other.c", "{ .compatible = \"acme,no\" }")).RunAsync(new IndexDrivers());
        Assert.Equal("C\t.\tobj-m += npu.o\nD\tnpu.c\tacme,npu\n", context.Text("file"));
    }

    [Fact]
    public async Task A_configuration_that_drives_the_board_is_passed_on_unchanged_with_a_report()
    {
        using var context = await Asked("CONFIG_MMC_ACME=y\n").RunAsync(new CheckDrivers());
        Assert.Equal("CONFIG_MMC_ACME=y\n", context.Text("config"));
        Assert.Equal("acme\ty\t/mmc@1\n", context.Text("drivers"));
        Assert.StartsWith("The root disk: /mmc@1\n  /mmc@1: drivers/mmc/host/acme.c, built in (the root disk)\n", context.Text("report"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_without_a_driver_fails_with_node_driver_symbol_and_fragment()
    {
        using var context = Asked("CONFIG_MMC_ACME=m\n");
        Assert.Equal("""
            The kernel of `desk` lacks drivers that the board needs, by its device tree and final configuration (1):
              `/mmc@1` has no driver that is built in, but is needed by the root disk: `acme,mmc` is driven by drivers/mmc/host/acme.c, a module, which lies behind it; set [CONFIG_MMC_ACME=y] in `desk.config`, or waive it with the reason
            """, await context.FailureAsync(new CheckDrivers()));
    }

    [Fact]
    public async Task A_damaged_device_tree_is_told()
    {
        using var context = new TestContext().Asking(new CheckDriversRequest(Demand, "arm64")).WithText("/config", "").WithText("/index", Index).WithText("/tree", "no tree");
        Assert.StartsWith("The device tree of `desk` is no device tree", await context.FailureAsync(new CheckDrivers()), StringComparison.Ordinal);
    }

    private const string ModulePath = "/usr/lib/modules/6.12.1/kernel/drivers/net/radio-mmc.ko";
    private const string Module = "\x7f" + "ELF license=GPL\0firmware=acme/radio.bin\0firmware=acme/radio*.txt\0depends=\0";

    private static TestContext Image(params (string, string)[] firmware) => new TestContext()
        .Asking(new CheckModulesRequest("base", "desk", [])).WithText("/drivers", "radio_mmc\tm\t/wifi@1\n").WithText("/report", "seen before\n")
        .WithTree("/kernel", (ModulePath, Module)).WithTree("/package/modules", (ModulePath, Module)).WithTree("/package/firmware", firmware);

    [Theory]
    [InlineData("/usr/lib/firmware/acme/radio.bin", "acme/radio.bin")]
    [InlineData("/lib/firmware/acme/radio-desk.txt", "acme/radio*.txt")]
    public async Task A_module_with_some_of_its_firmware_is_told_of(string path, string asked)
    {
        using var context = await Image((path, "x")).RunAsync(new CheckModules());
        Assert.Equal($"seen before\nFirmware of radio_mmc: {asked}\n", context.Text("file"));
    }

    [Fact]
    public async Task A_module_without_any_of_its_firmware_fails_unless_that_is_waived()
    {
        using var context = Image(("/usr/lib/firmware/other.bin", "x"));
        Assert.Equal("""
            The image `base` lacks what drivers of `desk` need (1):
              `radio_mmc`, the driver of `/wifi@1`, asks for firmware, of which the image has nothing: [acme/radio.bin, acme/radio*.txt]; install the package that has it, e.g. by `packages` of the board, or waive it with the reason
            """, await context.FailureAsync(new CheckModules()));
        await context.Asking(new CheckModulesRequest("base", "desk", [new("/wifi@1", "supplied by the customer")])).RunAsync(new CheckModules());
        Assert.Equal("seen before\nWaived: /wifi@1: supplied by the customer\n", context.Text("file"));
        using var stale = Image(("/usr/lib/firmware/acme/radio.bin", "x")).Asking(new CheckModulesRequest("base", "desk", [new("/wifi@1", "supplied by the customer")]));
        await stale.RunAsync(new CheckModules());
        Assert.EndsWith("A waiver that nothing needs any more, to be removed: /wifi@1: supplied by the customer\n", stale.Text("file"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".gz")]
    [InlineData(".zst")]
    public async Task What_a_compressed_module_asks_for_is_read(string ending)
    {
        using var packed = new MemoryStream();
        using (Stream stream = ending == ".gz" ? new GZipStream(packed, CompressionMode.Compress, leaveOpen: true) : new ZstdSharp.CompressionStream(packed, leaveOpen: true))
            stream.Write(Encoding.UTF8.GetBytes(Module));
        using var context = new TestContext().Asking(new CheckModulesRequest("base", "desk", [])).WithText("/drivers", "radio_mmc\tm\t/wifi@1\n").WithText("/report", "").WithTree("/kernel", ("/usr/lib/none", ""))
            .WithBytes("/package/modules", (ModulePath + ending, packed.ToArray())).WithTree("/package/firmware", ("/usr/lib/firmware/acme/radio.bin", "x"));
        await context.RunAsync(new CheckModules());
        Assert.Equal("Firmware of radio_mmc: acme/radio.bin\n", context.Text("file"));
    }

    [Fact]
    public async Task A_module_that_no_package_of_the_image_has_fails()
    {
        using var context = new TestContext().Asking(new CheckModulesRequest("base", "desk", [])).WithText("/drivers", "radio_mmc\tm\t/wifi@1\n").WithText("/report", "").WithTree("/kernel", (ModulePath, Module)).WithTree("/package/other", ("/bin/sh", "x"));
        Assert.Contains("The module `radio_mmc` of `/wifi@1` is in no package of the image", await context.FailureAsync(new CheckModules()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Firmware_of_a_built_in_driver_is_asked_for_as_that_of_a_module()
    {
        const string facts = "r8169.license=GPL\0r8169.firmware=rtl_nic/rtl8125b-2.fw\0fec.license=GPL\0";
        using var context = new TestContext().Asking(new CheckModulesRequest("base", "desk", [])).WithText("/drivers", "fec\ty\t/eth@1\nr8169\ty\t/pcie@1\n").WithText("/report", "").WithTree("/kernel", ("/usr/lib/modules/6.12.1/modules.builtin.modinfo", facts));
        Assert.Contains("`r8169`, the driver of `/pcie@1`, asks for firmware, of which the image has nothing: [rtl_nic/rtl8125b-2.fw]", await context.FailureAsync(new CheckModules()), StringComparison.Ordinal);
        await context.WithTree("/package/firmware", ("/usr/lib/firmware/rtl_nic/rtl8125b-2.fw", "x")).RunAsync(new CheckModules());
        Assert.Equal("Firmware of r8169: rtl_nic/rtl8125b-2.fw\n", context.Text("file"));
    }
}
