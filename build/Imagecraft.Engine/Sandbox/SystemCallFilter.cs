// The system calls that no build needs, as a program for the kernel's filter. Unaware of sandboxes.

using System.Buffers.Binary;

namespace Imagecraft.Engine.Sandbox;

/// <summary>
/// Lets everything pass but what reaches beyond the sandbox or into rarely used parts of the kernel: keyrings (no namespace holds them), sockets of other families
/// than UNIX, IPv4, IPv6 and netlink (AF_VSOCK leads to the hypervisor, whatever the network namespace), io_uring (whose operations no filter sees), mounts,
/// namespaces, modules, clocks, swap, the kernel's log. Builds that probe for one of them see a kernel without it.
/// </summary>
/// <remarks>Sources: seccomp(2); include/uapi/linux/{filter,seccomp,audit}.h and the system call tables of Linux 6.12.</remarks>
public static class SystemCallFilter
{
    const ushort Load = 0x20, JumpIfEqual = 0x15, JumpIfAtLeast = 0x35, JumpIfAnyBit = 0x45, Return = 0x06;
    const uint Allow = 0x7fff0000, Refuse = 0x00050000;
    const uint NotPermitted = 1, NotImplemented = 38, FamilyNotSupported = 97;
    const uint NumberOffset = 0, ArchitectureOffset = 4, FirstArgument = 16, SecondArgument = 24;

    // CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
    const uint Namespaces = 0x80 | 0x20000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000;
    const uint X32Calls = 0x40000000;

    // What a program may ask a terminal to do in the name of who types there: TIOCSTI, TIOCLINUX.
    static readonly uint[] _terminalRequests = [0x5412, 0x541c];
    static readonly uint[] _families = [1, 2, 10, 16];

    /// <summary>A processor's numbering of system calls.</summary>
    /// <param name="Audit">The kernel's word for it (<c>AUDIT_ARCH_*</c>).</param>
    /// <param name="Column">Its column in <see cref="_refused"/>.</param>
    sealed record Numbering(uint Audit, int Column);

    static readonly Numbering[] _numberings = [new(0xc000003e, 0), new(0x40000003, 1), new(0xc00000b7, 2), new(0x40000028, 3)];

    const int None = -1;

    // Numbers on x86-64, i386, arm64 and arm; with one number, it is that of all.
    static readonly (uint Error, int[] Numbers)[] _refused =
    [
        (NotImplemented, [248, 286, 217, 309]),     // add_key
        (NotImplemented, [249, 287, 218, 310]),     // request_key
        (NotImplemented, [250, 288, 219, 311]),     // keyctl
        (NotImplemented, [425]),                    // io_uring_setup
        (NotImplemented, [426]),                    // io_uring_enter
        (NotImplemented, [427]),                    // io_uring_register
        (NotImplemented, [435]),                    // clone3: its flags lie in memory; the C library falls back on clone
        (NotImplemented, [None, 102, None, 102]),   // socketcall: likewise, and on socket
        (NotPermitted, [321, 357, 280, 386]),       // bpf
        (NotPermitted, [298, 336, 241, 364]),       // perf_event_open
        (NotPermitted, [323, 374, 282, 388]),       // userfaultfd
        (NotPermitted, [246, 283, 104, 347]),       // kexec_load
        (NotPermitted, [320, None, 294, 401]),      // kexec_file_load
        (NotPermitted, [175, 128, 105, 128]),       // init_module
        (NotPermitted, [313, 350, 273, 379]),       // finit_module
        (NotPermitted, [176, 129, 106, 129]),       // delete_module
        (NotPermitted, [165, 21, 40, 21]),          // mount
        (NotPermitted, [None, 22, None, 22]),       // umount
        (NotPermitted, [166, 52, 39, 52]),          // umount2
        (NotPermitted, [155, 217, 41, 218]),        // pivot_root
        (NotPermitted, [428]),                      // open_tree
        (NotPermitted, [429]),                      // move_mount
        (NotPermitted, [430]),                      // fsopen
        (NotPermitted, [431]),                      // fsconfig
        (NotPermitted, [432]),                      // fsmount
        (NotPermitted, [433]),                      // fspick
        (NotPermitted, [442]),                      // mount_setattr
        (NotPermitted, [467]),                      // open_tree_attr
        (NotPermitted, [308, 346, 268, 375]),       // setns
        (NotPermitted, [163, 51, 89, 51]),          // acct
        (NotPermitted, [167, 87, 224, 87]),         // swapon
        (NotPermitted, [168, 115, 225, 115]),       // swapoff
        (NotPermitted, [169, 88, 142, 88]),         // reboot
        (NotPermitted, [164, 79, 170, 79]),         // settimeofday
        (NotPermitted, [None, 25, None, 25]),       // stime
        (NotPermitted, [227, 264, 112, 262]),       // clock_settime
        (NotPermitted, [None, 404, None, 404]),     // clock_settime64
        (NotPermitted, [305, 343, 266, 372]),       // clock_adjtime
        (NotPermitted, [None, 405, None, 405]),     // clock_adjtime64
        (NotPermitted, [170, 74, 161, 74]),         // sethostname
        (NotPermitted, [171, 121, 162, 121]),       // setdomainname
        (NotPermitted, [172, 110, None, None]),     // iopl
        (NotPermitted, [173, 101, None, None]),     // ioperm
        (NotPermitted, [179, 131, 60, 131]),        // quotactl
        (NotPermitted, [443]),                      // quotactl_fd
        (NotPermitted, [212, 253, 18, 249]),        // lookup_dcookie
        (NotPermitted, [304, 342, 265, 371]),       // open_by_handle_at
        (NotPermitted, [103, 103, 116, 103]),       // syslog: the kernel's log
        (NotPermitted, [153, 111, 58, 111]),        // vhangup
        (NotPermitted, [300, 338, 262, 367]),       // fanotify_init
        (NotImplemented, [134, 86, None, 86]),      // uselib
        (NotImplemented, [156, 149, None, 149]),    // _sysctl
    ];

