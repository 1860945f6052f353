// Disks beside the board's own, one of them with a folder's content, and a display.

using Imagecraft.TestKit;

namespace Imagecraft.TestKit.Sample;

[Board("qemu-arm64", Image = "edge-ml", Disks = ["data=16", "samples=Samples"], Arguments = ["-device", "bochs-display,romfile="])]
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
    public async Task A_disk_holds_the_content_of_a_folder()
    {
        await Machine.ExpectAsync($"mkdir -p /mnt/samples && mount {await Machine.DiskAsync("samples", Cancellation)} /mnt/samples", cancellationToken: Cancellation);
        Assert.Equal("measured on the desk", await Machine.ExpectAsync("cat /mnt/samples/note.txt", cancellationToken: Cancellation));
        await Machine.ExpectAsync("echo more > /mnt/samples/more && umount /mnt/samples", cancellationToken: Cancellation);
    }

    [Fact]
    public async Task A_disk_that_may_only_be_read_can_be_attached()
    {
        string disk = await Machine.AttachDiskAsync(ExtraDisk.OfFolder("fixed", Path.Combine(AppContext.BaseDirectory, "Samples"), readOnly: true), Cancellation);
        await Machine.ExpectAsync($"mkdir -p /mnt/fixed && mount -o ro {disk} /mnt/fixed", cancellationToken: Cancellation);
        Assert.Equal("measured on the desk", await Machine.ExpectAsync("cat /mnt/fixed/note.txt", cancellationToken: Cancellation));
        Assert.False((await Machine.RunAsync($"echo other | dd of={disk} conv=fsync", cancellationToken: Cancellation)).Succeeded);
    }

    [Fact]
    public async Task The_display_can_be_seen()
    {
        byte[] picture = await Machine.ScreenshotAsync(Cancellation);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], picture[..4]);
        TestContext.Current.AddAttachment("display", picture, "image/png");
    }
}
