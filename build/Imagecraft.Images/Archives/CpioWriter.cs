// Writes a root file system as an initramfs. Unaware of compression.

using System.Globalization;
using System.Text;
using Imagecraft.Images.RootFs;

namespace Imagecraft.Images.Archives;

/// <summary>Writes the <c>newc</c> form of cpio.</summary>
/// <remarks>Source: Linux, Documentation/driver-api/early-userspace/buffer-format.rst. Extended attributes have no place in it.</remarks>
public static class CpioWriter
{
    private const int Alignment = 4;
    private const int TailAlignment = 512;

    /// <summary>Writes all entries in their order, with numbers that count from 1 as inodes and clamped time stamps.</summary>
    /// <exception cref="ImageInputException">A file is 4 GiB or larger, or its content has not the declared size.</exception>
    public static async Task WriteAsync(IEnumerable<RootFsEntry> entries, Stream output, CancellationToken cancellationToken)
    {
        long written = 0;
        uint inode = 0;
        foreach (RootFsEntry entry in entries.Where(entry => !entry.Path.IsRoot))
        {
            byte[] link = Encoding.UTF8.GetBytes(entry.LinkTarget ?? "");
            long size = entry.Content?.Size ?? link.Length;
            if (size > uint.MaxValue)
                throw new ImageInputException($"`{entry.Path}` has {size} bytes, more than the {uint.MaxValue} that a file in an initramfs can have; use another format or leave it out");
            await HeaderAsync(entry.Path.Value[1..], ++inode, entry, (uint)size);
            if (entry.Content is { } content)
                await CopyAsync(entry.Path, content, output, cancellationToken);
            else
                await output.WriteAsync(link, cancellationToken);
            written += size;
            await PadAsync(Alignment);
        }

        await HeaderAsync("TRAILER!!!", 0, null, 0);
        await PadAsync(TailAlignment);

        async Task HeaderAsync(string name, uint number, RootFsEntry? entry, uint size)
        {
            byte[] path = Encoding.UTF8.GetBytes(name + "\0");
            uint[] fields =
            [
                number, entry is null ? 0 : Type(entry.Kind) | (uint)entry.Mode, (uint)(entry?.Uid ?? 0), (uint)(entry?.Gid ?? 0), 1,
                entry is null ? 0 : (uint)TarWriter.ModificationTime, size, 0, 0, (uint)(entry?.Major ?? 0), (uint)(entry?.Minor ?? 0), (uint)path.Length, 0,
            ];
            byte[] header = Encoding.ASCII.GetBytes("070701" + string.Concat(fields.Select(field => field.ToString("x8", CultureInfo.InvariantCulture))));
            await output.WriteAsync(header, cancellationToken);
            await output.WriteAsync(path, cancellationToken);
            written += header.Length + path.Length;
            await PadAsync(Alignment);
        }

        async Task PadAsync(int unit)
        {
            byte[] zeros = new byte[(int)((unit - (written % unit)) % unit)];
            await output.WriteAsync(zeros, cancellationToken);
            written += zeros.Length;
        }
    }

    private static async Task CopyAsync(TargetPath path, FileContent content, Stream output, CancellationToken cancellationToken)
    {
        await using Stream input = content.Open();
        byte[] buffer = new byte[128 * 1024];
        long copied = 0;
        for (int read; (read = await input.ReadAsync(buffer, cancellationToken)) > 0; copied += read)
            await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        if (copied != content.Size)
            throw new ImageInputException($"Content of `{path}` does not have the declared {content.Size} bytes; it was changed while the image was written");
    }

    /// <summary>The type bits of <c>st_mode</c>.</summary>
    private static uint Type(EntryKind kind) => kind switch
    {
        EntryKind.File => 0x8000,
        EntryKind.Folder => 0x4000,
        EntryKind.Symlink => 0xa000,
        EntryKind.CharacterDevice => 0x2000,
        EntryKind.BlockDevice => 0x6000,
        _ => 0x1000,
    };
}
