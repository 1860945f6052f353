// Files that are replaced as a whole: what is left and said when that cannot be.

using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("atomic-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Why_no_folder_could_be_made_is_not_hidden_by_the_cleaning_up()
    {
        File.WriteAllText(Path.Combine(folder, "file"), "");
        var problem = Assert.ThrowsAny<IOException>(() => AtomicFile.Write(Path.Combine(folder, "file", "new"), "text"));
        Assert.IsNotType<DirectoryNotFoundException>(problem);
        Assert.Contains("already exists", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_told_also_when_the_folder_could_not_be_made()
    {
        var full = DiskSpace.Full(Path.Combine(folder, "none", "new"), 10, new IOException());
        Assert.StartsWith($"No space left for `{folder}/none/new`: 10 bytes needed, ", full.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_that_cannot_be_taken_keeps_what_it_has_and_nothing_is_left_beside_it()
    {
        var place = Path.Combine(folder, "place");
        Directory.CreateDirectory(Path.Combine(place, "kept"));
        Assert.ThrowsAny<IOException>(() => AtomicFile.Write(place, "text"));
        Assert.Equal([place], Directory.EnumerateFileSystemEntries(folder));
        Assert.True(Directory.Exists(Path.Combine(place, "kept")));
    }
}
