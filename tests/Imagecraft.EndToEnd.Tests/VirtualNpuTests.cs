// The virtual accelerator through Linux: its driver binds, computes, refuses, and outlives each fault.

using System.Collections.Immutable;
using Imagecraft.Qemu.Machines;
using Imagecraft.TestKit;
using Imagecraft.VirtualNpu;
using Imagecraft.VirtualNpu.Tests;

namespace Imagecraft.EndToEnd.Tests;

public sealed class VirtualNpuTests : IDisposable
{
    private readonly RepositoryWorkspace _workspace = new();
    private readonly Faults _faults = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_driver_computes_refuses_and_outlives_every_fault()
    {
        await using var served = await ServedDevice.StartNpuAsync(_faults);
        await using var machine = await BootAsync(served.Path);

        var all = await machine.ExpectAsync("vnpu-check all 50", cancellationToken: Cancellation);
        Assert.Contains("firmware 1.1", all, StringComparison.Ordinal);
        Assert.Contains("computes\nrefuses", all, StringComparison.Ordinal);

        // Its state lies outside of QEMU.
        Assert.Contains("a device `vfio-user-pci`, whose state QEMU cannot save", (await Assert.ThrowsAnyAsync<IOException>(() => machine.SaveAsync(Cancellation))).Message, StringComparison.Ordinal);

        await HitAsync(machine, Fault.LostInterrupt, isJobGood: true, "an interrupt was lost");
        await HitAsync(machine, Fault.Stall, isJobGood: false, "did not end in 10000 ms; the device is reset");
        await HitAsync(machine, Fault.BadAddress, isJobGood: false, said: null);
        Assert.Equal("1\n1", await machine.ExpectAsync("cat /sys/bus/pci/drivers/vnpu/*/lost_interrupts /sys/bus/pci/drivers/vnpu/*/resets", cancellationToken: Cancellation));

        // A module loads though its device does not start.
        _faults.Add(Fault.FirmwareVersion, 1);
        await machine.ExpectAsync("rmmod vnpu && modprobe vnpu", cancellationToken: Cancellation);
        Assert.Contains("the firmware vnpu/vnpu-1.bin was refused (status 4): its version is not one that the device takes", await machine.ExpectAsync("dmesg; ! ls /dev/accel/accel0", cancellationToken: Cancellation), StringComparison.Ordinal);
        Assert.Contains("refuses", await machine.ExpectAsync("rmmod vnpu && modprobe vnpu && vnpu-check all 10", cancellationToken: Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_goes_takes_neither_the_machine_nor_its_programs_with_it()
    {
        var served = await ServedDevice.StartNpuAsync(_faults);
        await using var machine = await BootAsync(served.Path);
        await machine.ExpectAsync("vnpu-check info", cancellationToken: Cancellation);

        await served.DisposeAsync();

        Assert.NotEqual(0, (await machine.RunAsync("vnpu-check latency 1", cancellationToken: Cancellation)).ExitCode);
        Assert.Equal("alive", await machine.ExpectAsync("rmmod vnpu && echo alive", cancellationToken: Cancellation));
        Assert.DoesNotContain("Call trace", machine.ConsoleText(), StringComparison.Ordinal);
    }

    public void Dispose() => _workspace.Dispose();

    /// <summary>One job under a fault, what the kernel says of it, and that all is well afterwards.</summary>
    private async Task HitAsync(Machine machine, Fault fault, bool isJobGood, string? said)
    {
        _faults.Add(fault, 1);
        var job = await machine.RunAsync("vnpu-check latency 1", cancellationToken: Cancellation);
        Assert.True(job.ExitCode == 0 == isJobGood, $"{fault}: {job.Output}");
        if (said is not null)
            Assert.Contains(said, await machine.ExpectAsync("dmesg", cancellationToken: Cancellation), StringComparison.Ordinal);
        Assert.Contains("computes", await machine.ExpectAsync("vnpu-check all 10", cancellationToken: Cancellation), StringComparison.Ordinal);
    }

    private async Task<Machine> BootAsync(string socket)
    {
        var documents = Path.Combine(RepositoryWorkspace.Repository, "images", "edge-ml.yaml");
        // The kernel is that of edge-ml.
        var fragments = File.ReadLines(documents).Single(line => line.StartsWith("kernel-fragments:", StringComparison.Ordinal)).Replace("[ ", "[ ../../../images/", StringComparison.Ordinal).Replace(", ", ", ../../../images/", StringComparison.Ordinal);
        _workspace.Write("layers/mine/images/npu.yaml", $"image: npu\npackages: [ base-files, busybox, vnpu-driver, vnpu-firmware, vnpu-tools ]\n{fragments}\ngroups: [ {{ name: render, id: 105 }} ]\nusers: [ {{ name: root, id: 0, home: /root, shell: /bin/sh, password: \"\" }} ]\nsize: 64 MiB\n");
        var file = Path.Combine(_workspace.Root, "machine.json");
        var built = await _workspace.RunAsync("machine", "--board", "qemu-arm64", "--image", "npu", "--locked", file);
        Assert.True(built.ExitCode == 0, built.StandardOutput + built.StandardError);
        ImmutableArray<string> device =
        [
            "-object", "memory-backend-memfd,id=mem0,size=512M,share=on", "-machine", "memory-backend=mem0", "-device", "pcie-root-port,id=rp0,chassis=1",
            "-device", $$"""{"driver":"vfio-user-pci","bus":"rp0","rombar":0,"socket":{"type":"unix","path":"{{socket}}"} }""",
        ];
        return await Machine.StartAsync(new MachineOptions { Description = MachineDescription.FromJson(await File.ReadAllTextAsync(file, Cancellation)), Arguments = device }, Cancellation);
    }
}
