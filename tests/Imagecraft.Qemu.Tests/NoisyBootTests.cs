// A built image with services and a kernel that write to the console without end: outputs of commands come back exactly.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;
using Imagecraft.TestKit;

namespace Imagecraft.Qemu.Tests;

public class NoisyBootTests
{
    private const string Services = """
        ( while :; do echo 'dhcpc: lease of 192.0.2.7 renewed'; sleep 0.01; done ) >/dev/console 2>&1 </dev/null &
        ( while :; do printf 'progress 17'; sleep 0.02; printf '\r'; done ) >/dev/console 2>&1 </dev/null &
        ( while :; do printf '[  OK  ] Started Network.\r\n'; sleep 0.03; done ) >/dev/console 2>&1 </dev/null &
        """;

    // At this level everything that the kernel says goes to the console, at once and into the middle of whatever is on its way.
    private const string Kernel = """
        echo on > /proc/sys/kernel/printk_devkmsg; echo 8 > /proc/sys/kernel/printk
        ( while :; do echo 'acme 1-1: link is up' > /dev/kmsg; sleep 0.05; done ) >/dev/null 2>&1 </dev/null &
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static MachineDescription Image =>
        MachineDescription.FromJson(File.ReadAllText(Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_MACHINE") ?? throw new InvalidOperationException("`IMAGECRAFT_TEST_MACHINE` is not set; run the tests by `./build.sh test`")));

    [Theory]
    [InlineData(OutputPath.Channel)]
    [InlineData(OutputPath.Encoded)]
    public async Task Services_and_a_kernel_that_write_to_the_console_disturb_no_output(OutputPath path)
    {
        await using Machine machine = await Machine.StartAsync(new() { Description = path == OutputPath.Channel ? Image : WithoutChannel(Image) }, Cancellation);
        Assert.Equal(path, machine.Qemu.Console.State.Path);
        await machine.ExpectAsync(Services + "\n" + Kernel, cancellationToken: Cancellation);
        for (int number = 0; number < 50; number++)
        {
            CommandResult result = await machine.RunAsync($"seq {number} {number * 5}; printf 'no line break'; exit {number}", cancellationToken: Cancellation);
            string expected = string.Concat(Enumerable.Range(number, number * 4 + 1).Select(line => line.ToString(CultureInfo.InvariantCulture) + "\n")) + "no line break";
            Assert.Equal((expected, number, CommandEnd.Exited), (result.Output, result.ExitCode, result.End));
        }

        Assert.Contains("lease of 192.0.2.7", machine.ConsoleText());
        Assert.Contains("acme 1-1: link is up", machine.ConsoleText());
    }

    private static MachineDescription WithoutChannel(MachineDescription machine)
    {
        ImmutableArray<string> arguments = machine.Arguments;
        for (int at; (at = Array.FindIndex([.. arguments], argument => argument is "virtio-serial-pci" or "virtserialport,$CHANNEL")) >= 0;)
            arguments = arguments.RemoveRange(at - 1, 2);
        return machine with { Arguments = arguments };
    }
}
