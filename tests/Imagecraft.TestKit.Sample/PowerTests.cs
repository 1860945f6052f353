// Reboots and power cuts: what is on the disk stays.

using Imagecraft.TestKit;

namespace Imagecraft.TestKit.Sample;

[Board("qemu-arm64", Image = "edge-ml")]
public class PowerTests(BootedMachine booted) : IClassFixture<BootedMachine>
{
    private Machine Machine => booted.Machine;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reboot_keeps_the_disk_and_starts_the_system_anew()
    {
        string before = await Machine.ExpectAsync("echo kept > /root/note; echo gone > /tmp/note; cat /proc/sys/kernel/random/boot_id", cancellationToken: Cancellation);
        await Machine.RebootAsync(cancellationToken: Cancellation);
        Assert.NotEqual(before, await Machine.ExpectAsync("cat /proc/sys/kernel/random/boot_id", cancellationToken: Cancellation));
        Assert.Equal("kept", await Machine.ExpectAsync("cat /root/note", cancellationToken: Cancellation));
        Assert.False((await Machine.RunAsync("cat /tmp/note", cancellationToken: Cancellation)).Succeeded);
    }

    [Fact]
    public async Task After_a_power_cut_what_was_synced_is_there()
    {
        await Machine.ExpectAsync("echo safe > /root/synced; sync", cancellationToken: Cancellation);
        await Machine.PowerCutAsync(Cancellation);
        Assert.Equal("safe", await Machine.ExpectAsync("cat /root/synced", cancellationToken: Cancellation));
    }

    [Fact]
    public async Task A_machine_that_is_off_says_so()
    {
        await Machine.PowerOffAsync(cancellationToken: Cancellation);
        Assert.False(Machine.IsOn);
        var off = await Assert.ThrowsAsync<InvalidOperationException>(() => Machine.RunAsync("true", cancellationToken: Cancellation));
        Assert.Equal("The machine is off; switch it on with `PowerOnAsync`", off.Message);
        await Machine.PowerOnAsync(Cancellation);
        Assert.True(Machine.BootTime > TimeSpan.Zero);
    }
}

[Board("qemu-arm64", Image = "edge-ml", Disks = ["data=16"], VolatileCache = true)]
public class PowerFailureTests(BootedMachine booted) : IClassFixture<BootedMachine>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_power_failure_loses_what_was_written_but_not_flushed_and_only_that()
    {
        Machine machine = booted.Machine;
        string data = await machine.DiskAsync("data", Cancellation);
        await machine.ExpectAsync($"echo flushed > block; echo flushed > /root/flushed; dd if=block of={data} bs=4096 conv=sync,fsync; sync", cancellationToken: Cancellation);
        // It goes to the disk, past the system's own cache, and the disk is not told to flush.
        await machine.ExpectAsync($"echo written > block; dd if=block of={data} bs=4096 seek=1 oflag=direct conv=sync,notrunc", cancellationToken: Cancellation);
        Assert.Equal("flushed written", await ReadAsync(machine, data));

        await machine.PowerFailureAsync(cancellationToken: Cancellation);
        Assert.Equal("flushed", await ReadAsync(machine, data));
        Assert.Equal("flushed", await machine.ExpectAsync("cat /root/flushed", cancellationToken: Cancellation));

        // Without a failure of the disk, it is there.
        await machine.ExpectAsync($"echo written > block; dd if=block of={data} bs=4096 seek=1 oflag=direct conv=sync,notrunc", cancellationToken: Cancellation);
        await machine.PowerCutAsync(Cancellation);
        Assert.Equal("flushed written", await ReadAsync(machine, data));
    }

    private static async Task<string> ReadAsync(Machine machine, string disk) =>
        (await machine.ExpectAsync($"for block in 0 1; do dd if={disk} bs=4096 skip=$block count=1 iflag=direct 2>/dev/null | tr '\\n\\0' '  ' | tr -s ' '; done", cancellationToken: Cancellation)).Trim();
}
