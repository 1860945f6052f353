// What holds secrets is not open to others, and stays with those whom somebody let in.

using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests;

public sealed class PrivateFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("imagecraft-private-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(null, "700")]
    [InlineData("755", "700")]
    [InlineData("775", "770")]
    [InlineData("2775", "2770")]
    [InlineData("1777", "1770")]
    [InlineData("750", "750")]
    [InlineData("770", "770")]
    [InlineData("700", "700")]
    public void Others_lose_their_rights_and_a_group_keeps_what_it_was_given(string? before, string after)
    {
        var path = Path.Combine(_folder.FullName, "deep", "cache");
        if (before is not null)
        {
            Directory.CreateDirectory(path);
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(before, 8));
        }

        Assert.True(PrivateFolder.Make(path));
        Assert.Equal(after, ModeOf(path));
    }

    [Fact]
    public void A_store_is_private_from_its_first_moment_and_when_it_was_not()
    {
        var root = Path.Combine(_folder.FullName, "cache");
        new ContentStore(root).Dispose();
        Assert.Equal("700", ModeOf(root));
        File.SetUnixFileMode(root, (UnixFileMode)Convert.ToInt32("755", 8));
        new ContentStore(root).Dispose();
        Assert.Equal("700", ModeOf(root));
    }

    private static string ModeOf(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
