// A device that holds old data. Unaware of what is written to it.

namespace Imagecraft.EndToEnd.Tests;

/// <summary>A loop device over a file where the machine allows one, else the file itself.</summary>
internal sealed class UsedDevice
{
    /// <summary>A program for Python: the image of its first argument goes onto the file of the second by the map of the third. To a file, <c>bmaptool</c> would write from nothing; its library does not.</summary>
    public const string WriteByMap = "import sys; from bmaptool import BmapCopy, TransRead; BmapCopy.BmapCopy(TransRead.TransRead(sys.argv[1]), open(sys.argv[2], 'r+b'), open(sys.argv[3], 'rb')).copy()";

    private readonly FormatWorkspace workspace;

    private UsedDevice(FormatWorkspace workspace, string file, string? loop) => (this.workspace, File, Loop) = (workspace, file, loop);

    /// <summary>The file below, which has all of the data as soon as the device is released.</summary>
    public string File { get; }

    /// <summary>The loop device; null when the machine allows none.</summary>
    public string? Loop { get; }

    /// <summary>What is written to.</summary>
    public string Path => Loop ?? File;

    /// <summary>A device of this size.</summary>
    /// <param name="workspace">Its tool root <c>disks</c> was built.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="fill">Writes the old data, part by part.</param>
    /// <param name="sectorSize">Bytes of a logical sector.</param>
    public static async Task<UsedDevice> MakeAsync(FormatWorkspace workspace, long size, Action<Span<byte>> fill, int sectorSize = 512)
    {
        var file = workspace.Place($"device-{Guid.NewGuid():N}");
        var part = new byte[1 << 20];
        await using (var stream = System.IO.File.Create(file))
        {
            for (var left = size; left > 0; left -= part.Length)
            {
                fill(part);
                await stream.WriteAsync(part.AsMemory(0, (int)Math.Min(part.Length, left)), TestContext.Current.CancellationToken);
            }
        }

        var (exitCode, text) = await workspace.TryToolAsync("disks", "/usr/sbin/losetup", "--find", "--show", "--sector-size", $"{sectorSize}", file);
        var loop = text.Trim();
        // A machine may allow one and yet show no node of it.
        return new(workspace, file, exitCode == 0 && System.IO.File.Exists(loop) ? loop : null);
    }

    /// <summary>Ends the loop device.</summary>
    public async Task ReleaseAsync()
    {
        if (Loop is not null)
            await workspace.ToolAsync("disks", "/usr/sbin/losetup", "--detach", Loop);
    }
}
