// Makes a disk image with a folder's content. Unaware of machines.

using System.Diagnostics;
using Imagecraft.Qemu;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.TestKit;

/// <summary>Asks the tool root's mke2fs.</summary>
/// <remarks>Source: mke2fs(8), option <c>-d</c>.</remarks>
internal static class FolderDisk
{
    // Tables, a journal of 4 MiB, and room for what a test writes.
    private const long Room = 16 << 20;

    private const int Block = 4096;

    /// <summary>Writes an ext4 image of that folder.</summary>
    /// <param name="toolRoot">With e2fsprogs.</param>
    /// <param name="folder">What is copied, names of any form included.</param>
    /// <param name="image">File to write.</param>
    /// <param name="size">Bytes; 0: as needed.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="MachineStartException">The tool root has no mke2fs.</exception>
    /// <exception cref="IOException">The content does not fit, or cannot be read; the message has mke2fs' words.</exception>
    public static async Task MakeAsync(string toolRoot, string folder, string image, long size, CancellationToken cancellationToken)
    {
        ToolRootProgram tool = ToolRootProgram.Find(toolRoot, "/usr/sbin/mke2fs");
        await using (FileStream file = File.Create(image))
            file.SetLength(size > 0 ? size : SizeFor(folder));
        var start = new ProcessStartInfo(tool.Program, [.. tool.Arguments, "-q", "-F", "-t", "ext4", "-b", $"{Block}", "-m", "0", "-E", "root_owner=0:0", "-d", Path.GetFullPath(folder), image])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MKE2FS_CONFIG"] = Path.Join(toolRoot, "etc/mke2fs.conf");
        start.Environment.Remove("LD_LIBRARY_PATH");
        start.Environment.Remove("LD_PRELOAD");
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        string[] texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new IOException($"Folder `{folder}` cannot be put on a disk of {new FileInfo(image).Length} bytes: {string.Concat(texts).Trim()}; {(size > 0 ? "give the disk more bytes, or 0 for as many as it needs" : "see that it can be read")}");
    }

    // Each file takes whole blocks, and an inode of 256 bytes, of which mke2fs makes one for 16 KiB.
    private static long SizeFor(string folder)
    {
        long bytes = 0, files = 0;
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false }))
        {
            files++;
            bytes += entry is FileInfo { LinkTarget: null } file ? (file.Length + Block - 1) / Block * Block : Block;
        }

        return Math.Max((bytes * 11 / 10 + Room) / Block * Block, files * 16384 / Block * Block + Room);
    }
}
