// What a driver does with the accelerator, from a machine of the tests.

using System.Runtime.InteropServices;
using Imagecraft.Vnpu.Commands;
using Imagecraft.VirtualNpu.Jobs;

namespace Imagecraft.VirtualNpu.Tests;

/// <summary>Jobs one at a time; all of it at fixed places of the machine's memory.</summary>
internal static class DeviceDriver
{
    // Where things lie in the machine's memory.
    public const int Ring = 0, Records = 0x1000, Table = 0x2000, List = 0x3000, Data = 0x10000, Blob = 0x80000;

    public const uint Entries = 8;

    public static ulong Address(int place) => FakeMachine.MemoryAddress + (ulong)place;

    public static FakeMachine Ready(ServedDevice served, Firmware? firmware = null, ulong ring = FakeMachine.MemoryAddress + Ring)
    {
        var machine = FakeMachine.Start(served.Path);
        Setup(machine, firmware ?? Firmware.Whole, ring);
        return machine;
    }

    public static void Setup(FakeMachine machine, Firmware firmware, ulong ring)
    {
        machine.Write((uint)Register.Control, (uint)ControlBits.Reset);
        Assert.Equal(FirmwareStatus.Running, Load(machine, firmware.Write()));
        machine.WritePair((uint)Register.RingAddress, ring);
        machine.WritePair((uint)Register.RecordsAddress, Address(Records));
        machine.Write((uint)Register.RingOrder, 3);
        machine.Write((uint)Register.Control, (uint)ControlBits.EnableRing);
        Assert.Equal((uint)ControlBits.EnableRing, machine.Read((uint)Register.Control));
    }

    public static FirmwareStatus Load(FakeMachine machine, byte[] blob, ulong address = FakeMachine.MemoryAddress + Blob)
    {
        blob.CopyTo(machine.Memory[Blob..]);
        machine.Write((uint)Register.InterruptEnable, uint.MaxValue);
        machine.WritePair((uint)Register.FirmwareAddress, address);
        machine.Write((uint)Register.FirmwareSize, (uint)blob.Length);
        machine.Write((uint)Register.FirmwareLoad, 1);
        Assert.True(machine.WaitForInterrupt());
        machine.Write((uint)Register.InterruptStatus, uint.MaxValue);
        return (FirmwareStatus)machine.Read((uint)Register.FirmwareStatus);
    }

    public static CompletionRecord Run(FakeMachine machine, uint slot, JobBuffer[] buffers, Command[] commands)
    {
        Submit(machine, slot, buffers, commands);
        Assert.True(machine.WaitForInterrupt());
        return Record(machine, slot);
    }

    public static CompletionRecord Record(FakeMachine machine, uint slot) => MemoryMarshal.Read<CompletionRecord>(machine.Memory[(Records + ((int)slot * CompletionRecord.Size))..]);

    public static void Submit(FakeMachine machine, uint slot, JobBuffer[] buffers, Command[] commands)
    {
        machine.Write((uint)Register.InterruptStatus, uint.MaxValue);
        for (var i = 0; i < buffers.Length; i++)
            MemoryMarshal.Write(machine.Memory[(Table + (i * JobBuffer.Size))..], buffers[i]);
        for (var i = 0; i < commands.Length; i++)
            MemoryMarshal.Write(machine.Memory[(List + (i * Command.Size))..], commands[i]);
        MemoryMarshal.Write(machine.Memory[(Ring + ((int)slot * JobDescriptor.Size))..], new JobDescriptor { Kind = JobDescriptor.Commands, CommandAddress = Address(List), CommandCount = (uint)commands.Length, BufferAddress = Address(Table), BufferCount = (uint)buffers.Length, Fence = 100 + slot });
        machine.Write((uint)Register.RingTail, (slot + 1) % Entries);
    }
}
