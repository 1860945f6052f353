// Runs tools that make and examine disks: those of the tool root `disks`, else the host's.

using Imagecraft.Qemu.Machines;

namespace Imagecraft.Images.Tests;

internal static class DiskTool
{
    /// <summary>Runs a program by its path in the tool root, e.g. <c>/usr/sbin/sfdisk</c>; without the tool root the host must have it.</summary>
    public static Task<string> RunAsync(string path, params string[] arguments)
    {
        if (Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_DISK_ROOT") is not { Length: > 0 } root)
            return Tool.RunAsync(Path.GetFileName(path), arguments);
        var tool = ToolRootProgram.Find(root, path);
        return Tool.RunAsync(tool.Program, [.. tool.Arguments, .. arguments]);
    }
}
