// Makefiles followed from a source file to the symbols that compile it.

using Imagecraft.Boards.Drivers;

namespace Imagecraft.Boards.Tests;

public sealed class KernelObjectTests
{
    private static CompiledFile Of(string source, string config, params (string Path, string Text)[] makefiles) =>
        new KernelObjects(new DriverIndex(makefiles.SelectMany(m => new DriverSources().Of(m.Path, m.Text))), new KernelConfiguration(config), "arm64").Of(source);

    private static readonly (string, string)[] Scmi =
    [
        ("drivers/Makefile", "obj-y += firmware/\n"),
        ("drivers/firmware/Makefile", "obj-y += arm_scmi/\n"),
        ("drivers/firmware/arm_scmi/Makefile", "scmi-core-objs := driver.o\nobj-$(CONFIG_ARM_SCMI_PROTOCOL) += scmi-core.o\nobj-$(CONFIG_ARM_SCMI_PROTOCOL) += transports/\n"),
        ("drivers/firmware/arm_scmi/transports/Makefile", "scmi_transport_smc-objs := smc.o\nobj-$(CONFIG_ARM_SCMI_TRANSPORT_SMC) += scmi_transport_smc.o\n"),
    ];

    private const string Smc = "drivers/firmware/arm_scmi/transports/smc.c";

    private static string Told(CompiledFile file) => $"{file.Value} [{string.Join(' ', file.Missing)}] {file.Module}";

    [Theory]
    [InlineData("", "No [ARM_SCMI_PROTOCOL ARM_SCMI_TRANSPORT_SMC] scmi_transport_smc")]
    [InlineData("CONFIG_ARM_SCMI_PROTOCOL=y\n# CONFIG_ARM_SCMI_TRANSPORT_SMC is not set\n", "No [ARM_SCMI_TRANSPORT_SMC] scmi_transport_smc")]
    [InlineData("CONFIG_ARM_SCMI_PROTOCOL=y\nCONFIG_ARM_SCMI_TRANSPORT_SMC=m\n", "Module [ARM_SCMI_TRANSPORT_SMC] scmi_transport_smc")]
    [InlineData("CONFIG_ARM_SCMI_PROTOCOL=y\nCONFIG_ARM_SCMI_TRANSPORT_SMC=y\n", "BuiltIn [] scmi_transport_smc")]
    public void Symbols_of_folders_composites_and_objects_decide_together(string config, string told) => Assert.Equal(told, Told(Of(Smc, config, Scmi)));

    [Theory]
    [InlineData("obj-$(CONFIG_A)$(CONFIG_B) += x.o", "CONFIG_A=y", "No [B] x")]
    [InlineData("obj-$(CONFIG_A) += x.o\nobj-$(CONFIG_B) += x.o", "CONFIG_B=y", "BuiltIn [] x")]
    [InlineData("obj-$(CONFIG_A) += whole.o\nwhole-$(CONFIG_B) += x.o", "CONFIG_A=m\nCONFIG_B=y", "Module [A] whole")]
    [InlineData("obj-$(CONFIG_A) += whole.o\nwhole-$(CONFIG_B) += x.o", "CONFIG_A=y", "No [B] whole")]
    [InlineData("obj-y += whole.o\nwhole-$(subst m,y,$(CONFIG_B)) += x.o", "CONFIG_B=m", "BuiltIn [B] whole")]
    [InlineData("obj-y += whole.o\nwhole-$(CONFIG_B:m=y)=x.o", "CONFIG_B=m", "BuiltIn [B] whole")]
    [InlineData("obj-m += x.o", "", "Module [] x")]
    [InlineData("obj-$(CONFIG_A) += other.o", "CONFIG_A=y", "No [] ")]
    public void Makefiles_are_read_as_kbuild_does(string makefile, string config, string told) => Assert.Equal(told, Told(Of("drivers/a/x.c", config, ("drivers/a/Makefile", makefile))));

    [Fact]
    public void Another_architecture_s_drivers_are_none() =>
        Assert.Equal("No [] ", Told(Of("arch/arm/mach/x.c", "", ("arch/arm/mach/Makefile", "obj-y += x.o"))));

    [Fact]
    public void A_module_is_found_by_either_spelling_of_its_name()
    {
        var objects = new KernelObjects(new DriverIndex(new DriverSources().Of("drivers/accel/Makefile", "obj-$(CONFIG_NPU) += my-npu.o\n")), new KernelConfiguration("CONFIG_NPU=m\n"), "arm64");
        Assert.Equal((Compiled.Module, "my_npu"), (objects.OfModule("my-npu")!.Value, objects.OfModule("my_npu")!.Module));
        Assert.Null(objects.OfModule("your_npu"));
    }
}
