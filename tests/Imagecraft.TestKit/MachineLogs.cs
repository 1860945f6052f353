// Where console logs go. Unaware of machines.

using Imagecraft.Qemu.Machines;

namespace Imagecraft.TestKit;

internal static class MachineLogs
{
    /// <summary>A new file in the folder that <see cref="BootedMachine.LogFolderVariable"/> names, which is kept; without it in <paramref name="folder"/>.</summary>
    public static string NewPath(DirectoryInfo folder, MachineDescription machine)
    {
        string? kept = Environment.GetEnvironmentVariable(BootedMachine.LogFolderVariable);
        return string.IsNullOrEmpty(kept)
            ? Path.Combine(folder.FullName, "console.log")
            : Path.Combine(Directory.CreateDirectory(kept).FullName, $"console-{machine.Board ?? machine.System}-{Guid.NewGuid():N}.log");
    }
}
