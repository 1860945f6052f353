// Estimates what a folder takes on the disk without walking it all the time. Unaware of who writes.

using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Sandbox;

/// <summary>Walks the folder only when so much less is free on its file system that the bound may be reached.</summary>
sealed class DiskUse(string folder)
{
    long freeAtLook = new DriveInfo(folder).AvailableFreeSpace;
    long seen;

    /// <summary>Whether the folder takes more than <paramref name="bytes"/>.</summary>
    public bool Exceeds(long bytes)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (freeAtLook - free < Math.Max(0, bytes - seen) * 3 / 4)
            return false;
        freeAtLook = free;
        seen = Measure();
        return seen > bytes;
    }

    long Measure()
    {
        long sum = 0;
        var open = new Stack<string>([folder]);
        while (open.TryPop(out var next))
        {
            try
            {
                foreach (var name in FolderNames.Of(next))
                {
                    if (!Posix.TryStat($"{next}/{name}", out var stat))
                        continue;
                    sum += stat.Blocks * 512;
                    if (stat.IsFolder)
                        open.Push($"{next}/{name}");
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It was removed meanwhile, or is an overlay's own folder, which holds no content.
            }
        }

        return sum;
    }
}
