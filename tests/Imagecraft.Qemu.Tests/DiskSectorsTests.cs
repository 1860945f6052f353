// Disks with large sectors, on QEMU's command line and in QEMU itself.

using System.Text.Json.Nodes;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Qemu.Tests;

public sealed class DiskSectorsTests : IDisposable
{
    private readonly BareMachines machines = new();

    public void Dispose() => machines.Dispose();

    [Fact]
    public void A_virtio_disk_becomes_a_device_with_such_sectors_and_all_else_stays()
    {
        string[] before = ["-m", "64M", "-drive", "file=other,if=virtio", "-drive", "file=$DISK,format=raw,if=virtio,snapshot=on", "-nic", "none"];
        Assert.Equal(
            ["-m", "64M", "-drive", "file=other,if=virtio", "-drive", "file=$DISK,format=raw,if=none,id=ic-disk,snapshot=on", "-device", "virtio-blk-pci,drive=ic-disk,logical_block_size=4096,physical_block_size=4096", "-nic", "none"],
            DiskSectors.Of([.. before], 4096));
        Assert.Equal(before, DiskSectors.Of([.. before], 512));
        string[] own = ["-drive", "file=$DISK,if=none,id=d", "-device", "nvme,drive=d,logical_block_size=4096"];
        Assert.Equal(own, DiskSectors.Of([.. own], 4096));
    }

    [Fact]
    public async Task QEMU_takes_the_device_on_an_overlay_too()
    {
        var cancellation = TestContext.Current.CancellationToken;
        MachineDescription machine = machines.Describe("here\n", powerOff: false);
        machine = MachineDisk.OnOverlay(machine with { Arguments = DiskSectors.Of(machine.Arguments, 4096) }, Path.Combine(machines.Folder, "overlay"));
        await using QemuMachine started = await QemuMachine.StartAsync(machine, null, cancellation);
        JsonNode disk = (await started.Qmp!.ExecuteAsync("query-block", null, cancellation))!.AsArray().Single(disk => disk!["device"]!.GetValue<string>() == "ic-disk")!;
        Assert.Equal(machine.Disk, disk["inserted"]!["image"]!["filename"]!.GetValue<string>());
    }
}
