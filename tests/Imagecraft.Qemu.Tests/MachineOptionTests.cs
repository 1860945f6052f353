// What `run` adds to a machine: forwarded ports, a folder, the host's CPU, a disk that stays; and why QEMU has ended.

using System.Runtime.InteropServices;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Qemu.Tests;

public sealed class MachineOptionTests : IDisposable
{
    private static readonly MachineDescription Machine = new()
    {
        ToolRoot = "/t",
        System = "aarch64",
        Image = "/i",
        Disk = "/d",
        CommandLine = "",
        Arguments = ["-machine", "virt,gic-version=3", "-cpu", "cortex-a57", "-netdev", "user,id=net0"],
    };

    private readonly BareMachines machines = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => machines.Dispose();

    [Fact]
    public void Ports_lead_from_this_host_alone_into_the_network_of_the_board()
    {
        Assert.Equal("user,id=net0,hostfwd=tcp:127.0.0.1:8080-:80,hostfwd=tcp:127.0.0.1:2222-:22", HostAccess.Forward(Machine, PortForward.Parse("8080:80"), new(2222, 22)).Arguments[^1]);
        Assert.Contains("add one to `qemu:`", Assert.Throws<MachineStartException>(() => HostAccess.Forward(Machine with { Arguments = [] }, new PortForward(1, 2))).Message);
        Assert.Equal(Machine, HostAccess.Forward(Machine));
        Assert.Throws<FormatException>(() => PortForward.Parse("80:0"));
    }

    [Fact]
    public void A_shared_folder_may_have_commas_in_its_name() =>
        Assert.Equal(["-virtfs", "local,path=/a,,b,mount_tag=share,security_model=mapped-xattr"], HostAccess.Share(Machine, "/a,b", "share").Arguments[^2..]);

    [Fact]
    public void The_hosts_cpu_runs_machines_of_its_architecture_that_copy_no_board()
    {
        Assert.Equal(["-machine", "virt,gic-version=max", "-cpu", "max", "-netdev", "user,id=net0", "-accel", "kvm"], Acceleration.Of(Machine, Architecture.Arm64)!.Arguments);
        Assert.Null(Acceleration.Of(Machine, Architecture.X64));
        Assert.Null(Acceleration.Of(Machine with { Arguments = ["-M", "raspi4b"] }, Architecture.Arm64));
        Assert.Null(Acceleration.Of(Machine with { Arguments = ["-machine", "virt,accel=tcg"] }, Architecture.Arm64));
        Assert.NotNull(Acceleration.Of(Machine with { System = "x86_64", Arguments = ["-machine", "q35"] }, Architecture.X64));
    }

    [Fact]
    public void A_kept_disk_is_not_made_anew()
    {
        MachineDescription machine = machines.Describe("x");
        string overlay = Path.Combine(machines.Folder, "kept.qcow2");
        MachineDisk.OnKeptOverlay(machine, overlay);
        File.AppendAllText(overlay, "written");
        MachineDisk.OnKeptOverlay(machine, overlay);
        Assert.EndsWith("written", File.ReadAllText(overlay), StringComparison.Ordinal);
        MachineDisk.OnOverlay(machine, overlay);
        Assert.False(File.ReadAllText(overlay).EndsWith("written", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_end_of_the_input_ends_qemu()
    {
        using var nothing = new MemoryStream();
        Assert.Equal(0, await QemuMachine.RunInTerminalAsync(machines.Describe("here\n", powerOff: false), [], nothing, null, Cancellation));
    }

    [Fact]
    public async Task An_interrupt_ends_qemu()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var typed = new AnonymousPipe();
        Task<int> running = QemuMachine.RunInTerminalAsync(machines.Describe("here\n", powerOff: false), ["-name", "ours"], typed.Reader, null, ending.Token);
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_machine_that_powers_itself_off_is_told_as_that()
    {
        await using QemuMachine machine = await QemuMachine.StartAsync(machines.Describe("last words\n"), null, Cancellation);
        var exit = await Assert.ThrowsAsync<MachineExitException>(() => machine.Console.WaitForTextAsync("more", TimeSpan.FromMinutes(2), Cancellation));
        Assert.EndsWith("it has powered itself off; QEMU ended with exit code 0", exit.Headline, StringComparison.Ordinal);
        Assert.False(exit.IsReset);
    }

    // Nobody types, and the line stays open.
    private sealed class AnonymousPipe : IDisposable
    {
        private readonly System.IO.Pipes.AnonymousPipeServerStream writer = new(System.IO.Pipes.PipeDirection.Out);

        public AnonymousPipe() => Reader = new System.IO.Pipes.AnonymousPipeClientStream(System.IO.Pipes.PipeDirection.In, writer.ClientSafePipeHandle);

        public Stream Reader { get; }

        public void Dispose() => writer.Dispose();
    }
}
