// What the filter of system calls answers, by an interpreter of the kernel's instructions.

using System.Buffers.Binary;
using Imagecraft.Engine.Sandbox;

namespace Imagecraft.Engine.Tests.Sandbox;

public sealed class SystemCallFilterTests
{
    const uint X64 = 0xc000003e, I386 = 0x40000003, Arm64 = 0xc00000b7, Arm = 0x40000028;
    const uint Allow = 0x7fff0000, NotPermitted = 0x00050001, NotImplemented = 0x00050026, FamilyNotSupported = 0x00050061;
    const int VSock = 40, Unix = 1, Internet = 2, Netlink = 16, Algorithm = 38;

    [Theory]
    [InlineData(X64, 0)]        // read
    [InlineData(X64, 59)]       // execve
    [InlineData(X64, 101)]      // ptrace
    [InlineData(X64, 133)]      // mknod
    [InlineData(I386, 11)]      // execve
    [InlineData(Arm64, 221)]    // execve
    [InlineData(Arm, 11)]       // execve
    public void What_builds_do_is_allowed(uint architecture, int number) => Assert.Equal(Allow, Answer(architecture, number));

    [Theory]
    [InlineData(X64, 165)]      // mount
    [InlineData(X64, 321)]      // bpf
    [InlineData(X64, 103)]      // syslog
    [InlineData(X64, 308)]      // setns
    [InlineData(I386, 21)]      // mount
    [InlineData(Arm64, 40)]     // mount
    [InlineData(Arm64, 280)]    // bpf
    [InlineData(Arm, 21)]       // mount
    [InlineData(X64, 442)]      // mount_setattr
    [InlineData(Arm, 442)]
    public void What_no_build_needs_is_not_permitted(uint architecture, int number) => Assert.Equal(NotPermitted, Answer(architecture, number));

    [Theory]
    [InlineData(X64, 250)]      // keyctl
    [InlineData(I386, 288)]
    [InlineData(Arm64, 219)]
    [InlineData(Arm, 311)]
    [InlineData(X64, 425)]      // io_uring_setup
    [InlineData(X64, 435)]      // clone3
    [InlineData(I386, 102)]     // socketcall
    public void What_programs_do_without_when_it_is_missing_is_missing(uint architecture, int number) => Assert.Equal(NotImplemented, Answer(architecture, number));

    [Fact]
    public void Other_numberings_have_no_calls_at_all()
    {
        Assert.Equal(NotImplemented, Answer(0xc00000f3, 63));
        Assert.Equal(NotImplemented, Answer(X64, 0x40000000));
    }

    [Theory]
    [InlineData(X64, 41)]
    [InlineData(X64, 53)]
    [InlineData(I386, 359)]
    [InlineData(Arm64, 198)]
    [InlineData(Arm, 281)]
    public void Sockets_are_of_families_that_a_network_namespace_holds(uint architecture, int number)
    {
        foreach (var family in (int[])[Unix, Internet, 10, Netlink])
            Assert.Equal(Allow, Answer(architecture, number, family));
        foreach (var family in (int[])[VSock, Algorithm, 17, 0, 31])
            Assert.Equal(FamilyNotSupported, Answer(architecture, number, family));
    }

    [Theory]
    [InlineData(X64, 16)]
    [InlineData(Arm64, 29)]
    [InlineData(I386, 54)]
    public void Nobody_types_on_the_callers_terminal(uint architecture, int number)
    {
        Assert.Equal(Allow, Answer(architecture, number, 0, 0x5401));
        Assert.Equal(NotPermitted, Answer(architecture, number, 0, 0x5412));
        Assert.Equal(NotPermitted, Answer(architecture, number, 0, 0x541c));
    }

    [Theory]
    [InlineData(X64, 56)]
    [InlineData(X64, 272)]
    [InlineData(Arm64, 220)]
    [InlineData(Arm64, 97)]
    public void Processes_and_threads_are_made_but_no_namespaces(uint architecture, int number)
    {
        Assert.Equal(Allow, Answer(architecture, number, 0x003d0f00));
        Assert.Equal(Allow, Answer(architecture, number, 0x01200011));
        foreach (var kind in (int[])[0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000])
            Assert.Equal(NotPermitted, Answer(architecture, number, kind | 17));
    }

    [Fact]
    public void The_program_fits_the_kernels_limit() => Assert.InRange(SystemCallFilter.Program.Length / 8, 1, 4096);

    static uint Answer(uint architecture, int number, params int[] arguments)
    {
        var data = new byte[64];
        BinaryPrimitives.WriteInt32LittleEndian(data, number);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(4), architecture);
        for (var i = 0; i < arguments.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(16 + 8 * i), (uint)arguments[i]);
        uint accumulator = 0;
        for (var at = 0; ; at++)
        {
            var instruction = SystemCallFilter.Program.AsSpan(8 * at, 8);
            var value = BinaryPrimitives.ReadUInt32LittleEndian(instruction[4..]);
            switch (BinaryPrimitives.ReadUInt16LittleEndian(instruction))
            {
                case 0x20:
                    accumulator = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan((int)value));
                    break;
                case 0x05:
                    at += (int)value;
                    break;
                case 0x06:
                    return value;
                case 0x15:
                    at += accumulator == value ? instruction[2] : instruction[3];
                    break;
                case 0x35:
                    at += accumulator >= value ? instruction[2] : instruction[3];
                    break;
                case 0x45:
                    at += (accumulator & value) != 0 ? instruction[2] : instruction[3];
                    break;
                case var code:
                    throw new InvalidOperationException($"instruction {code:x} at {at}");
            }
        }
    }
}
