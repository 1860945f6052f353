// What a hostile action tries, one test an attack. Runs as whoever runs the tests; `PlainUserTests` repeats all of them as a user without rights.

using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Sandbox;
using static Imagecraft.Engine.Tests.Execution.EngineBench;
using static Imagecraft.Engine.Tests.Sandbox.SandboxFixture;

namespace Imagecraft.Engine.Tests.Sandbox;

public sealed partial class AttackTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    const int NotPermitted = 1, NotImplemented = 38, FamilyNotSupported = 97;

    [Fact]
    public async Task One_capability_is_left_and_no_more_can_be_had()
    {
        var text = await sandbox.TextOfAsync(Shell("capabilities", "grep '^Cap\\|^NoNewPrivs' /proc/self/status > /out/text"));
        Assert.Equal("CapInh 2,CapPrm 2,CapEff 2,CapBnd 2,CapAmb 2,NoNewPrivs 1", string.Join(',', text.Split('\n').Select(line => line.Split(":\t")).Select(parts => $"{parts[0]} {parts[1].TrimStart('0')}")));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/usr/bin")]
    [InlineData("/src/file")]
    [InlineData("/proc")]
    public async Task Nothing_is_mounted_anew(string path)
    {
        const int readWriteBind = 0x1020;
        Assert.Equal(NotPermitted, await ErrorOfAsync($"mount {path}", $"syscall({Number(165, 40)}, 0, text('{path}'), 0, {readWriteBind}, 0)"));
    }

    [Theory]
    [InlineData("/src/file")]
    [InlineData("/usr/bin/bash")]
    public async Task An_input_is_neither_written_nor_changed_in_mode_nor_removed(string path)
    {
        var script = $"""
            for try in "chmod 777 {path}" "rm -f {path}" "mv {path} /build/x" "touch -d 2020-01-01 {path}" "cp /etc/os-release {path}" "ln {path} /out/link"; do
                if $try; then echo "$try" >> /out/text; fi
            done
            echo done >> /out/text
            """;
        Assert.Equal("done", await sandbox.TextOfAsync(Shell($"input {path}", script, File)));
    }

    [Fact]
    public async Task No_file_of_proc_can_be_written()
    {
        var script = """
            for file in /proc/sys/kernel/core_pattern /proc/sys/kernel/domainname /proc/sysrq-trigger /proc/sys/vm/drop_caches /proc/irq/default_smp_affinity; do
                if echo x > $file; then echo $file >> /out/text; fi
            done
            find /proc/sys /proc/irq /proc/bus /proc/fs /proc/[a-z]* -maxdepth 4 -type f -writable 2> /dev/null >> /out/text || true
            echo done >> /out/text
            """;
        Assert.Equal("done", await sandbox.TextOfAsync(Shell("proc", script)));
    }

    [Fact]
    public async Task The_kernels_inside_is_not_seen()
    {
        var text = await sandbox.TextOfAsync(Shell("inside", "for f in kallsyms keys key-users kpagecount slabinfo timer_list vmallocinfo iomem cmdline; do [ ! -e /proc/$f ] || tr -d '\\n' < /proc/$f | wc -c; done | sort -u > /out/text"));
        Assert.Equal("0", text);
    }

    [Fact]
    public async Task Processes_outside_get_no_signal()
    {
        var text = await sandbox.TextOfAsync(Shell("signals", $"if kill -0 {Environment.ProcessId} 2> /dev/null; then echo seen; fi > /out/text; trap '' TERM; kill -TERM -1 || true; echo done >> /out/text"));
        Assert.Equal("done", text);
    }

    [Fact]
    public async Task No_device_is_there_or_can_be_made()
    {
        var block = await ErrorOfAsync("block", $"syscall({Number(259, 33)}, -100, text('/build/sda'), 0060600, 0x800)");
        Assert.Equal(NotPermitted, block);
        // A link to what is hidden, and the terminal of who has one.
        Assert.Equal("fd full null ptmx pts random shm stderr stdin stdout tty urandom zero", await sandbox.TextOfAsync(Shell("devices", "echo $(ls /dev | grep -vx 'core\\|console') > /out/text")));
    }

    [Theory]
    [InlineData("vsock", 40)]
    [InlineData("packet", 17)]
    [InlineData("algorithms", 38)]
    [InlineData("bluetooth", 31)]
    public async Task Sockets_lead_nowhere(string name, int family) =>
        Assert.Equal(FamilyNotSupported, await ErrorOfAsync(name, $"syscall({Number(41, 198)}, {family}, 1, 0)"));

    [Fact]
    public async Task An_abstract_socket_of_the_host_is_not_reached()
    {
        var name = $"imagecraft-test-{Environment.ProcessId}";
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint("\0" + name));
        listener.Listen();
        const int refused = 111;
        var script = $"my $s; syscall({Number(41, 198)}, 1, 1, 0) == 3 or die; my $a = pack('S', 1) . \"\\0{name}\"; syscall({Number(42, 203)}, 3, $a, length $a)";
        Assert.Equal(refused, await ErrorOfAsync("abstract", script));
    }

    [Fact]
    public async Task The_callers_keys_are_neither_read_nor_found()
    {
        if (SystemCalls.KeyControl < 0)
            Assert.Skip("This processor's number of keyctl is not known");
        // A key in this thread's session keyring, which children inherit.
        var added = AddKey("user", "imagecraft-test", "secret", 6, SessionKeyringName);
        Assert.True(added >= 0, "no key can be added on this machine");
        Assert.Equal(NotImplemented, await ErrorOfAsync("keys", $"syscall({SystemCalls.KeyControl}, 10, {SessionKeyringName}, text('user'), text('imagecraft-test'), 0)"));
        Assert.Equal(NotImplemented, await ErrorOfAsync("request", $"syscall({Number(249, 218)}, text('user'), text('imagecraft-test'), 0, 0)"));
    }

    [Fact]
    public void A_sandbox_has_a_session_keyring_of_its_own()
    {
        if (SystemCalls.KeyControl < 0)
            Assert.Skip("This processor's number of keyctl is not known");
        nint before = 0, after = 0;
        var thread = new Thread(() =>
        {
            before = SystemCalls.Call(SystemCalls.KeyControl, 0, SessionKeyringName, 1, 0);
            SessionKeyring.Leave();
            after = SystemCalls.Call(SystemCalls.KeyControl, 0, SessionKeyringName, 0, 0);
        });
        thread.Start();
        thread.Join();
        Assert.True(after > 0);
        Assert.NotEqual(before, after);
    }

    [Theory]
    [InlineData("user", 0x10000000)]
    [InlineData("mount", 0x20000)]
    [InlineData("network", 0x40000000)]
    public async Task No_namespace_is_made(string name, int kind)
    {
        Assert.Equal(NotPermitted, await ErrorOfAsync($"unshare {name}", $"syscall({Number(272, 97)}, {kind})"));
        Assert.Equal(NotPermitted, await ErrorOfAsync($"clone {name}", $"syscall({Number(56, 220)}, {kind | 17}, 0, 0, 0, 0)"));
        Assert.Equal(NotImplemented, await ErrorOfAsync($"clone3 {name}", "my $args = pack('Q8', 0); syscall(435, $args, 64)"));
    }

    [Theory]
    [InlineData("io_uring", 425, 425, NotImplemented)]
    [InlineData("bpf", 321, 280, NotPermitted)]
    [InlineData("perf", 298, 241, NotPermitted)]
    [InlineData("syslog", 103, 116, NotPermitted)]
    [InlineData("userfaultfd", 323, 282, NotPermitted)]
    [InlineData("open by handle", 304, 265, NotPermitted)]
    public async Task Parts_of_the_kernel_that_no_build_needs_are_not_reached(string name, long x64, long arm64, int expected) =>
        Assert.Equal(expected, await ErrorOfAsync(name, $"syscall({Number(x64, arm64)}, 3, 0, 0, 0)"));

    [Fact]
    public async Task Descriptors_that_the_caller_left_open_stay_outside()
    {
        using var folder = new Folder("/etc");
        Assert.Equal("0 1 2 3", await sandbox.TextOfAsync(Shell("descriptors", "echo $(ls /proc/self/fd) > /out/text")));
        Assert.True(folder.Number > 3);
    }

    [Fact]
    public async Task A_set_user_id_program_gives_no_rights()
    {
        Assert.Equal("2", await sandbox.TextOfAsync(Shell("setuid", "cp /usr/bin/grep g; chmod 6755 g; ./g CapEff /proc/self/status | tr -d '0\\t' | cut -d: -f2 > /out/text")));
    }

    static InputEdge File => new("/src/file", Text("content"), "a file");

    /// <summary>The error number of the last call of a Perl script.</summary>
    async Task<int> ErrorOfAsync(string name, string call)
    {
        var script = $$"""
            sub text { my $copy = shift; $copy } $! = 0; my $result = do { {{call}} }; my $error = $! + 0; open(my $out, '>', '/out/text'); print $out ($result == -1 ? $error : "did");
            """;
        var node = Shell(name, "") with
        {
            Work = new ActionWork.Process { Arguments = ["/usr/bin/perl", "-e", script] },
            Inputs = [new InputEdge("/", new InputSource.OutputOf(Id("toolroot:tools"), "tree"), "the tools"), File],
        };
        var text = await sandbox.TextOfAsync(node);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var error) ? error : throw new InvalidOperationException($"`{name}` succeeded: {text}");
    }

    // Of a system call on the processor that runs the tests.
    static long Number(long x64, long arm64) => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? arm64 : x64;

    const int SessionKeyringName = -3;

    static nint AddKey(string kind, string name, string content, nint length, int keyring) =>
        AddKeyNative(Number(248, 217), kind, name, content, length, keyring);

    [LibraryImport("libc", EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint AddKeyNative(long number, string kind, string name, string content, nint length, nint keyring);

    /// <summary>A folder that is open as a shell would leave it: its descriptor is inherited.</summary>
    sealed partial class Folder(string path) : IDisposable
    {
        public int Number { get; } = Open(path, 0x10000);

        public void Dispose() => _ = Close(Number);

        [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int Open(string path, int flags);

        [LibraryImport("libc", EntryPoint = "close")]
        private static partial int Close(int descriptor);
    }
}
