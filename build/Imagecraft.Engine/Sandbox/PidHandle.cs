// A process by its descriptor: a handle whose meaning cannot pass to another process. Unaware of what runs.

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Engine.Sandbox;

/// <summary>The first process of a sandbox's process namespace. When it has ended, the kernel has ended all others of the namespace before.</summary>
/// <remarks>Sources: pidfd_open(2), pid_namespaces(7).</remarks>
sealed unsafe partial class PidHandle : IDisposable
{
    const short Readable = 1;
    readonly SafeFileHandle handle;

    PidHandle(int pid, SafeFileHandle handle)
    {
        Pid = pid;
        this.handle = handle;
    }

    /// <summary>The id, as this process sees it.</summary>
    public int Pid { get; }

    /// <summary>Opens a process that is known to live.</summary>
    /// <exception cref="IOException">It is gone, or the kernel has no process descriptors (before 5.3).</exception>
    public static PidHandle Open(int pid)
    {
        var descriptor = SystemCalls.Call(SystemCalls.PidfdOpen, pid, 0, 0, 0);
        return descriptor >= 0 ? new PidHandle(pid, new SafeFileHandle(descriptor, ownsHandle: true)) : throw Descriptors.Failure("pidfd_open");
    }

    /// <summary>Sends a signal; a process that is gone is no error.</summary>
    public void Signal(int signal) => _ = SystemCalls.Call(SystemCalls.PidfdSendSignal, handle.DangerousGetHandle(), signal, 0, 0);

    /// <summary>Returns when the process has ended.</summary>
    public void WaitForEnd()
    {
        var wanted = new Wanted((int)handle.DangerousGetHandle(), Readable, 0);
        while (Poll(&wanted, 1, -1) < 0)
        {
            if (Marshal.GetLastPInvokeError() != 4)
                throw Descriptors.Failure("poll");
        }
    }

    public void Dispose() => handle.Dispose();

    // struct pollfd.
    [StructLayout(LayoutKind.Sequential)]
    record struct Wanted(int Descriptor, short Events, short Seen);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(Wanted* wanted, nuint count, int milliseconds);
}
