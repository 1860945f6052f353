// Describes which blocks of a disk image must be flashed. Unaware of partition tables and of why a block is read.

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Imagecraft.Images.Disks;

/// <summary>Blocks that must be written, both ends inclusive, with the SHA-256 of their bytes.</summary>
public sealed record BmapRange(long First, long Last, string Sha256);

/// <summary>A block map of a disk image in 4096-byte blocks; blocks that nobody reads are not mapped. Zeros are mapped like anything else, because a device that was used before has other bytes there.</summary>
/// <remarks>Source: bmap format 2.0 as documented in the files that bmap-tools writes.</remarks>
public sealed record Bmap(long ImageSize, IReadOnlyList<BmapRange> Ranges)
{
    /// <summary>Bytes of a block.</summary>
    public const int BlockSize = 4096;

    /// <summary>Blocks of the image.</summary>
    public long Blocks => (ImageSize + BlockSize - 1) / BlockSize;

    /// <summary>Blocks that must be written.</summary>
    public long MappedBlocks => Ranges.Sum(range => range.Last - range.First + 1);

    /// <summary>Maps the blocks with the bytes that somebody reads.</summary>
    /// <param name="image">The whole image; seekable.</param>
    /// <param name="read">What is read of it, in any order.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<Bmap> OfAsync(Stream image, IEnumerable<Extent> read, CancellationToken cancellationToken)
    {
        var ranges = new List<BmapRange>();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[256 * BlockSize];
        foreach (Extent blocks in Extents.InBlocks(read, BlockSize))
        {
            image.Position = blocks.Start;
            // The last block may be cut short.
            for (long left = Math.Min(blocks.End, image.Length) - blocks.Start; left > 0;)
            {
                Memory<byte> part = buffer.AsMemory(0, (int)Math.Min(buffer.Length, left));
                await image.ReadExactlyAsync(part, cancellationToken);
                hash.AppendData(part.Span);
                left -= part.Length;
            }

            ranges.Add(new(blocks.Start / BlockSize, (blocks.End / BlockSize) - 1, Convert.ToHexStringLower(hash.GetHashAndReset())));
        }

        return new(image.Length, ranges);
    }

    /// <summary>The document, with its own checksum.</summary>
    public string ToXml()
    {
        string zeros = new('0', 64);
        string document = Document(zeros);
        return document.Replace(zeros, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document))), StringComparison.Ordinal);
    }

    private string Document(string ownChecksum)
    {
        var xml = new StringBuilder();
        Line("<?xml version=\"1.0\" ?>");
        Line("<bmap version=\"2.0\">");
        Line($"    <ImageSize> {ImageSize} </ImageSize>");
        Line($"    <BlockSize> {BlockSize} </BlockSize>");
        Line($"    <BlocksCount> {Blocks} </BlocksCount>");
        Line($"    <MappedBlocksCount> {MappedBlocks} </MappedBlocksCount>");
        Line("    <ChecksumType> sha256 </ChecksumType>");
        Line($"    <BmapFileChecksum> {ownChecksum} </BmapFileChecksum>");
        Line("    <BlockMap>");
        foreach (BmapRange range in Ranges)
            Line($"        <Range chksum=\"{range.Sha256}\"> {(range.First == range.Last ? $"{range.First}" : $"{range.First}-{range.Last}")} </Range>");
        Line("    </BlockMap>");
        Line("</bmap>");
        return xml.ToString();

        void Line(string text) => xml.Append(CultureInfo.InvariantCulture, $"{text}\n");
    }
}
