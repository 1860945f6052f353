// Descriptors that are handed to children, and those that must not be. Unaware of what runs.

using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Engine.Sandbox;

/// <summary>Pipes and files under numbers that do not collide with those that a child gets, and the end of all inheritance by accident.</summary>
public static unsafe partial class Descriptors
{
    const int DuplicateFrom = 0, DuplicateClosing = 1030, SetPipeSize = 1031, Interrupted = 4, CloseOnExec = 0x80000, CloseRangeOnExec = 4;

    // Children get descriptors up to 9.
    const int FirstOfOurs = 100;

    /// <summary>
    /// Keeps every open descriptor of this process but the standard ones from its children: what the calling shell left open (a folder of the host, say) would otherwise
    /// be a way out of each sandbox. To be called once at start, and before each sandbox for what libraries opened since.
    /// </summary>
    /// <exception cref="IOException">The kernel refuses (Linux 5.11 is needed).</exception>
    public static void KeepFromChildren()
    {
        if (SystemCalls.Call(SystemCalls.CloseRange, 3, unchecked((nint)uint.MaxValue), CloseRangeOnExec, 0) != 0)
            throw Failure("close_range");
    }

    /// <summary>Both ends of a new pipe, closed in children.</summary>
    internal static (SafeFileHandle Read, SafeFileHandle Write) Pipe()
    {
        var ends = stackalloc int[2];
        if (Pipe(ends, CloseOnExec) != 0)
            throw Failure("pipe2");
        return (Raise(ends[0]), Raise(ends[1]));
    }

    /// <summary>A file, open for reading, that children inherit under the number it has.</summary>
    internal static SafeFileHandle OpenInherited(string path)
    {
        using var file = File.OpenHandle(path);
        var copy = Control((int)file.DangerousGetHandle(), DuplicateFrom, FirstOfOurs);
        return copy >= 0 ? new SafeFileHandle(copy, ownsHandle: true) : throw Failure("fcntl");
    }

    /// <summary>What the other side writes, up to the end of a line or of the pipe.</summary>
    internal static string ReadLine(SafeFileHandle pipe)
    {
        var line = new StringBuilder();
        byte next;
        while (ReadOne(pipe, &next) && next != (byte)'\n')
            line.Append((char)next);
        return line.ToString();
    }

    /// <summary>Makes a pipe hold no more than one page.</summary>
    internal static void Shrink(SafeFileHandle pipe)
    {
        if (Control((int)pipe.DangerousGetHandle(), SetPipeSize, Environment.SystemPageSize) != Environment.SystemPageSize)
            throw Failure("fcntl");
    }

    /// <summary>Writes all bytes, waiting for who reads them; an end that nobody reads any more is no error.</summary>
    internal static void WriteAll(SafeFileHandle pipe, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (var done = 0; done < bytes.Length;)
            {
                var count = Write(pipe, start + done, bytes.Length - done);
                if (count > 0)
                    done += (int)count;
                else if (Marshal.GetLastPInvokeError() != Interrupted)
                    return;
            }
        }
    }

    internal static IOException Failure(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{call} failed: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    static bool ReadOne(SafeFileHandle pipe, byte* next)
    {
        nint count;
        do
        {
            count = Read(pipe, next, 1);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return count == 1;
    }

    static SafeFileHandle Raise(int descriptor)
    {
        using var low = new SafeFileHandle(descriptor, ownsHandle: true);
        var copy = Control(descriptor, DuplicateClosing, FirstOfOurs);
        return copy >= 0 ? new SafeFileHandle(copy, ownsHandle: true) : throw Failure("fcntl");
    }

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int Pipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle descriptor, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle descriptor, byte* bytes, nint count);
}
