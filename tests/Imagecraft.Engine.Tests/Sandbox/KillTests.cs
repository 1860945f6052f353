// An orchestrator that is killed at any moment leaves nothing running and nothing broken.

using System.Diagnostics;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Tests.Execution;
using static Imagecraft.Engine.Tests.Execution.EngineBench;
using static Imagecraft.Engine.Tests.Sandbox.SandboxFixture;

namespace Imagecraft.Engine.Tests.Sandbox;

public sealed class KillTests : IDisposable
{
    const string Variable = "IMAGECRAFT_TEST_KILLED_BUILD";
    const int Actions = 4, Rounds = 8;
    static readonly int Seed = Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_SEED") is { } given ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture) : 5;
    static readonly string Last = $"p{Actions - 1}";

    // A child, which is killed, makes none.
    readonly string root = Environment.GetEnvironmentVariable(Variable) is null ? Directory.CreateTempSubdirectory("killed-").FullName : "";

    public void Dispose()
    {
        if (root.Length > 0)
            Directory.Delete(root, recursive: true);
    }

    [Fact(Explicit = true)]
    public async Task Child_builds()
    {
        var result = await BuildAsync(await OpenAsync(Environment.GetEnvironmentVariable(Variable)!));
        Assert.True(result.Succeeded);
    }

    [Fact]
    public async Task After_a_kill_at_any_moment_the_next_build_gives_the_same()
    {
        var disturbed = Path.Combine(root, "disturbed");
        var random = new Random(Seed);
        // The tools are taken into both caches once; the files of each round are others.
        var undisturbed = await OpenAsync(Path.Combine(root, "undisturbed"));
        var continued = await OpenAsync(disturbed);
        for (var round = 0; round < Rounds; round++)
        {
            continued.Bench.Write("start/file", $"begin {round}");
            using (var child = StartChild(disturbed))
            {
                // However slow the machine is, the child is killed at its work: it has begun when it holds its lease on the cache.
                while (!child.HasExited && !HasLease(disturbed, child.Id))
                    await Task.Delay(10, TestContext.Current.CancellationToken);
                await Task.WhenAny(child.WaitForExitAsync(TestContext.Current.CancellationToken), Task.Delay(random.Next(0, 2000), TestContext.Current.CancellationToken));
                child.Kill();
                await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            var result = await BuildAsync(continued);
            // The name of the temporary folder is on the command line of every sandbox of this test.
            await NoneRunsAsync(Path.GetFileName(root));
            Assert.True(result.Succeeded, $"Seed {Seed}, round {round}: {string.Join('\n', result.Failures.Select(f => f.Failure.Message))}");
            undisturbed.Bench.Write("start/file", $"begin {round}");
            Assert.True((await BuildAsync(undisturbed)).Output(Id(Last), "tree") == result.Output(Id(Last), "tree"), $"Seed {Seed}, round {round}");
        }
    }

    [Fact]
    public async Task A_sandbox_that_a_killed_build_left_is_ended_by_the_next_one_and_nothing_else_that_names_its_folder()
    {
        var fixture = await OpenAsync(Path.Combine(root, "left"));
        fixture.Bench.Write("start/file", "begin");
        var left = Path.Combine(root, "left/cache/scratch/0123456789ab");
        Directory.CreateDirectory(left);
        // The lock of a build that is dead: nobody holds it.
        await File.WriteAllTextAsync(left + ".lock", "", TestContext.Current.CancellationToken);
        using var sandbox = Process.Start("/bin/sh", ["-c", "while :; do sleep 1; done", "sh", "--die-with-parent", $"{left}/1"])!;
        using var reader = Process.Start("/bin/sh", ["-c", "while :; do sleep 1; done", "sh", $"{left}/1"])!;
        try
        {
            Assert.True((await BuildAsync(fixture)).Succeeded);
            await sandbox.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal((137, false), (sandbox.ExitCode, reader.HasExited));
            Assert.False(Directory.Exists(left));
        }
        finally
        {
            sandbox.Kill(entireProcessTree: true);
            reader.Kill(entireProcessTree: true);
        }
    }

    static async Task<SandboxFixture> OpenAsync(string folder)
    {
        var fixture = new SandboxFixture { Bench = new EngineBench(folder) };
        await fixture.InitializeAsync();
        return fixture;
    }

    // A chain of processes that write many files, slowly enough to be killed in the midst.
    static Task<Engine.Execution.BuildResult> BuildAsync(SandboxFixture fixture)
    {
        var nodes = Enumerable.Range(0, Actions).Select(i => Shell(
            $"p{i}",
            $"mkdir /out/t; for n in $(seq 25); do echo {i} $n > /out/t/$n; sleep 0.01; done; cat /in/* >> /out/t/1",
            new InputEdge("/in", i == 0 ? Local("start") : new InputSource.OutputOf(Id($"p{i - 1}"), "tree"), "the one before")) with
        {
            Outputs = [new OutputSpec("tree", "/out/t", OutputKind.Tree)],
        });
        return fixture.BuildAsync([.. nodes]);
    }

    static bool HasLease(string folder, int process) =>
        Directory.Exists(Path.Combine(folder, "cache/leases")) && Directory.EnumerateFiles(Path.Combine(folder, "cache/leases"), $"{process}-*").Any();

    static Process StartChild(string folder)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-explicit", "only", "-method", $"{typeof(KillTests).FullName}.{nameof(Child_builds)}"]) { RedirectStandardOutput = true };
        start.Environment[Variable] = folder;
        return Process.Start(start)!;
    }
}