    static readonly int[] _socket = [41, 359, 198, 281], _socketPair = [53, 360, 199, 288], _control = [16, 54, 29, 54], _clone = [56, 120, 220, 120], _unshare = [272, 310, 97, 337];

    /// <summary>The program: eight bytes an instruction, in the host's byte order (little-endian).</summary>
    public static byte[] Program { get; } = Assemble();

    static byte[] Assemble()
    {
        var program = new List<(ushort Code, byte True, byte False, uint Value)> { (Load, 0, 0, ArchitectureOffset) };
        foreach (var numbering in _numberings)
        {
            var block = Block(numbering);
            // The block may be longer than a condition can jump, so the other way is one instruction: a block ends with a return.
            program.Add((JumpIfEqual, 1, 0, numbering.Audit));
            program.Add((0x05, 0, 0, (uint)block.Count));
            program.AddRange(block);
        }

        program.Add((Return, 0, 0, Refuse | NotImplemented));
        var bytes = new byte[program.Count * 8];
        for (var i = 0; i < program.Count; i++)
        {
            var (code, yes, no, value) = program[i];
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8 * i), code);
            bytes[8 * i + 2] = yes;
            bytes[8 * i + 3] = no;
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8 * i + 4), value);
        }

        return bytes;
    }

    static List<(ushort Code, byte True, byte False, uint Value)> Block(Numbering numbering)
    {
        var block = new List<(ushort, byte, byte, uint)> { (Load, 0, 0, NumberOffset) };
        if (numbering.Column == 0)
            Add(JumpIfAtLeast, X32Calls, NotImplemented);
        foreach (var (error, numbers) in _refused)
        {
            if (NumberOf(numbers) is >= 0 and var number)
                Add(JumpIfEqual, (uint)number, error);
        }

        foreach (var numbers in (int[][])[_socket, _socketPair])
            AddArgument(numbers, FirstArgument, [.. _families.Select(family => (JumpIfEqual, family, Allow))], Refuse | FamilyNotSupported);
        AddArgument(_control, SecondArgument, [.. _terminalRequests.Select(request => (JumpIfEqual, request, Refuse | NotPermitted))], Allow);
        foreach (var numbers in (int[][])[_clone, _unshare])
            AddArgument(numbers, FirstArgument, [(JumpIfAnyBit, Namespaces, Refuse | NotPermitted)], Allow);
        block.Add((Return, 0, 0, Allow));
        return block;

        int NumberOf(int[] numbers) => numbers[numbers.Length == 1 ? 0 : numbering.Column];

        void Add(ushort test, uint value, uint error)
        {
            block.Add((test, 0, 1, value));
            block.Add((Return, 0, 0, Refuse | error));
        }

        // A call whose argument decides: each test with its verdict, then the verdict when none holds.
        void AddArgument(int[] numbers, uint argument, (ushort Test, uint Value, uint Verdict)[] tests, uint otherwise)
        {
            block.Add((JumpIfEqual, 0, (byte)(2 * tests.Length + 2), (uint)NumberOf(numbers)));
            block.Add((Load, 0, 0, argument));
            foreach (var (test, value, verdict) in tests)
            {
                block.Add((test, 0, 1, value));
                block.Add((Return, 0, 0, verdict));
            }

            block.Add((Return, 0, 0, otherwise));
        }
    }
}
