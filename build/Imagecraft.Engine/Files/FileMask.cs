// The process's file mode creation mask, which .NET does not offer. Unaware of why it is set.

using System.Runtime.InteropServices;

namespace Imagecraft.Engine.Files;

static partial class FileMask
{
    /// <summary>Sets the mask, e.g. octal 022 (0x12), and returns the former one.</summary>
    [LibraryImport("libc", EntryPoint = "umask")]
    public static partial uint Set(uint mask);
}
