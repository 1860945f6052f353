// A shell that a kernel argument starts: on a machine that nobody can log in to, and what it is made of.

using System.Collections.Immutable;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Qemu.Tests;

public sealed class WayInTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("imagecraft-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static MachineDescription Image =>
        MachineDescription.FromJson(File.ReadAllText(Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_MACHINE") ?? throw new InvalidOperationException("`IMAGECRAFT_TEST_MACHINE` is not set; run the tests by `./build.sh test`")));

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_shell_of_a_way_in_sees_the_booted_system_takes_interrupts_and_spoils_no_byte()
    {
        MachineDescription machine = MachineDisk.OnOverlay(WayIn.Open(Image)!, Path.Combine(folder.FullName, "disk.qcow2"));
        await using QemuMachine started = await QemuMachine.StartAsync(machine, null, Cancellation);
        SerialConsole console = started.Console;
        await console.LoginAsync(LoginOptions.Root with { IsWayIn = true, Limit = TimeSpan.FromMinutes(5) }, Cancellation);
        Task<CommandResult> RunAsync(string command, double seconds = 60) => console.RunAsync(command, TimeSpan.FromSeconds(seconds), Cancellation);

        Assert.Equal("root", (await RunAsync("id -un")).Output.Trim());
        Assert.Equal("a\r\nb\r\n\r", (await RunAsync(@"printf 'a\r\nb\r\n\r'")).Output);
        // Init is the image's own, and all of it has started.
        Assert.Equal("init\n", (await RunAsync("cat /proc/1/comm")).Output);
        Assert.True((await RunAsync("pidof syslogd && ! pidof login")).Succeeded);
        Assert.Equal(CommandEnd.TimedOut, (await RunAsync("sleep 1000", 1)).End);
        // Nobody has logged in on the console.
        Assert.Equal("", (await RunAsync("who 2>/dev/null; ps -o tty,comm 2>/dev/null | grep 'ttyAMA0 *-\\?sh'")).Output);
        await started.PowerOffAsync(TimeSpan.FromMinutes(2), Cancellation);
    }

    // While the first program moves file systems about, /dev is empty for a moment, and what is asked then fails at once.
    [Fact]
    public async Task The_end_of_the_boot_is_awaited_again_when_the_question_fails()
    {
        const string Ready = "for name in pidof systemctl; do printf '#!/bin/sh\\nn=$(cat $HOME/asked 2>/dev/null)x; echo $n > $HOME/asked; [ $n = xxx ] || kill -KILL $PPID; echo running\\n' > \"$HOME/$name\"; chmod 755 \"$HOME/$name\"; done; exec > $HOME/port 2>&1; shell";
        await using FakeMachine machine = FakeMachine.Start(Ready, channel: true);
        await machine.Console.LoginAsync(FakeMachine.Login() with { IsWayIn = true }, Cancellation);
        Assert.Equal("xxx\n", (await machine.RunAsync("cat $HOME/asked")).Output);
    }

    [Fact]
    public async Task A_boot_that_does_not_end_is_told()
    {
        const string Never = "for name in pidof systemctl; do printf '#!/bin/sh\\nkill -KILL $PPID\\n' > \"$HOME/$name\"; chmod 755 \"$HOME/$name\"; done; exec > $HOME/port 2>&1; shell";
        await using FakeMachine machine = FakeMachine.Start(Never, channel: true);
        MachineHangException late = await Assert.ThrowsAsync<MachineHangException>(() => machine.Console.LoginAsync(FakeMachine.Login(3) with { IsWayIn = true }, Cancellation));
        Assert.Contains("end of the boot", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_way_in_is_an_argument_of_the_kernel_and_a_device_and_nothing_else()
    {
        MachineDescription machine = new() { ToolRoot = "/t", System = "aarch64", Image = "/i", Disk = "/d", CommandLine = "root=/dev/vda1 init=/sbin/overlay-init panic=-1", Arguments = ["-append", "$CMDLINE", "-device", "virtio-serial-pci", "-device", "virtserialport,$CHANNEL"] };
        MachineDescription opened = WayIn.Open(machine)!;
        Assert.Equal(machine.Arguments, opened.Arguments);
        Assert.StartsWith($"{machine.CommandLine} init=/bin/sh -- -c \"set -f; ", opened.CommandLine, StringComparison.Ordinal);
        Assert.Contains("exec $0\" /sbin/overlay-init \"export PATH=", opened.CommandLine, StringComparison.Ordinal);
        // The kernel knows one kind of quotes, and cuts what is longer than 2048 bytes.
        Assert.Equal(4, opened.CommandLine.Count(character => character == '"'));
        Assert.InRange(opened.CommandLine.Length, 1, 1500);
        ImmutableArray<string> arguments = QemuArguments.Of(opened, new ConsolePlace.Sockets("c", "q", "h", "w"));
        Assert.Contains("virtconsole,chardev=ic-way-in,name=imagecraft.way-in", arguments);
        Assert.DoesNotContain("virtconsole,chardev=ic-way-in,name=imagecraft.way-in", QemuArguments.Of(machine, new ConsolePlace.Sockets("c", "q", "h", "w")));
    }

    [Fact]
    public void Where_the_command_line_comes_from_the_disk_there_is_no_way_in_but_by_what_systemd_boot_takes_from_outside()
    {
        MachineDescription machine = new() { ToolRoot = "/t", System = "x86_64", Image = "/i", Disk = "/d", CommandLine = "panic=-1", Arguments = ["-device", "virtserialport,$CHANNEL"] };
        Assert.Null(WayIn.Open(machine));
        Assert.Null(WayIn.Open(machine with { Arguments = ["-append", "$CMDLINE"] }));
        MachineDescription opened = WayIn.Open(machine with { Arguments = [.. machine.Arguments, "-drive", "if=pflash,format=raw,file=x"] })!;
        Assert.StartsWith("type=11,value=io.systemd.boot.kernel-cmdline-extra=init=/bin/sh -- -c ", opened.Arguments[^1], StringComparison.Ordinal);
        Assert.Equal(machine.CommandLine, opened.CommandLine);
    }
}
