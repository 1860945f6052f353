// Block maps, checksum lists, manifests and identifiers.

using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Imagecraft.Images.Disks;
using Imagecraft.Images.Manifests;

namespace Imagecraft.Images.Tests;

public class BmapTests
{
    [Fact]
    public async Task Whole_blocks_with_a_byte_that_is_read_are_mapped_with_their_hash_whatever_they_hold()
    {
        byte[] image = new byte[(6 * 4096) + 10];
        image[4096] = 1;
        image[4 * 4096] = 2;
        image[^1] = 3;
        var bmap = await Bmap.OfAsync(new MemoryStream(image), [new(image.Length - 1, 1), new(4096 + 100, 4096)], TestContext.Current.CancellationToken);

        Assert.Equal(image.Length, bmap.ImageSize);
        Assert.Equal(7, bmap.Blocks);
        Assert.Equal(3, bmap.MappedBlocks);
        Assert.Equal(
            [new(1, 2, Convert.ToHexStringLower(SHA256.HashData(image.AsSpan(4096, 8192)))), new(6, 6, Convert.ToHexStringLower(SHA256.HashData(image.AsSpan(6 * 4096))))],
            bmap.Ranges);
    }

    [Fact]
    public async Task The_document_carries_its_own_checksum()
    {
        var bmap = await Bmap.OfAsync(new MemoryStream([1, 2, 3]), [new(0, 3)], TestContext.Current.CancellationToken);
        string text = bmap.ToXml();
        var root = XDocument.Parse(text).Root!;
        string own = root.Element("BmapFileChecksum")!.Value.Trim();
        Assert.Equal(own, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.Replace(own, new string('0', 64), StringComparison.Ordinal)))));
        Assert.Equal("2.0", root.Attribute("version")!.Value);
        Assert.Equal("0", root.Element("BlockMap")!.Element("Range")!.Value.Trim());
    }

    [Fact]
    public async Task Sha256sum_accepts_the_checksum_file()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("b"), "text", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("a"), "", TestContext.Current.CancellationToken);
        string list = ChecksumFile.Format([("b", Hash("text")), ("a", Hash(""))]);
        await File.WriteAllTextAsync(folder.File("SHA256SUMS"), list, TestContext.Current.CancellationToken);
        Assert.Equal("a: OK\nb: OK\n", await Tool.RunAsync("sh", "-c", "cd \"$1\" && sha256sum --check --strict SHA256SUMS", "sh", Path.GetDirectoryName(folder.File("a"))!));

        static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void A_manifest_is_ordered_and_reads_back()
    {
        var manifest = new ImageManifest
        {
            Image = "edge-ml",
            Board = "qemu-arm64",
            Architecture = "arm64",
            Packages = [new("zlib", "1.3", "Zlib", "zlib", [new("https://example.org/z?a&b", "00")]), new("busybox", "1.37.0", "GPL-2.0-only", "busybox", [])],
            Accelerators = [new("etnaviv", ["etnaviv"])],
        };
        string text = ManifestJson.Write(manifest);
        Assert.True(text.IndexOf("busybox", StringComparison.Ordinal) < text.IndexOf("zlib", StringComparison.Ordinal));
        Assert.Contains("\"url\": \"https://example.org/z?a&b\"", text);
        Assert.EndsWith("}\n", text);
        Assert.Equal(text, ManifestJson.Write(ManifestJson.Read(text)));
    }

    [Fact]
    public void Version_5_identifiers_match_the_example_of_the_rfc() =>
        Assert.Equal(new Guid("2ed6657d-e927-568b-95e1-2665a8aea6a2"), UuidV5.Create(new Guid("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "www.example.com"));
}
