// Disks beside the board's own, a display, and a cable to a second machine.

using Imagecraft.TestKit;

namespace Imagecraft.TestKit.Sample;

[Board("qemu-arm64", Image = "edge-ml", Disks = ["data=16"], Arguments = ["-device", "bochs-display,romfile="])]
public class HardwareTests(BootedMachine booted) : IClassFixture<BootedMachine>
{
    private Machine Machine => booted.Machine;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_disk_is_found_by_its_name_and_one_more_can_be_attached()
    {
        string data = await Machine.DiskAsync("data", Cancellation);
        Assert.Equal($"{16 << 20}", await Machine.ExpectAsync($"blockdev --getsize64 {data}", cancellationToken: Cancellation));
        await Machine.ExpectAsync($"echo written | dd of={data} conv=fsync", cancellationToken: Cancellation);

        string more = await Machine.AttachDiskAsync("more", 8 << 20, Cancellation);
        Assert.Equal($"{8 << 20}", await Machine.ExpectAsync($"blockdev --getsize64 {more}", cancellationToken: Cancellation));
        Assert.Equal("written", await Machine.ExpectAsync($"head -n 1 {await Machine.DiskAsync("data", Cancellation)}", cancellationToken: Cancellation));
    }

    [Fact]
    public async Task The_display_can_be_seen()
    {
        byte[] picture = await Machine.ScreenshotAsync(Cancellation);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], picture[..4]);
        TestContext.Current.AddAttachment("display", picture, "image/png");
    }
}

public class NetworkTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_machines_talk_to_each_other_also_after_one_was_restarted()
    {
        using var cable = new MachineLink();
        var options = new MachineOptions { Board = "qemu-arm64", Image = "edge-ml", Link = cable };
        await using Machine server = await Machine.StartAsync(options, Cancellation);
        await using Machine client = await Machine.StartAsync(options, Cancellation);
        await server.ConfigureLinkAsync("192.0.2.1/24", Cancellation);
        await client.ConfigureLinkAsync("192.0.2.2/24", Cancellation);
        await client.ExpectAsync("ping -c 1 -W 10 192.0.2.1", cancellationToken: Cancellation);

        await server.PowerCutAsync(Cancellation);
        await server.ConfigureLinkAsync("192.0.2.1/24", Cancellation);
        await client.ExpectAsync("for try in 1 2 3 4 5; do ping -c 1 -W 5 192.0.2.1 && exit 0; done; exit 1", cancellationToken: Cancellation);
    }
}
