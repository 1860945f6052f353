// The system calls that .NET has no name for. Unaware of what is sent.

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.VfioUser;

internal static unsafe partial class Native
{
    public const int SocketLevel = 1, Rights = 1, TruncatedControl = 8, CloseOnExec = 0x40000000, NoSignal = 0x4000;
    public const int ProtectRead = 1, ProtectWrite = 2, MapShared = 1;
    public const int Interrupted = 4;
    public const int GetFlags = 3, SetFlags = 4, NonBlocking = 0x800;

    /// <summary><c>struct iovec</c>.</summary>
    public struct Vector
    {
        public void* Start;
        public nuint Length;
    }

    /// <summary><c>struct msghdr</c> of 64-bit Linux.</summary>
    public struct Message
    {
        public void* Name;
        public uint NameLength;
        public Vector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary><c>struct cmsghdr</c>; its data follow.</summary>
    public struct ControlHeader
    {
        public nuint Length;
        public int Level;
        public int Kind;
    }

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint Receive(SafeHandle socket, Message* message, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(SafeHandle socket, byte* bytes, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeHandle file, ulong* value, nuint count);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(SafeHandle file, int what, int value);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial nint Map(void* wanted, nuint length, int protection, int flags, SafeFileHandle file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(void* start, nuint length);
}
