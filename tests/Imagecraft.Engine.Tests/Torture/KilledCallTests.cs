// A call is killed at any moment: the next one gives what an undisturbed one gives.

using System.Globalization;
using Imagecraft.Engine.Tests.Store;

namespace Imagecraft.Engine.Tests.Torture;

public sealed class KilledCallTests : IDisposable
{
    const int Rounds = 20;
    const string Variable = "IMAGECRAFT_TEST_KILLED_CALL";
    // A child, which is killed, makes none.
    readonly string root = Environment.GetEnvironmentVariable(Variable) is null ? Directory.CreateTempSubdirectory("killed-call-").FullName : "";

    public void Dispose()
    {
        if (root.Length > 0)
            Directory.Delete(root, recursive: true);
    }

    [Fact(Explicit = true)]
    public async Task Child_calls()
    {
        using var world = new TortureWorld(Environment.GetEnvironmentVariable(Variable)!, TimeSpan.FromMilliseconds(150), keep: true);
        var result = await world.CallAsync(TestContext.Current.CancellationToken);
        Assert.True(result?.Succeeded ?? true);
    }

    [Fact]
    public async Task After_a_kill_the_next_call_gives_the_same()
    {
        var seed = Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : 20261126;
        var undisturbed = await TortureWorld.UndisturbedAsync(Path.Combine(root, "undisturbed"));
        using var world = new TortureWorld(Path.Combine(root, "disturbed"));
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var salt = round % TortureWorld.Salts;
            // Every third round begins with an empty cache, so that everything is in the making.
            if (round % 3 == 2)
                Directory.Delete(world.Cache, recursive: true);
            world.Write(salt);
            using (var child = ChildProcess.StartTest(typeof(KilledCallTests), nameof(Child_calls), (Variable, Path.Combine(root, "disturbed"))))
            {
                var output = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
                // However slow the machine is, it is killed at its work: it holds the workspace's lock from the begin of its build.
                while (!child.HasExited && !File.Exists(Path.Combine(world.State, "lock")))
                    await Task.Delay(2, TestContext.Current.CancellationToken);
                await Task.WhenAny(child.WaitForExitAsync(TestContext.Current.CancellationToken), Task.Delay(random.Next(600), TestContext.Current.CancellationToken));
                child.Kill();
                await child.WaitForExitAsync(TestContext.Current.CancellationToken);
                await output;
            }

            var result = await world.CallAsync(TestContext.Current.CancellationToken);
            Assert.True(result?.Succeeded ?? true, $"Seed {seed}, round {round}: {TortureWorld.Failures(result)}");
            Assert.True(world.Sums() == undisturbed[salt], $"Seed {seed}, round {round}\nis:\n{world.Sums()}\nshall be:\n{undisturbed[salt]}\n{string.Join('\n', world.Events)}");
        }

        using var store = new Engine.Store.ContentStore(world.Cache);
        var report = await new Engine.Store.CacheMaintenance(store).VerifyAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, 0, 0), (report.Damaged.Length, report.TreesRemoved, report.ResultsRemoved));
    }
}
