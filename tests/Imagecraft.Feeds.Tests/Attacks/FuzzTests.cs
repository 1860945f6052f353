using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Imagecraft.GitAddresses;
using Imagecraft.Feeds.Archives;

namespace Imagecraft.Feeds.Tests.Attacks;

/// <summary>
/// Readers of foreign bytes under damage: they end, with <see cref="FeedException"/> at most, within their memory, and write nothing elsewhere.
/// The cases are the same each time; with IMAGECRAFT_FUZZ_CASES they are others, and so many for each format.
/// </summary>
public sealed class FuzzTests : IDisposable
{
    private const int Cases = 300;
    private const long MostMemory = 64 << 20;

    private static readonly byte[] Plain = new Tar().Folder("d/").File("d/a", new string('x', 700)).Link("d/l", "a").HardLink("h", "d/a").Pax("path", "p/" + new string('n', 120)).File("p")
        .Member("././@LongLink", 'L', "", "644", [.. Encoding.ASCII.GetBytes("g/" + new string('m', 120)), 0]).File("g").Pax("SCHILY.xattr.user.x", "y").File("x", mode: "4755").Link("out", "/tmp").Bytes();

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static Dictionary<string, byte[]> Seeds() => new()
    {
        ["tar"] = Plain,
        ["gzip"] = Tar.Compress(Plain, s => new GZipStream(s, CompressionLevel.Fastest, leaveOpen: true)),
        ["stored gzip"] = Tar.Compress(Plain, s => new GZipStream(s, CompressionLevel.NoCompression, leaveOpen: true)),
        ["bzip2"] = Tar.Compress(Plain, s => SharpCompress.Compressors.BZip2.BZip2Stream.Create(s, SharpCompress.Compressors.CompressionMode.Compress, decompressConcatenated: false, leaveOpen: true)),
        ["zstd"] = Tar.Compress(Plain, s => new ZstdSharp.CompressionStream(s)),
        ["xz"] = Convert.FromBase64String(ArchiveTests.HelloXz),
        ["zip"] = Zip(),
        ["deb"] = DebTests.Package(Tar.Compress(Plain, s => new GZipStream(s, CompressionLevel.Fastest, leaveOpen: true))),
        ["plain deb"] = DebTests.Package(Plain),
    };

    public static TheoryData<string> Formats => [.. Seeds().Keys];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Damaged_archives_end_in_proper_errors(string format)
    {
        var seed = Seeds()[format];
        Check(Mutation.Any(1), mutation => Holds(mutation.Of(seed), format));
    }

    // What lies behind a checksum is reached when the damage comes before it.
    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void Archives_of_damaged_content_end_in_proper_errors(string format) => Check(Mutation.Any(1), mutation =>
        Holds(Tar.Compress(mutation.Of(Plain), s => format == "gzip" ? new GZipStream(s, CompressionLevel.Fastest, leaveOpen: true) : new ZstdSharp.CompressionStream(s)), format));

    [Fact]
    public void Damaged_packages_give_no_information_or_proper_errors()
    {
        var seed = Seeds()["deb"];
        Check(Mutation.Any(1), mutation => Ends(() => Deb.ReadInfo(new MemoryStream(mutation.Of(seed)), "a.deb", null)));
    }

    [Fact]
    public void Windows_of_damaged_xz_are_found_or_refused() => Check(Mutation.Any(1), mutation =>
    {
        try
        {
            XzWindows.Check(new MemoryStream(mutation.Of(Seeds()["xz"])), Decompression.MemoryLimit);
        }
        catch (InvalidDataException)
        {
            // As it should.
        }
        return true;
    });

    // Small files that once broke something, by the name of the format.
    [Fact]
    public void What_was_found_once_stays_found()
    {
        var found = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Attacks", "found"));

        Assert.NotEmpty(found);
        foreach (var file in found) Assert.True(Holds(File.ReadAllBytes(file), Path.GetFileName(file).Split('-')[0]), file);
    }

    [Fact]
    public void An_address_that_is_taken_holds_nothing_that_git_ssh_or_a_shell_might_run()
    {
        var parts = Gen.Elements("https://", "ssh://", "git://", "file:///", "ext::", "-", "--upload-pack=", "a", "example.org", "/", "..", "@", ":", ":22", "%2e", "%0a", " ", "\n", "$(id)", ";", "'", "[::1]", "~", "::", "ü");
        Check(from count in Gen.Choose(1, 8) from words in Gen.ArrayOf(parts, count) select string.Concat(words), address =>
            GitAddress.Problem(address) is not null
            || (System.Text.RegularExpressions.Regex.IsMatch(address, @"\A((https|ssh|git)://([A-Za-z0-9._~+][A-Za-z0-9._~+-]*@)?([A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9a-f:.]+\])(:[0-9]+)?|file://)/[A-Za-z0-9._~:/?\[\]@!&()*+,=%-]+\z")
                && !Uri.UnescapeDataString(address).Any(char.IsControl) && !address.Split('/').Contains("..")));
    }

    private bool Holds(byte[] archive, string format)
    {
        folder.Write("inner/victim", "untouched");
        var destination = folder["inner/out"];
        var holds = Ends(() => format.EndsWith("deb", StringComparison.Ordinal)
            ? Deb.Extract(new MemoryStream(archive), "a.deb", destination, Deb.ForTrees, default)
            : Archive.Extract(new MemoryStream(archive), "a.tar", destination, new(), default));
        holds &= File.ReadAllText(folder["inner/victim"]) == "untouched" && Directory.GetFileSystemEntries(folder["inner"]).Length <= 2 && Directory.GetFileSystemEntries(folder.Path).Length == 1;
        if (Directory.Exists(destination)) Directory.Delete(destination, recursive: true);
        return holds;
    }

    private static bool Ends<T>(Func<T> read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read();
        }
        catch (FeedException)
        {
            // As it should.
        }
        return GC.GetAllocatedBytesForCurrentThread() - before < MostMemory;
    }

    private static void Check<T>(Gen<T> any, Func<T, bool> holds)
    {
        var asked = int.TryParse(Environment.GetEnvironmentVariable("IMAGECRAFT_FUZZ_CASES"), out var count);
        var settings = Config.QuickThrowOnFailure.WithMaxTest(asked ? count : Cases);
        Prop.ForAll(any.ToArbitrary(), holds).Check(asked ? settings : settings.WithReplay(20260101, 7));
    }

    private static byte[] Zip()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, mode) in new[] { ("d/", "40755"), ("d/a", "100644"), ("run", "100755"), ("l", "120777") })
            {
                var entry = zip.CreateEntry(name);
                entry.ExternalAttributes = Convert.ToInt32(mode, 8) << 16;
                using var content = entry.Open();
                if (!name.EndsWith('/')) content.Write("d/a"u8);
            }
        return stream.ToArray();
    }
}
