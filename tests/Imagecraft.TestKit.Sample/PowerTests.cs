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
