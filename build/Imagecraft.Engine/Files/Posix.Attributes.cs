// Names of extended attributes. Unaware of what they mean.

using System.Runtime.InteropServices;
using System.Text;

namespace Imagecraft.Engine.Files;

internal static unsafe partial class Posix
{
    private const int ERANGE = 34, ENOTSUP = 95;

    /// <summary>The names of a file's extended attributes, links not followed; none where the file system has no such thing.</summary>
    internal static string[] Attributes(string path)
    {
        Span<byte> names = stackalloc byte[1024];
        while (true)
        {
            nint length;
            fixed (byte* pointer = names)
                length = LlistxattrNative(path, pointer, (nuint)names.Length);
            if (length == 0)
                return [];
            if (length > 0)
                return Encoding.UTF8.GetString(names[..(int)length]).Split('\0', StringSplitOptions.RemoveEmptyEntries);
            var error = Marshal.GetLastPInvokeError();
            if (error == ENOTSUP)
                return [];
            // The kernel's limit for the list is 64 KiB.
            if (error != ERANGE || names.Length >= 1 << 16)
                throw Failure(error, "llistxattr", path);
            names = new byte[1 << 16];
        }
    }

    [LibraryImport("libc", EntryPoint = "llistxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint LlistxattrNative(string path, byte* names, nuint size);
}
