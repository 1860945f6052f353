// Starts a child in a session of its own with its output in a file, and waits for it with its resource usage. Unaware of sandboxes.

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Engine.Sandbox;

/// <summary>How a child ended.</summary>
/// <param name="ExitCode">Its exit code, or 128 and the signal that killed it.</param>
/// <param name="LargestProcessBytes">Peak resident size of the largest process among it and its children.</param>
readonly record struct ChildExit(int ExitCode, long LargestProcessBytes);

/// <summary>A child with descriptors that are chosen one by one.</summary>
/// <remarks>.NET's own process class leaves neither the thread, the session nor descriptors to choose, and has no resource usage.</remarks>
static unsafe partial class ChildProcess
{
    /// <summary>The number of the first descriptor that is handed over; the next ones follow.</summary>
    public const int FirstDescriptor = 3;

    const int SetSignalDefaults = 0x04, SetSignalMask = 0x08, SetSession = 0x80;
    const int WriteOnly = 1, Create = 0x40, Append = 0x400, Interrupted = 4;

    /// <summary>Starts <paramref name="arguments"/> with an empty environment; stdin is empty, stdout and stderr are appended to <paramref name="log"/>.</summary>
    /// <param name="arguments">The program's absolute path, then its arguments.</param>
    /// <param name="log">File for the output.</param>
    /// <param name="descriptors">Become those from <see cref="FirstDescriptor"/> on; their numbers here must lie above.</param>
    /// <returns>The process id, which is also its session and process group.</returns>
    public static int Start(IReadOnlyList<string> arguments, string log, IReadOnlyList<SafeFileHandle> descriptors)
    {
        // Opaque structures: glibc's are 80 and 336 bytes, musl's smaller.
        var actions = stackalloc byte[512];
        var attributes = stackalloc byte[1024];
        var allSignals = stackalloc byte[128];
        var noSignals = stackalloc byte[128];
        new Span<byte>(allSignals, 128).Fill(0xff);
        new Span<byte>(noSignals, 128).Clear();
        Check(FileActionsInit(actions), "posix_spawn_file_actions_init");
        Check(AttributesInit(attributes), "posix_spawnattr_init");
        try
        {
            Check(FileActionsOpen(actions, 0, "/dev/null", 0, 0), "posix_spawn_file_actions_addopen");
            Check(FileActionsOpen(actions, 1, log, WriteOnly | Create | Append, 0x1a4), "posix_spawn_file_actions_addopen");
            Check(FileActionsDuplicate(actions, 1, 2), "posix_spawn_file_actions_adddup2");
            for (var i = 0; i < descriptors.Count; i++)
                Check(FileActionsDuplicate(actions, (int)descriptors[i].DangerousGetHandle(), FirstDescriptor + i), "posix_spawn_file_actions_adddup2");
            // .NET ignores SIGPIPE; children shall not.
            Check(AttributesSignalDefaults(attributes, allSignals), "posix_spawnattr_setsigdefault");
            Check(AttributesSignalMask(attributes, noSignals), "posix_spawnattr_setsigmask");
            Check(AttributesFlags(attributes, SetSignalDefaults | SetSignalMask | SetSession), "posix_spawnattr_setflags");
            var argv = new string?[arguments.Count + 1];
            for (var i = 0; i < arguments.Count; i++)
                argv[i] = arguments[i];
            Check(SpawnNative(out var pid, arguments[0], actions, attributes, argv, [null]), $"starting `{arguments[0]}`");
            return pid;
        }
        finally
        {
            _ = FileActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
        }
    }

    /// <summary>Waits for a child.</summary>
    public static ChildExit Wait(int pid)
    {
        // struct rusage: two timeval of 16 bytes, then ru_maxrss in KiB.
        var usage = stackalloc long[32];
        int status;
        while (WaitNative(pid, &status, 0, usage) != pid)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
                Check(error, "wait4");
        }

        var signal = status & 0x7f;
        return new ChildExit(signal != 0 ? 128 + signal : (status >> 8) & 0xff, usage[4] << 10);
    }

    /// <summary>Sends a signal; a process that is gone is no error.</summary>
    public static void Signal(int pid, int signal) => _ = Kill(pid, signal);

    static void Check(int error, string what)
    {
        if (error != 0)
            throw new IOException($"{what} failed: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int FileActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int FileActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileActionsOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int FileActionsDuplicate(byte* actions, int descriptor, int copy);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int AttributesFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int AttributesSignalDefaults(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int AttributesSignalMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SpawnNative(out int pid, string path, byte* actions, byte* attributes, string?[] arguments, string?[] environment);

    [LibraryImport("libc", EntryPoint = "wait4", SetLastError = true)]
    private static partial int WaitNative(int pid, int* status, int options, long* usage);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
