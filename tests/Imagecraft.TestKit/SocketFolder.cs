// A folder whose sockets have short names. Unaware of who speaks there.

namespace Imagecraft.TestKit;

internal static class SocketFolder
{
    // A socket's address holds 107 bytes (unix(7)), so a long TMPDIR cannot be used.
    private const int LongestFolder = 70;

    public static DirectoryInfo Create() => Path.GetTempPath().Length < LongestFolder
        ? Directory.CreateTempSubdirectory("icl-")
        : Directory.CreateDirectory($"/tmp/icl-{Guid.NewGuid():N}", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
