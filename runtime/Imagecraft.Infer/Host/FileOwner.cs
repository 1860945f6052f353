// Whose a file is. Unaware of why anybody asks.

using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Imagecraft.Infer.Host;

/// <summary>Users by their numbers; 0 is root.</summary>
static partial class FileOwner
{
    // Source: <linux/stat.h>, <linux/fcntl.h>. The structure is the same on all architectures.
    const int AtWorkingDirectory = -100;
    const uint StatxUid = 8;
    const int UidOffset = 20, StatxSize = 256;

    /// <summary>Who this program runs as.</summary>
    public static uint Self => EffectiveUser();

    /// <summary>The owner of what a path leads to, links followed.</summary>
    /// <exception cref="IOException">There is nothing, or it cannot be looked at.</exception>
    public static unsafe uint Of(string path)
    {
        var found = new byte[StatxSize];
        fixed (byte* start = found)
            if (Statx(AtWorkingDirectory, path, 0, StatxUid, start) != 0)
                throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        var order = found.AsSpan(UidOffset, sizeof(uint));
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(order) : BinaryPrimitives.ReadUInt32BigEndian(order);
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* found);
}
