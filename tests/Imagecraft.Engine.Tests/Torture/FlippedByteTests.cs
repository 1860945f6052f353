// One byte is flipped anywhere below the cache and the workspace's memory: the next call gives what an undisturbed one gives.

using System.Globalization;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Torture;

public sealed class FlippedByteTests : IDisposable
{
    const int Rounds = 200;
    readonly string root = Directory.CreateTempSubdirectory("flipped-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task After_a_flipped_byte_the_next_call_gives_the_same()
    {
        var seed = Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : 20261126;
        var undisturbed = await TortureWorld.UndisturbedAsync(Path.Combine(root, "undisturbed"));
        using var world = new TortureWorld(Path.Combine(root, "disturbed"));
        world.Write(0);
        await world.CallAsync(TestContext.Current.CancellationToken);
        Assert.Equal(undisturbed[0], world.Sums());
        var random = new Random(seed);
        var salt = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var what = Disturb(world, random);
            if (random.Next(3) > 0)
                world.Write(salt = (salt + 1 + random.Next(TortureWorld.Salts - 1)) % TortureWorld.Salts);
            if (random.Next(3) == 0)
                Directory.Delete(world.Out, recursive: true);
            var result = await world.CallAsync(TestContext.Current.CancellationToken);
            Assert.True(world.Sums() == undisturbed[salt], $"Seed {seed}, round {round}, {what}\nfailures: {TortureWorld.Failures(result)}\nis:\n{world.Sums()}\nshall be:\n{undisturbed[salt]}\n{string.Join('\n', world.Events)}");
            Assert.True(result?.Succeeded ?? true, $"Seed {seed}, round {round}, {what}: {TortureWorld.Failures(result)}");
        }
    }

    static string Disturb(TortureWorld world, Random random)
    {
        // Each place has the same chance, however many files it has.
        string[] places = [Path.Combine(world.Cache, "objects"), Path.Combine(world.Cache, "trees"), Path.Combine(world.Cache, "results"), world.State, world.Cache];
        var place = places[random.Next(places.Length)];
        // Nobody needed a materialized tree since they were removed.
        if (place.EndsWith("trees", StringComparison.Ordinal) && !Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories).Any(path => Posix.Stat(path) is { IsFile: true, Size: > 0 }))
            place = places[0];
        var deep = place == world.State || place == world.Cache ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories;
        var files = Directory.EnumerateFiles(place, "*", deep)
            .Concat(place == world.State ? Directory.EnumerateFiles(Path.Combine(world.State, "standing")).Append(world.Stamps) : [])
            .Where(path => Posix.Stat(path) is { IsFile: true, Size: > 0 })
            .Order(StringComparer.Ordinal).ToList();
        var file = files[random.Next(files.Count)];
        var content = place.EndsWith("objects", StringComparison.Ordinal) || place.EndsWith("trees", StringComparison.Ordinal);
        var keepTime = random.Next(2) == 0;
        var bytes = File.ReadAllBytes(file);
        var at = random.Next(bytes.Length);
        bytes[at] ^= (byte)(1 << random.Next(8));
        var (mode, time) = (File.GetUnixFileMode(file), File.GetLastWriteTimeUtc(file));
        File.SetUnixFileMode(file, mode | UnixFileMode.UserWrite);
        using (var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Write))
            RandomAccess.Write(handle, bytes.AsSpan(at, 1), at);
        File.SetUnixFileMode(file, mode);
        if (keepTime)
            File.SetLastWriteTimeUtc(file, time);
        // What keeps size and time passes for whole in a materialized tree that stands: without trees, content is read from objects.
        if (keepTime && content)
        {
            foreach (var folder in Directory.EnumerateDirectories(Path.Combine(world.Cache, "trees")))
                Directory.Delete(folder, recursive: true);
        }

        return $"byte {at} of `{Path.GetRelativePath(world.Workspace, file)}`, time {(keepTime ? "kept" : "changed")}";
    }
}
