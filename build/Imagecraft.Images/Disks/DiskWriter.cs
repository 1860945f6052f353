// Writes a planned disk: its table, the contents of partitions, blobs. Unaware of how it was planned.

using System.Collections.Immutable;

namespace Imagecraft.Images.Disks;

/// <summary>Writes disks.</summary>
public static class DiskWriter
{
    /// <summary>Writes the disk. What nobody reads and is zero is left out, so a file gets holes there, and nowhere else.</summary>
    /// <param name="layout">What to write.</param>
    /// <param name="output">An empty, seekable stream.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <returns>The bytes that must be on a device for the disk to be whole, whatever was there before.</returns>
    /// <exception cref="ImageInputException">A content does not have its declared size, or the table cannot say a place.</exception>
    public static async Task<ImmutableArray<Extent>> WriteAsync(DiskLayout layout, Stream output, CancellationToken cancellationToken)
    {
        output.SetLength(layout.SizeBytes);
        var read = new List<Extent>();
        foreach (DiskPiece piece in DiskPieces.Of(layout))
        {
            await PieceCopy.WriteAsync(piece, output, cancellationToken);
            read.AddRange(piece.Extents);
        }

        return Extents.Union(read);
    }
}
