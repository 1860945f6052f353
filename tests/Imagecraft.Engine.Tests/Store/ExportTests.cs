// Objects on their way out of the store.

using System.Security.Cryptography;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Store;

public sealed class ExportTests : IDisposable
{
    private const string Variable = "IMAGECRAFT_TEST_SMALL_DISK";
    private readonly StoreFixture _fixture = new();

    private string Destination => Path.Combine(_fixture.Folder, "out", "disk.img");

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task An_untouched_destination_is_written_once_and_a_changed_one_again()
    {
        var digest = _fixture.Store.Put("image"u8);
        Assert.Equal(1, await Export(digest));
        Assert.Equal("image", await File.ReadAllTextAsync(Destination, StoreFixture.Token));
        Assert.Equal(0, await Export(digest));
        await File.WriteAllTextAsync(Destination, "other", StoreFixture.Token);
        Assert.Equal(1, await Export(digest));
        Assert.Equal("image", await File.ReadAllTextAsync(Destination, StoreFixture.Token));
        Assert.Equal(1, await Export(_fixture.Store.Put("new image"u8)));
        Assert.Equal("new image", await File.ReadAllTextAsync(Destination, StoreFixture.Token));
        File.Delete(Destination);
        Assert.Equal(1, await Export(digest, executable: true));
        Assert.Equal(Convert.ToInt32("755", 8), (int)File.GetUnixFileMode(Destination));
        Assert.Equal(["disk.img"], Directory.EnumerateFileSystemEntries(Path.Combine(_fixture.Folder, "out")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Holes_stay_holes_zeros_stay_written_and_content_stays_the_same()
    {
        // Mebibytes: a hole, zeros, something, a hole, zeros, a hole to the end.
        var file = Path.Combine(_fixture.Folder, "disk");
        await using (var stream = File.Create(file))
        {
            stream.Position = 1 << 20;
            await stream.WriteAsync(new byte[1 << 20], StoreFixture.Token);
            await stream.WriteAsync(RandomNumberGenerator.GetBytes(5000), StoreFixture.Token);
            stream.Position = 4 << 20;
            await stream.WriteAsync(new byte[1 << 20], StoreFixture.Token);
            stream.SetLength((8 << 20) + 1);
        }

        var bytes = await File.ReadAllBytesAsync(file, StoreFixture.Token);
        var holes = Holes(file);
        Assert.Equal(3, holes.Count);
        await Export(await _fixture.Store.PutFileAsync(file, executable: false, move: true, StoreFixture.Token));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Destination, StoreFixture.Token));
        Assert.Equal(holes, Holes(Destination));
        Assert.InRange(Posix.Stat(Destination).Blocks * 512, 2 << 20, 3 << 20);

        static List<(long Start, long End)> Holes(string path)
        {
            using var handle = File.OpenHandle(path);
            var found = new List<(long, long)>();
            for (long at = 0; Posix.NextHole(handle, at) is var hole && hole < RandomAccess.GetLength(handle); at = found[^1].Item2)
            {
                found.Add((hole, Posix.NextData(handle, hole)));
                if (found[^1].Item2 == long.MaxValue)
                    break;
            }

            return found;
        }
    }

    [Fact]
    public async Task A_damaged_object_is_found_while_copied_and_the_destination_stays()
    {
        var digest = _fixture.Store.Put("image"u8);
        await Export(_fixture.Store.Put("before"u8));
        StoreFixture.Flip(_fixture.ObjectPath(digest), keepTime: true);
        Assert.Equal(digest, (await Assert.ThrowsAsync<ContentMissingException>(() => Export(digest))).Digest);
        Assert.False(File.Exists(_fixture.ObjectPath(digest)));
        Assert.Equal(["disk.img"], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(Destination)!).Select(Path.GetFileName));
        Assert.Equal("before", await File.ReadAllTextAsync(Destination, StoreFixture.Token));
    }

