// Writes a planned disk: its table, the contents of partitions, blobs. Unaware of how it was planned.

namespace Imagecraft.Images.Disks;

/// <summary>Writes disks.</summary>
public static class DiskWriter
{
    /// <summary>Writes the disk. Blocks of zeros are skipped, so a file becomes sparse.</summary>
    /// <param name="layout">What to write.</param>
    /// <param name="output">An empty, seekable stream.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <exception cref="ImageInputException">A content does not have its declared size, or the table cannot say a place.</exception>
    public static async Task WriteAsync(DiskLayout layout, Stream output, CancellationToken cancellationToken)
    {
        output.SetLength(layout.SizeBytes);
        foreach (var (sector, bytes) in layout.Table == PartitionTable.Gpt ? GptTable.Sectors(layout) : MbrTable.Sectors(layout))
        {
            output.Position = sector * DiskLayout.SectorSize;
            await output.WriteAsync(bytes, cancellationToken);
        }

        foreach (PlacedPartition placed in layout.Partitions)
            if (placed.Content is { } content)
                await SparseCopy.CopyAsync($"partition `{placed.Partition.Name}`", content, output, placed.FirstSector * DiskLayout.SectorSize, cancellationToken);
        foreach (PlacedBlob blob in layout.Blobs)
            await SparseCopy.CopyAsync($"blob `{blob.Blob.Name}`", blob.Content, output, blob.Blob.Offset, cancellationToken);
    }
}
