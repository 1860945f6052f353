// An orchestrator that is killed at any moment leaves nothing running and nothing broken.

using System.Diagnostics;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Tests.Execution;
using static Imagecraft.Engine.Tests.Execution.EngineBench;
using static Imagecraft.Engine.Tests.Sandbox.SandboxFixture;

namespace Imagecraft.Engine.Tests.Sandbox;

public sealed class KillTests : IDisposable
{
    const string Variable = "IMAGECRAFT_TEST_KILLED_BUILD";
    const int Actions = 4;
    readonly string root = Directory.CreateTempSubdirectory("killed-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact(Explicit = true)]
    public async Task Child_builds()
    {
        var result = await BuildAsync(Environment.GetEnvironmentVariable(Variable)!);
        Assert.True(result.Succeeded);
    }

    [Fact]
    public async Task A_build_killed_at_any_moment_is_continued_with_the_same_result()
    {
        var undisturbed = await BuildAsync(Path.Combine(root, "undisturbed"));
        var disturbed = Path.Combine(root, "disturbed");
        var random = new Random(5);
        for (var round = 0; round < 6; round++)
        {
            using var child = StartChild(disturbed);
            // However slow the machine is, the child is killed at its work: it has begun when it holds its lease on the cache.
            while (!child.HasExited && !HasLease(disturbed, child.Id))
                await Task.Delay(10, TestContext.Current.CancellationToken);
            await Task.WhenAny(child.WaitForExitAsync(TestContext.Current.CancellationToken), Task.Delay(random.Next(0, 2000), TestContext.Current.CancellationToken));
            child.Kill();
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        // The name of the temporary folder is on the command line of every sandbox of this test.
        await NoneRunsAsync(Path.GetFileName(root));
        var continued = await BuildAsync(disturbed);
        Assert.True(continued.Succeeded);
        Assert.Equal(undisturbed.Output(Id($"p{Actions - 1}"), "tree"), continued.Output(Id($"p{Actions - 1}"), "tree"));
    }

    // A chain of processes that write many files, slowly enough to be killed in the midst.
    static async Task<Engine.Execution.BuildResult> BuildAsync(string folder)
    {
        var fixture = new SandboxFixture { Bench = new EngineBench(folder) };
        await fixture.InitializeAsync();
        var nodes = Enumerable.Range(0, Actions).Select(i => Shell(
            $"p{i}",
            $"mkdir /out/t; for n in $(seq 40); do echo {i} $n > /out/t/$n; sleep 0.01; done; cat /in/* >> /out/t/1",
            new InputEdge("/in", i == 0 ? Local("start") : new InputSource.OutputOf(Id($"p{i - 1}"), "tree"), "the one before")) with
        {
            Outputs = [new OutputSpec("tree", "/out/t", OutputKind.Tree)],
        });
        fixture.Bench.Write("start/file", "begin");
        return await fixture.BuildAsync([.. nodes]);
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