    [Fact]
    public async Task A_failed_export_changes_nothing()
    {
        var (first, second) = (Path.Combine(_fixture.Folder, "out", "first"), Path.Combine(_fixture.Folder, "out", "second"));
        await Export((first, "1 old"), (second, "2 old"), (Sums, "sums of old"));
        var lost = _fixture.Store.Put("2 new"u8);
        File.Delete(_fixture.ObjectPath(lost));
        await Assert.ThrowsAsync<ContentMissingException>(() => Export([Item(first, "1 new"), new ExportItem(lost, false, second), Item(Sums, "sums of new", vouches: true)]));
        Assert.Equal(["1 old", "2 old", "sums of old"], Contents(first, second, Sums));
        Assert.Equal(["SHA256SUMS", "first", "second"], Directory.EnumerateFileSystemEntries(Path.Combine(_fixture.Folder, "out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(0, await Export((first, "1 old"), (second, "2 old"), (Sums, "sums of old")));
    }

    [Fact]
    public async Task A_death_between_two_renames_leaves_no_checksums_and_is_noticed_by_the_next_call()
    {
        var (first, second) = (Path.Combine(_fixture.Folder, "out", "first"), Path.Combine(_fixture.Folder, "out", "second"));
        await Export((first, "1 old"), (second, "2 old"), (Sums, "sums of old"));
        var stamps = Path.Combine(_fixture.Folder, "stamps");
        Assert.True(Exporter.Stands(stamps));
        // What cannot be renamed ends the exchange where a death would.
        var exporter = new Exporter(_fixture.Store, stamps, (from, to) => to == second ? Posix.ENOTDIR : Posix.Rename(from, to));
        await Assert.ThrowsAsync<IOException>(() => exporter.ExportAsync([Item(first, "1 new"), Item(second, "2 new"), Item(Sums, "sums of new", vouches: true)], StoreFixture.Token));
        Assert.Equal((true, false), (File.Exists(first), File.Exists(Sums)));
        Assert.False(Exporter.Stands(stamps));
        Assert.Equal(3, await Export((first, "1 new"), (second, "2 new"), (Sums, "sums of new")));
        Assert.Equal(["1 new", "2 new", "sums of new"], Contents(first, second, Sums));
    }

    [Fact]
    public async Task What_a_killed_export_left_is_removed_and_what_a_living_one_writes_stays()
    {
        var folder = Directory.CreateDirectory(Path.GetDirectoryName(Destination)!).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, ".disk.img.2147483646.partial"), "dead", StoreFixture.Token);
        await File.WriteAllTextAsync(Path.Combine(folder, ".disk.img.1.partial"), "living", StoreFixture.Token);
        await Export(_fixture.Store.Put("image"u8));
        Assert.Equal([".disk.img.1.partial", "disk.img"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_folder_at_the_destination_is_an_error_that_names_it()
    {
        Directory.CreateDirectory(Destination);
        var problem = await Assert.ThrowsAsync<StoreException>(() => Export(_fixture.Store.Put("image"u8)));
        Assert.Equal($"`{Destination}` is a folder where a file is to be written; remove it", problem.Message);
    }

    [Fact]
    public async Task A_full_disk_is_told_with_numbers_and_leaves_nothing_half_written()
    {
        var small = Directory.CreateDirectory(Path.Combine(_fixture.Folder, "small")).FullName;
        var (exitCode, output) = await ChildProcess.RunTestAsync(
            typeof(ExportTests), nameof(Child_fills_the_disk), (Variable, small),
            "unshare", "--user", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs -o size=2m none \"$0\" && exec \"$@\"", small);
        Assert.True(exitCode == 0, output);
    }

    [Fact(Explicit = true)]
    public async Task Child_fills_the_disk()
    {
        var small = Environment.GetEnvironmentVariable(Variable)!;
        var bytes = RandomNumberGenerator.GetBytes(3 << 20);
        var digest = _fixture.Store.Put(bytes);
        var exporter = new Exporter(_fixture.Store, Path.Combine(small, "stamps"));
        var problem = await Assert.ThrowsAsync<DiskFullException>(() => exporter.ExportAsync([new ExportItem(digest, false, Path.Combine(small, "disk.img"))], StoreFixture.Token));
        Assert.Matches("^No space left for `.*/disk.img`: 3.0 MiB needed, 2.0 MiB free; free some space, or shrink the cache with `cache gc`$", problem.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(small));

        // A store on the full disk: no object may appear that is not whole, and the next attempt works once there is space.
        using var store = new ContentStore(Path.Combine(small, "cache"));
        Assert.Throws<DiskFullException>(() => store.Put(bytes));
        var file = Path.Combine(_fixture.Folder, "file");
        await File.WriteAllBytesAsync(file, bytes, StoreFixture.Token);
        await Assert.ThrowsAsync<DiskFullException>(() => store.PutFileAsync(file, false, false, StoreFixture.Token));
        Assert.False(store.Has(digest));
        StoreFixture.AssertNothingHalfMade(store.Root);
        Assert.Equal(bytes[..1000], store.Read(store.Put(bytes.AsSpan(0, 1000))));
    }

    private Task<int> Export(Digest digest, bool executable = false) =>
        new Exporter(_fixture.Store, Path.Combine(_fixture.Folder, "stamps")).ExportAsync([new ExportItem(digest, executable, Destination)], StoreFixture.Token);

    private string Sums => Path.Combine(_fixture.Folder, "out", "SHA256SUMS");

    private static string[] Contents(params string[] paths) => [.. paths.Select(File.ReadAllText)];

    private ExportItem Item(string path, string text, bool vouches = false) => new(_fixture.Store.Put(System.Text.Encoding.UTF8.GetBytes(text)), false, path, vouches);

    private Task<int> Export(params (string Path, string Text)[] files) => Export([.. files.Select(file => Item(file.Path, file.Text, file.Path == Sums))]);

    private Task<int> Export(ExportItem[] items) => new Exporter(_fixture.Store, Path.Combine(_fixture.Folder, "stamps")).ExportAsync(items, StoreFixture.Token);
}
