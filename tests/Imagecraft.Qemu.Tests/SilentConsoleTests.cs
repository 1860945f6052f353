// A machine of which not one byte is heard is told as that, with what board, kernel and QEMU call the console.

using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Qemu.Tests;

public sealed class SilentConsoleTests : IDisposable
{
    private readonly BareMachines machines = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => machines.Dispose();

    private static MachineDescription Machine(string commandLine, string console = "ttyAMA0", string system = "aarch64", string type = "virt", int port = 0, bool given = true) => new()
    {
        ToolRoot = "/",
        System = system,
        Image = "i",
        Disk = "d",
        CommandLine = commandLine,
        Console = console,
        ConsolePort = port,
        Arguments = given ? ["-machine", $"{type},highmem=off", "-append", "$CMDLINE panic=-1"] : ["-M", type],
    };

    [Theory]
    [InlineData("root=/dev/vda1 console=ttyS0,115200 quiet", "ttyAMA0", "aarch64", "virt", 0,
        "the board's console is `ttyAMA0`, the kernel's command line says [`console=ttyS0,115200`, `quiet`], and QEMU shows serial port 0 of its machine `virt`, which Linux calls `ttyAMA0`",
        "write `console=ttyAMA0` into the command line and `console: ttyAMA0` into the board, or choose another port by `console-port` in its `qemu:`", true)]
    [InlineData("quiet", "ttyAMA0", "arm", "virt", 0,
        "the board's console is `ttyAMA0`, the kernel's command line names none and is `quiet`, and QEMU shows serial port 0 of its machine `virt`, which Linux calls `ttyAMA0`",
        "write `console=ttyAMA0` into the command line and `console: ttyAMA0` into the board, or choose another port by `console-port` in its `qemu:`", false)]
    [InlineData("console=ttyS0", "ttyS0", "aarch64", "raspi4b", 1,
        "the board's console is `ttyS0`, the kernel's command line says [`console=ttyS0`], and QEMU shows serial port 1 of its machine `raspi4b`, which Linux calls `ttyS1`",
        "write `console=ttyS1` into the command line and `console: ttyS1` into the board, or choose another port by `console-port` in its `qemu:`", true)]
    [InlineData("console=ttyS0", "ttyS0", "riscv64", "virt", 0,
        "the board's console is `ttyS0`, the kernel's command line says [`console=ttyS0`], and QEMU shows serial port 0 of its machine `virt`, which Linux calls `ttyS0`",
        "add `earlycon` to the command line to hear a kernel that stops early, and see that `qemu:` of the board starts the right kernel or firmware on enough memory", false)]
    [InlineData("console=ttyPS0", "ttyPS1", "aarch64", "xlnx-zcu102", 0,
        "the board's console is `ttyPS1`, the kernel's command line says [`console=ttyPS0`], and QEMU shows serial port 0 of its machine `xlnx-zcu102`",
        "write `console=ttyPS1` into the command line and `console: ttyPS1` into the board, or choose another port by `console-port` in its `qemu:`", true)]
    public void The_route_compares_board_kernel_and_QEMU(string commandLine, string console, string system, string type, int port, string story, string remedy, bool elsewhere)
    {
        Assert.Equal(new ConsoleRoute(story, remedy, elsewhere), ConsoleRoutes.Of(Machine(commandLine, console, system, type, port)));
        Assert.Equal(story, ConsoleRoutes.Of(Machine(commandLine, console, system, type, port, given: false)).Story);
    }

    [Fact]
    public async Task A_machine_that_says_nothing_is_told_as_silent_with_its_route()
    {
        MachineDescription machine = machines.Describe("", powerOff: false) with { Console = "ttyAMA0", CommandLine = "console=ttyS0 quiet" };
        await using QemuMachine started = await QemuMachine.StartAsync(machine, null, Cancellation);
        var silent = await Assert.ThrowsAsync<ConsoleSilentException>(() => started.Console.LoginAsync(LoginOptions.Root with { Limit = TimeSpan.FromSeconds(5) }, Cancellation));
        Assert.Equal(
            "Console is silent: not one byte came from it within 5 s; the board's console is `ttyAMA0`, the kernel's command line says [`console=ttyS0`, `quiet`], and QEMU shows serial port 0 of its machine `virt`, which Linux calls `ttyAMA0`; "
            + "write `console=ttyAMA0` into the command line and `console: ttyAMA0` into the board, or choose another port by `console-port` in its `qemu:`",
            silent.Message);
    }

    [Fact]
    public async Task A_machine_of_which_only_the_firmware_is_heard_hangs_and_is_told_with_its_route()
    {
        MachineDescription machine = machines.Describe("U-Boot 2026.01\nStarting kernel ...\n", powerOff: false) with { Console = "ttyAMA0", CommandLine = "console=ttyS0" };
        await using QemuMachine started = await QemuMachine.StartAsync(machine, null, Cancellation);
        var hang = await Assert.ThrowsAsync<MachineHangException>(() => started.Console.LoginAsync(LoginOptions.Root with { Limit = TimeSpan.FromSeconds(5) }, Cancellation));
        Assert.StartsWith("Machine hangs: no shell of `root` within 5 s; the board's console is `ttyAMA0`, the kernel's command line says [`console=ttyS0`]", hang.Headline);
        Assert.Contains("Starting kernel ...", hang.LastLines);
    }

    [Fact]
    public async Task A_fake_machine_without_a_word_is_told_as_silent()
    {
        await using var machine = FakeMachine.Start("sleep 1000");
        var silent = await Assert.ThrowsAsync<ConsoleSilentException>(() => machine.Console.LoginAsync(FakeMachine.Login(seconds: 2), Cancellation));
        Assert.Equal("Console is silent: not one byte came from it within 2 s", silent.Headline);
    }
}
