// Which action starts when, and what never runs at the same time.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using static Imagecraft.Engine.Tests.Execution.EngineBench;

namespace Imagecraft.Engine.Tests.Execution;

public sealed class ScheduleTests : IDisposable
{
    readonly EngineBench bench = new();
    int running, most;

    public ScheduleTests() => bench.Functions.Add(new TestFunction("count", async (context, token) =>
    {
        var now = Interlocked.Increment(ref running);
        InterlockedMax(now);
        await Task.Delay(20, token);
        Interlocked.Decrement(ref running);
        context.Output("text", new OutputValue(context.Store.Put("x"u8), OutputKind.File));
    }));

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task The_longest_remaining_path_starts_first()
    {
        bench.Options = bench.Options with { Cpus = 1 };
        await bench.BuildAsync(
            [Node("short", "join", ("t", Text("s"))), Node("long1", "join", ("t", Text("1"))), Node("long2", "join", ("x", From("long1"))), Node("long3", "length", ("x", From("long2"))), Node("end", "join", ("s", From("short")), ("l", From("long3")))],
            "end");
        Assert.Equal(["long1", "long2"], bench.Ran.Take(2));
    }

    [Fact]
    public async Task No_more_actions_run_than_there_are_slots()
    {
        var result = await bench.BuildAsync(Many(memory: 1), [.. Many(1).Select(n => n.Id.Value)]);
        Assert.True(result.Succeeded);
        Assert.InRange(most, 1, 2);
        Assert.All(bench.Events.OfType<BuildEvent.ActionStarted>(), e => Assert.InRange(e.Lane, 0, 1));
    }

    [Fact]
    public async Task Actions_that_do_not_fit_into_memory_together_run_one_after_the_other()
    {
        bench.Options = bench.Options with { Cpus = 8, MemoryBytes = 1 << 30 };
        var result = await bench.BuildAsync(Many(memory: 600 << 20), [.. Many(1).Select(n => n.Id.Value)]);
        Assert.True(result.Succeeded);
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task An_action_larger_than_all_memory_runs_alone()
    {
        bench.Options = bench.Options with { MemoryBytes = 1 << 20 };
        Assert.True((await bench.BuildAsync(Many(memory: 600 << 20).Take(1), "n0")).Succeeded);
    }

    [Fact]
    public async Task A_download_takes_no_cpu_slot()
    {
        bench.Options = bench.Options with { Cpus = 1 };
        bench.Fetcher.Content["https://example.org/a"] = "content";
        bench.Functions.Add(new TestFunction("wait", async (context, token) =>
        {
            while (bench.Fetcher.Fetched.IsEmpty)
                await Task.Delay(5, token);
            context.Output("text", new OutputValue(context.Store.Put("x"u8), OutputKind.File));
        }));
        var fetch = new ActionNode { Id = Id("fetch"), Work = new ActionWork.Fetch(Digest.Of("content"u8).Hash, "a", ["https://example.org/a"]), Outputs = [new OutputSpec("file", "file", OutputKind.File)] };
        Assert.True((await bench.BuildAsync([Node("w", "wait"), fetch], "w", "fetch")).Succeeded);
    }

    static IEnumerable<ActionNode> Many(long memory) => Enumerable.Range(0, 12).Select(i => Node($"n{i}", "count", ("t", Text($"{i}"))) with { Resources = new Resources(MemoryBytes: memory) });

    void InterlockedMax(int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}
