// Accelerators that programs of the host serve: what QEMU is given for them, and what is told when a program does not serve.

using System.Collections.Immutable;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Qemu.Tests;

public sealed class AcceleratorTests : IDisposable
{
    private readonly BareMachines machines = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => machines.Dispose();

    [Theory]
    [InlineData("", "128M")]
    [InlineData("-m 512", "512M")]
    [InlineData("-m 2G", "2G")]
    [InlineData("-m 64M -m slots=2,size=1G,maxmem=4G", "1G")]
    public void A_machine_shares_as_much_memory_as_it_has_and_has_a_free_port_for_each(string memory, string size)
    {
        MachineDescription machine = machines.Describe("x") with { Arguments = [.. memory.Split(' ', StringSplitOptions.RemoveEmptyEntries)], Accelerators = [Served("one"), Served("two")] };
        ImmutableArray<string> arguments = QemuArguments.Of(machine, new ConsolePlace.Terminal());
        Assert.Equal(
            [
                "-object", $"memory-backend-memfd,id=ic-memory,size={size},share=on", "-machine", "memory-backend=ic-memory",
                "-device", "pcie-root-port,id=ic-port-0,chassis=200,power_controller_present=off", "-device", "pcie-root-port,id=ic-port-1,chassis=201,power_controller_present=off",
            ],
            arguments[^8..]);
        Assert.Equal("""{"driver":"vfio-user-pci","id":"ic-accelerator-0","bus":"ic-port-0","rombar":0,"socket":{"type":"unix","path":"/a,b"}}""", QemuArguments.Of(machine, new ConsolePlace.Terminal(), "/a,b", "/c")[^3]);
    }

    [Fact]
    public void Another_process_reads_the_same_accelerators_and_decides_itself_when_they_are_there()
    {
        MachineDescription machine = machines.Describe("x") with { Accelerators = [Served("one")], HasAccelerators = true };
        var again = MachineDescription.FromJson(machine.ToJson());
        Assert.Equal(("one", false), (Assert.Single(again.Accelerators).Name, again.HasAccelerators));
        Assert.Equal(["/dev/accel/accel*"], again.Accelerators[0].Nodes);
        Assert.Empty(MachineDescription.FromJson((machine with { Accelerators = [] }).ToJson()).Accelerators);
    }

    [Theory]
    [InlineData("echo no such device >&2; exit 3", "The server of accelerator `one` ended with exit code 3: no such device")]
    [InlineData("kill -SEGV $$", "The server of accelerator `one` crashed by SIGSEGV")]
    public async Task A_server_that_ends_at_once_is_told_with_its_words(string script, string said)
    {
        MachineDescription machine = machines.Describe("x") with { Accelerators = [Served("one", "sh", "-c", script)], HasAccelerators = true };
        Assert.Equal(said, (await Assert.ThrowsAsync<MachineStartException>(() => QemuMachine.StartAsync(machine, null, Cancellation))).Message);
    }

    [Fact]
    public async Task A_server_that_is_no_program_is_told()
    {
        MachineDescription machine = machines.Describe("x") with { Accelerators = [Served("one", "/nowhere/server")], HasAccelerators = true };
        Assert.StartsWith("Program `/nowhere/server` does not start", (await Assert.ThrowsAsync<MachineStartException>(() => QemuMachine.StartAsync(machine, null, Cancellation))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_gets_its_socket_ends_with_the_machine_and_its_end_before_that_is_known()
    {
        string told = Path.Combine(machines.Folder, "socket");
        MachineDescription machine = machines.Describe("x", powerOff: false) with { Accelerators = [Served("one", "sh", "-c", $"echo $$ \"$0\" >{told}.new; mv {told}.new {told}; echo listening; exec sleep 600")] };
        await using QemuMachine running = await QemuMachine.StartAsync(machine, null, Cancellation);
        // QEMU finds nobody on the socket.
        Assert.StartsWith("QEMU does not take accelerator `one`: ", (await Assert.ThrowsAsync<MachineStartException>(() => running.PlugAsync("one", TimeSpan.FromSeconds(1), Cancellation))).Message, StringComparison.Ordinal);
        Assert.Null(await running.AcceleratorEndAsync());
        string[] words = (await File.ReadAllTextAsync(told, Cancellation)).Trim().Split(' ');
        Assert.EndsWith("/accelerator-0", words[1], StringComparison.Ordinal);
        Assert.True(Directory.Exists($"/proc/{words[0]}"));
        await running.DisposeAsync();
        Assert.False(Directory.Exists($"/proc/{words[0]}"));
        Assert.Contains("no port for an accelerator `two`", (await Assert.ThrowsAsync<ArgumentException>(() => running.PlugAsync("two", TimeSpan.FromSeconds(1), Cancellation))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_stand_between_the_server_and_its_socket() =>
        Assert.Equal(["serve", "--fault=stall", "--fault=bit-flip:2"], Served("one", "serve").With(["stall", "bit-flip:2"]).Server);

    private static ServedAccelerator Served(string name, params ImmutableArray<string> server) => new(name, server, ["/dev/accel/accel*"]);
}
