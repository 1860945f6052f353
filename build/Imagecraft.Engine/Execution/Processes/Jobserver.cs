// A GNU jobserver on a named pipe: CPU slots that the engine and all its children share. Unaware of actions.

using System.Runtime.InteropServices;

namespace Imagecraft.Engine.Execution.Processes;

/// <summary>As many tokens as CPU slots. The engine takes one for each action it starts; children of `make` take further ones.</summary>
/// <remarks>Source: GNU make manual, "POSIX Jobserver Interaction", style <c>fifo</c> (make 4.4 and newer).</remarks>
sealed partial class Jobserver : IDisposable
{
    const int ReadWrite = 2, NonBlocking = 0x800, CloseOnExec = 0x80000;
    const ulong BytesWaiting = 0x541B;
    readonly int descriptor;
    readonly int slots;
    int held;

    public Jobserver(string path, int slots)
    {
        Path = path;
        this.slots = slots;
        if (MakeFifo(path, 0x180) != 0)
            throw new IOException($"`{path}`: no named pipe can be made here: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        descriptor = Open(path, ReadWrite | NonBlocking | CloseOnExec);
        if (descriptor < 0)
            throw new IOException($"`{path}`: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        Put(slots);
    }

    /// <summary>The named pipe.</summary>
    public string Path { get; }

    /// <summary>Takes a slot when one is free.</summary>
    public unsafe bool TryTake()
    {
        byte token;
        // Children may write tokens that they never took; no more actions run than there are slots for all that.
        if (held >= slots || Read(descriptor, &token, 1) != 1)
            return false;
        held++;
        return true;
    }

    /// <summary>Gives a slot back.</summary>
    public void Release()
    {
        held--;
        Put(1);
    }

    /// <summary>Replaces tokens that died with their holder; to be called only while no child uses the jobserver.</summary>
    public unsafe void Refill()
    {
        int waiting;
        if (Control(descriptor, BytesWaiting, &waiting) == 0)
            Put(slots - held - waiting);
    }

    public void Dispose() => _ = Close(descriptor);

    unsafe void Put(int count)
    {
        byte token = (byte)'+';
        for (var i = 0; i < count; i++)
            _ = Write(descriptor, &token, 1);
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static unsafe partial nint Read(int descriptor, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "write")]
    private static unsafe partial nint Write(int descriptor, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static unsafe partial int Control(int descriptor, ulong request, int* value);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
