// Overlays of disk images: their bytes, and what the real QEMU makes of them.

using System.Text.Json.Nodes;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Qemu.Tests;

public sealed class DiskTests : IDisposable
{
    private readonly BareMachines machines = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => machines.Dispose();

    [Theory]
    [InlineData(512)]
    [InlineData(270532608)]
    [InlineData(513L << 20)]
    [InlineData(5L << 40)]
    public void An_overlay_says_its_size(long size)
    {
        string path = Path.Combine(machines.Folder, "overlay");
        QcowOverlay.Create(path, "/below", "raw", size);
        Assert.Equal(size, QcowOverlay.SizeOf(path, "qcow2"));
    }

    [Fact]
    public void What_cannot_be_an_overlay_is_refused()
    {
        Assert.Contains("not 0", Assert.Throws<ArgumentException>(() => QcowOverlay.Create("/none", "/below", "raw", 0)).Message);
        Assert.Contains("not 1000", Assert.Throws<ArgumentException>(() => QcowOverlay.Create("/none", "/below", "raw", 1000)).Message);
        Assert.Contains("at most 1023 bytes", Assert.Throws<ArgumentException>(() => QcowOverlay.Create("/none", "/" + new string('x', 1100), "raw", 512)).Message);
    }

    [Fact]
    public async Task Qemu_opens_an_overlay_over_an_overlay_over_an_image()
    {
        MachineDescription machine = machines.Describe("here\n", powerOff: false);
        MachineDescription first = MachineDisk.OnOverlay(machine, Path.Combine(machines.Folder, "first, one"));
        MachineDescription second = MachineDisk.OnOverlay(first, Path.Combine(machines.Folder, "second"));
        Assert.Contains("file=$DISK,format=qcow2,if=virtio", second.Arguments);

        await using QemuMachine started = await QemuMachine.StartAsync(second, null, Cancellation);
        JsonArray disks = (await started.Qmp!.ExecuteAsync("query-block", null, Cancellation))!.AsArray();
        JsonNode image = disks.Single(disk => disk!["inserted"] is not null)!["inserted"]!["image"]!;
        Assert.Equal((1L << 20, second.Disk), (image["virtual-size"]!.GetValue<long>(), image["filename"]!.GetValue<string>()));
        Assert.Equal((first.Disk, machine.Disk), (image["backing-image"]!["filename"]!.GetValue<string>(), image["backing-image"]!["backing-image"]!["filename"]!.GetValue<string>()));
    }

    [Fact]
    public async Task The_machine_sees_a_disk_of_its_own_size_when_the_image_is_smaller()
    {
        await using QemuMachine started = await QemuMachine.StartAsync(machines.Describe("here\n", powerOff: false) with { DiskSize = 64L << 20 }, null, Cancellation);
        JsonArray disks = (await started.Qmp!.ExecuteAsync("query-block", null, Cancellation))!.AsArray();
        Assert.Equal(64L << 20, disks.Single(disk => disk!["inserted"] is not null)!["inserted"]!["image"]!["virtual-size"]!.GetValue<long>());
    }

    [Fact]
    public void An_image_that_the_machines_disk_cannot_hold_is_refused()
    {
        MachineDescription machine = machines.Describe("");
        var failure = Assert.Throws<MachineStartException>(() => MachineDisk.OnOverlay(machine with { DiskSize = 512 }, "/none"));
        Assert.Contains("has 1048576 bytes, more than the machine's disk with 512; raise `disk-size`", failure.Headline);
    }

    [Fact]
    public void The_console_may_be_a_later_serial_port()
    {
        MachineDescription machine = machines.Describe("") with { ConsolePort = 1 };
        string arguments = string.Join(' ', QemuArguments.Of(machine, new ConsolePlace.Terminal()));
        Assert.Contains("-serial null", arguments);
        Assert.True(arguments.IndexOf("-serial null", StringComparison.Ordinal) < arguments.IndexOf("-serial chardev:", StringComparison.Ordinal));
    }

    [Fact]
    public void A_machine_whose_disk_cannot_be_found_in_its_arguments_is_refused_and_one_without_a_disk_is_not()
    {
        MachineDescription machine = machines.Describe("");
        var failure = Assert.Throws<MachineStartException>(() => MachineDisk.OnOverlay(machine with { Arguments = ["-hda", "$DISK"] }, "/none"));
        Assert.Contains("have no disk of the form `file=$DISK,format=raw`", failure.Headline);
        failure = Assert.Throws<MachineStartException>(() => MachineDisk.OnOverlay(machine with { Disk = "/no/such/disk" }, "/none"));
        Assert.Contains("`/no/such/disk` does not exist", failure.Headline);
        MachineDescription none = machine with { Arguments = ["-initrd", "$IMAGE"] };
        Assert.Same(none, MachineDisk.OnOverlay(none, "/none"));
    }
}
