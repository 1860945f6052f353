// Describes which blocks of a disk image must be flashed. Unaware of partition tables.

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Imagecraft.Images.Disks;

/// <summary>Blocks that hold something, both ends inclusive, with the SHA-256 of their bytes.</summary>
public sealed record BmapRange(long First, long Last, string Sha256);

/// <summary>A block map of a disk image in 4096-byte blocks; blocks that are all zeros are not mapped.</summary>
/// <remarks>Source: bmap format 2.0 as documented in the files that bmap-tools writes.</remarks>
public sealed record Bmap(long ImageSize, IReadOnlyList<BmapRange> Ranges)
{
    private const int BlockSize = SparseCopy.BlockSize;

    /// <summary>Blocks of the image.</summary>
    public long Blocks => (ImageSize + BlockSize - 1) / BlockSize;

    /// <summary>Blocks that must be written.</summary>
    public long MappedBlocks => Ranges.Sum(range => range.Last - range.First + 1);

    /// <summary>Reads the whole image from its present position.</summary>
    public static async Task<Bmap> OfAsync(Stream image, CancellationToken cancellationToken)
    {
        var ranges = new List<BmapRange>();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[256 * BlockSize];
        long size = 0, block = 0, first = -1;
        for (int read; (read = await image.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)) > 0; size += read)
        {
            for (int start = 0; start < read; start += BlockSize, block++)
            {
                ReadOnlySpan<byte> bytes = buffer.AsSpan(start, Math.Min(BlockSize, read - start));
                if (bytes.ContainsAnyExcept((byte)0))
                {
                    first = first < 0 ? block : first;
                    hash.AppendData(bytes);
                }
                else
                {
                    EndRange();
                }
            }
        }

        EndRange();
        return new(size, ranges);

        void EndRange()
        {
            if (first >= 0)
                ranges.Add(new(first, block - 1, Convert.ToHexStringLower(hash.GetHashAndReset())));
            first = -1;
        }
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
