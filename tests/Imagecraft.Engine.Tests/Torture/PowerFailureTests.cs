// The machine loses its power during a build: what was written after the last sync is cut, zeroed or gone, and the next call gives what an undisturbed one gives.

using System.Globalization;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Torture;

public sealed class PowerFailureTests : IDisposable
{
    const int Rounds = 20;
    readonly string root = Directory.CreateTempSubdirectory("power-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task After_a_power_failure_the_next_call_gives_the_same()
    {
        var seed = Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : 20261126;
        var undisturbed = await TortureWorld.UndisturbedAsync(Path.Combine(root, "undisturbed"));
        using var world = new TortureWorld(Path.Combine(root, "disturbed"));
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var salt = round % TortureWorld.Salts;
            world.Write(salt);
            var record = Path.Combine(world.Cache, "synced");
            var before = File.Exists(record) ? await File.ReadAllBytesAsync(record, TestContext.Current.CancellationToken) : null;
            var events = random.Next(3) == 0 ? int.MaxValue : random.Next(1, 40);
            using (var power = new CancellationTokenSource())
            {
                await world.CallAsync(
                    _ =>
                    {
                        if (--events == 0)
                            power.Cancel();
                    },
                    power.Token);
            }

            // As if the power had failed before the build's end made everything last.
            if (before is null)
                File.Delete(record);
            else
                await File.WriteAllBytesAsync(record, before, TestContext.Current.CancellationToken);
            var damaged = LosePower(world, SyncRecord.Read(world.Cache).Until, random);

            world.Boot = Guid.NewGuid().ToString();
            if (random.Next(2) == 0)
                world.Write(salt = (salt + 1) % TortureWorld.Salts);
            var result = await world.CallAsync(TestContext.Current.CancellationToken);
            var words = $"Seed {seed}, round {round}, {damaged} files damaged";
            Assert.True(result?.Succeeded ?? true, $"{words}: {TortureWorld.Failures(result)}");
            Assert.True(world.Sums() == undisturbed[salt], $"{words}\nis:\n{world.Sums()}\nshall be:\n{undisturbed[salt]}\n{string.Join('\n', world.Events)}");
        }
    }

    // Every file of a later time than the last sync, however it got that time: some were only touched or linked since, which is harder than it can be.
    static int LosePower(TortureWorld world, long until, Random random)
    {
        // An artifact is synced before its stamp is written; one without a stamp is not.
        var places = Exporter.Stands(world.Stamps) ? new[] { world.Cache, world.State } : [world.Cache, world.State, world.Out];
        var inodes = new HashSet<ulong>();
        var damaged = 0;
        foreach (var path in places.Where(Directory.Exists).SelectMany(place => Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories)).Order(StringComparer.Ordinal).ToList())
        {
            if (!Posix.TryStat(path, out var stat) || !stat.IsFile || stat.Size == 0 || stat.Changed <= until || path == Path.Combine(world.Cache, "synced") || !inodes.Add(stat.Inode))
                continue;
            damaged++;
            if (random.Next(10) == 0)
            {
                File.Delete(path);
                continue;
            }

            var time = File.GetLastWriteTimeUtc(path);
            Posix.ChangeMode(path, stat.Mode | 0x80);
            var kept = random.NextInt64(stat.Size);
            using (var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write))
            {
                if (random.Next(2) == 0)
                    RandomAccess.SetLength(handle, kept);
                else
                    RandomAccess.Write(handle, new byte[stat.Size - kept], kept);
            }

            Posix.ChangeMode(path, stat.Mode);
            File.SetLastWriteTimeUtc(path, time);
        }

        return damaged;
    }
}
