// A built image, booted once for all tests here: the kit itself, on a real machine.

using System.Globalization;
using Imagecraft.Qemu.Checks;
using Imagecraft.Qemu.Consoles;
using Imagecraft.TestKit;

namespace Imagecraft.Qemu.Tests;

public class BootedImageTests(BootedMachine machine) : IClassFixture<BootedMachine>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_gives_its_output()
    {
        Assert.Equal("Linux", await machine.ExpectAsync("uname -s", cancellationToken: Cancellation));
        Assert.True(machine.BootTime > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_failing_command_is_named_with_its_output()
    {
        var failure = await Assert.ThrowsAsync<CommandFailedException>(() => machine.ExpectAsync("echo why; false", cancellationToken: Cancellation));
        Assert.Contains("`echo why; false`", failure.Message);
        Assert.Contains("why\n", failure.Message);
    }

    [Fact]
    public async Task Fifty_commands_in_a_row_give_their_own_results()
    {
        for (int number = 0; number < 50; number++)
        {
            CommandResult result = await machine.RunAsync($"echo {number}; exit {number}", cancellationToken: Cancellation);
            Assert.Equal(($"{number}\n", number), (result.Output, result.ExitCode));
        }
    }

    [Fact]
    public async Task Long_output_is_complete() =>
        Assert.Equal(string.Join('\n', Enumerable.Range(1, 5000)), await machine.ExpectAsync("seq 1 5000", cancellationToken: Cancellation));

    [Fact]
    public async Task A_hanging_command_is_interrupted()
    {
        CommandResult result = await machine.RunAsync("sleep 1000", TimeSpan.FromSeconds(1), Cancellation);
        Assert.Equal(CommandEnd.TimedOut, result.End);
        Assert.Equal("on", await machine.ExpectAsync("echo on", cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Files_travel_both_ways()
    {
        string from = Path.GetTempFileName(), to = Path.GetTempFileName();
        byte[] bytes = [.. Enumerable.Range(0, 10_000).Select(number => (byte)(number * 31))];
        await File.WriteAllBytesAsync(from, bytes, Cancellation);
        await machine.CopyToAsync(from, "/tmp/travels", Cancellation);
        await machine.CopyFromAsync("/tmp/travels", to, Cancellation);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(to, Cancellation));
        File.Delete(from);
        File.Delete(to);
    }

    [Fact]
    public async Task The_kernel_finds_the_partition_that_it_booted_from_in_the_partition_table()
    {
        // The kernel verifies both checksums before it believes a table.
        string device = await machine.ExpectAsync("for d in /sys/class/block/*; do grep -q ^PARTNAME= $d/uevent && echo $d; done", cancellationToken: Cancellation);
        Assert.NotEmpty(device);
        string first = device.Split('\n')[0];
        long start = long.Parse(await machine.ExpectAsync($"cat {first}/start", cancellationToken: Cancellation), CultureInfo.InvariantCulture);
        Assert.Equal(0, start % 2048);
        Assert.DoesNotMatch("GPT:.*(invalid|not at the end|corrupt)", await machine.ExpectAsync("dmesg", cancellationToken: Cancellation));
    }

    [Fact]
    public async Task The_kernels_log_tells_of_no_fault()
    {
        CheckResult result = await CheckRunner.RunOneAsync(machine.Machine.Qemu.Console, StandardChecks.KernelLog, Cancellation);
        Assert.Equal((CheckOutcome.Passed, ""), (result.Outcome, string.Join('\n', result.Problems)));
    }
}
