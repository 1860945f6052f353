// Holds a sandbox in its making, at a moment that is known from outside. Unaware of what runs in it.

using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Engine.Sandbox;

/// <summary>
/// A pipe whose content bubblewrap puts at `/proc/cmdline`, so it reads until the end of the pipe comes. One byte more than the pipe holds is written: the write returns
/// when the first process inside reads, so bubblewrap's outer process has done its part by then, and nothing inside goes on before the pipe is closed.
/// </summary>
/// <remarks>What is seen inside are empty lines in place of the host kernel's command line.</remarks>
sealed class StartGate : IDisposable
{
    readonly SafeFileHandle write;

    public StartGate()
    {
        (Read, write) = Descriptors.Pipe();
        Descriptors.Shrink(write);
    }

    /// <summary>The end that bubblewrap reads; to be closed here once it has it.</summary>
    public SafeFileHandle Read { get; }

    /// <summary>Returns when the sandbox waits, or has ended before.</summary>
    public void WaitForReader()
    {
        Span<byte> lines = new byte[Environment.SystemPageSize + 1];
        lines.Fill((byte)'\n');
        Descriptors.WriteAll(write, lines);
    }

    /// <summary>Lets the sandbox go on.</summary>
    public void Open() => write.Dispose();

    public void Dispose()
    {
        Read.Dispose();
        write.Dispose();
    }
}
