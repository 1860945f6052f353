// Machines that go, say nonsense, or submit anything: the server and the next machine stay well.

using System.Runtime.InteropServices;
using Imagecraft.VfioUser;
using Imagecraft.Vnpu.Commands;
using Imagecraft.VirtualNpu.Jobs;
using static Imagecraft.VirtualNpu.Tests.DeviceDriver;

namespace Imagecraft.VirtualNpu.Tests;

public sealed class HostileMachineTests
{
    [Fact]
    public async Task A_machine_may_go_at_any_time_and_the_next_finds_a_fresh_device()
    {
        var faults = new Faults();
        await using var served = await ServedDevice.StartNpuAsync(faults);
        for (var i = 0; i < 5; i++)
        {
            using var machine = Ready(served);
            Assert.Equal(0u, machine.Read((uint)Register.Jobs));
            faults.Add(Fault.Stall, i % 2);
            Submit(machine, 0, [new(Address(Data), 16, 1)], [new() { Operation = Operation.Fence }]);
        }
    }

    // Bytes of any kind: the client's own connection may end, and the server goes on.
    [Fact]
    public async Task Messages_of_any_kind_break_neither_the_server_nor_the_next_machine()
    {
        await using var served = await ServedDevice.StartNpuAsync();
        var random = new Random(14);
        for (var round = 0; round < 300; round++)
        {
            using var wild = FakeMachine.Connect(served.Path);
            for (var count = 0; count < 20; count++)
            {
                var content = new byte[random.Next(80)];
                random.NextBytes(content);
                // Sizes and indexes that are nearly right reach further.
                for (var at = 0; at + 4 <= content.Length; at += 4)
                    if (random.Next(2) == 0)
                        FakeMachine.Words((uint)random.Next(40)).CopyTo(content.AsSpan(at));
                try
                {
                    if (random.Next(30) == 0)
                    {
                        // The server waits for the rest, which never comes.
                        wild.SendRaw(content);
                        break;
                    }

                    wild.Ask((MessageCommand)random.Next(17), content);
                }
                catch (Exception problem) when (problem is InvalidOperationException or EndOfStreamException or System.Net.Sockets.SocketException)
                {
                    if (problem is not InvalidOperationException)
                        break;
                }
            }
        }

        using var machine = Ready(served);
        Assert.Equal(JobStatus.Done, Run(machine, 0, [new(Address(Data), 16, 1)], [new() { Operation = Operation.Fence }]).Status);
    }

    // Rings, tables and commands of any kind, in memory that is there.
    [Fact]
    public async Task Jobs_of_any_kind_end()
    {
        await using var served = await ServedDevice.StartNpuAsync();
        using var machine = Ready(served);
        var random = new Random(15);
        var operations = Enum.GetValues<Operation>();
        for (var i = 0u; i < 2000; i++)
        {
            var commands = new Command[random.Next(4)];
            random.NextBytes(MemoryMarshal.AsBytes(commands.AsSpan()));
            for (var at = 0; at < commands.Length; at++)
            {
                var bytes = MemoryMarshal.AsBytes(commands.AsSpan(at, 1));
                for (var place = 72; place < bytes.Length; place++)
                    if (random.Next(4) > 0)
                        bytes[place] = (byte)(place % 2 == 0 ? random.Next(6) : 0);
                commands[at] = commands[at] with { Operation = operations[random.Next(operations.Length)], Input = Place(random), Second = Place(random), Parameters = Place(random), Output = Place(random) };
            }

            var status = Run(machine, i % Entries, [new(Address(Data), 0x4000, 0), new(Address(Data + 0x4000), 0x4000, 1), new((ulong)random.NextInt64(), 16, 1)], commands).Status;
            Assert.True(Enum.IsDefined(status) && status != JobStatus.None);
        }

        static Operand Place(Random random) => new((uint)random.Next(4), (ulong)random.Next(0x5000));
    }
}
