using System.Globalization;
using System.Text;
using Imagecraft.Feeds.Archives;

namespace Imagecraft.Feeds.Tests;

public sealed class DebTests : IDisposable
{
    private const string Copyright = "Format: https://example.org/copyright-format/1.0/\nUpstream-Name: x\n\nFiles: *\nLicense: GPL-2+\n\nFiles: debian/*\nLicense: Expat\n text of the license\n\nLicense: GPL-2+\n text\n";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_package_is_unpacked_into_the_merged_layout()
    {
        var path = folder.Write("a.deb", Package(new Tar().Folder("./").Folder("./lib/").File("./lib/x/libx.so", "x").Folder("./usr/").File("./usr/bin/tool", "t", "755").File("./usr/share/doc/a/readme").Gzip()));

        await Deb.ExtractAsync(path, folder["root"], new ExtractOptions { MergeUsr = true, Without = ["usr/share/doc"] }, TestContext.Current.CancellationToken);

        Assert.Equal(["usr/bin/tool", "usr/lib/x/libx.so"], Directory.EnumerateFiles(folder["root"], "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder["root"], f)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_links_of_the_merged_layout_stay_links()
    {
        var path = folder.Write("a.deb", Package(new Tar().Link("./lib", "usr/lib").Folder("./usr/lib/").Gzip()));

        await Deb.ExtractAsync(path, folder["root"], new ExtractOptions { MergeUsr = true }, TestContext.Current.CancellationToken);

        Assert.Equal("usr/lib", new FileInfo(folder["root/lib"]).LinkTarget);
    }

    [Fact]
    public void Control_fields_and_licenses_are_read()
    {
        var info = Deb.ReadInfo(folder.Write("a.deb", Package(new Tar().File("./usr/share/doc/tool/copyright", Copyright).Gzip())));

        Assert.Equal("1.0-1", info.Fields["Version"]);
        Assert.Equal("A tool\nthat does things", info.Fields["Description"]);
        Assert.Equal("Expat AND GPL-2+", info.License);
    }

    [Fact]
    public void A_free_form_copyright_file_gives_no_license() =>
        Assert.Null(Deb.ReadInfo(folder.Write("a.deb", Package(new Tar().File("./usr/share/doc/tool/copyright", "Copyright 1999 somebody").Gzip()))).License);

    [Theory]
    [InlineData(4, "offset 0 has no ar magic")]
    [InlineData(100, "truncated")]
    [InlineData(200, "truncated")]
    public async Task A_truncated_package_is_refused(int length, string expected)
    {
        var path = folder.Write("a.deb", Package(new Tar().File("./x").Gzip())[..length]);

        var error = await Assert.ThrowsAsync<FeedException>(() => Deb.ExtractAsync(path, folder["root"], new ExtractOptions(), TestContext.Current.CancellationToken));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("a.deb", error.Message, StringComparison.Ordinal);
    }

    internal static byte[] Package(byte[] data, string more = "")
    {
        var control = new Tar().File("./control", more + "Package: tool\nVersion: 1.0-1\nArchitecture: arm64\nDescription: A tool\n that does things\n").Gzip();
        return [.. "!<arch>\n"u8, .. Member("debian-binary", "2.0\n"u8.ToArray()), .. Member("control.tar.gz", control), .. Member("data.tar.gz", data)];
    }

    private static byte[] Member(string name, byte[] content)
    {
        var header = string.Create(CultureInfo.InvariantCulture, $"{name,-16}{0,-12}{0,-6}{0,-6}{"100644",-8}{content.Length,-10}`\n");
        return [.. Encoding.ASCII.GetBytes(header), .. content, .. content.Length % 2 == 1 ? "\n"u8.ToArray() : []];
    }
}
