// One boot, and a machine for each test that goes on from there.

using Imagecraft.TestKit;

namespace Imagecraft.TestKit.Sample;

/// <summary>What all tests need is prepared once.</summary>
public sealed class Configured : FreshMachines
{
    protected override Task PrepareAsync(Machine machine) => machine.ExpectAsync("echo prepared > /tmp/state; cp /tmp/state /root/state; sync");
}

[Board("qemu-arm64", Image = "edge-ml", Disks = ["data=16"])]
public class FreshMachineTests(Configured machines) : IClassFixture<Configured>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("one")]
    [InlineData("two")]
    public async Task Each_test_starts_from_the_same_state(string name)
    {
        await using Machine machine = await machines.StartAsync(Cancellation);
        string data = await machine.DiskAsync("data", Cancellation);
        Assert.Equal("prepared prepared", await machine.ExpectAsync("echo $(cat /tmp/state /root/state)", cancellationToken: Cancellation));
        Assert.Equal("", await machine.ExpectAsync($"head -c 512 {data} | tr -d '\\0'", cancellationToken: Cancellation));
        await machine.ExpectAsync($"echo {name} | tee /tmp/state /root/state | dd of={data}; sync", cancellationToken: Cancellation);
        Assert.Equal(name, await machine.ExpectAsync("cat /tmp/state", cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Two_machines_run_at_once_and_a_power_cut_boots_one_from_its_own_disk()
    {
        await using Machine first = await machines.StartAsync(Cancellation);
        await using Machine second = await machines.StartAsync(Cancellation);
        await first.ExpectAsync("echo first > /root/state; sync", cancellationToken: Cancellation);
        await first.PowerCutAsync(Cancellation);
        Assert.Equal("first", await first.ExpectAsync("cat /root/state", cancellationToken: Cancellation));
        Assert.Equal("prepared", await second.ExpectAsync("cat /root/state", cancellationToken: Cancellation));
    }
}
