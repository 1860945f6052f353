// The first build after a restart of the machine, and what a workspace remembers across it.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Execution.Memory;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;
using Imagecraft.Engine.Tests.Store;
using static Imagecraft.Engine.Tests.Execution.EngineBench;

namespace Imagecraft.Engine.Tests.Execution;

public sealed class RestartTests : IDisposable
{
    readonly EngineBench bench = new();

    public void Dispose() => bench.Dispose();

    static ActionNode[] Nodes => [Node("a", "join", ("x", Text("one"))), Node("b", "join", ("a", From("a")), ("y", Local("in.txt")))];

    string State => Path.Combine(bench.Workspace, ".imagecraft");

    void Restart() => bench.Options = bench.Options with { Boot = Guid.NewGuid().ToString() };

    WorkspaceMemory Load(string boot) => WorkspaceMemory.Load(State, bench.Cache, boot);

    [Fact]
    public async Task What_is_checked_is_told_and_what_was_lost_is_made_again()
    {
        bench.Write("in.txt", "1");
        await bench.BuildAsync(Nodes, "b");
        var record = Path.Combine(bench.Cache, "synced");
        await File.WriteAllTextAsync(record, $"{SyncRecord.ThisBoot}\n{1_700_000_000_000_000_000}\n", TestContext.Current.CancellationToken);
        foreach (var path in bench.ObjectFiles(Digest.Of("one"u8)))
            StoreFixture.Flip(path, keepTime: true);
        Restart();
        var result = await bench.BuildAsync(Nodes, "b");
        Assert.Equal("one1", bench.ReadText(result, "b"));
        Assert.Equal(["a"], bench.Ran);
        Assert.Matches(
            "^The machine was restarted after the cache was last synced at 2023-11-14 22:13:20 UTC: [0-9]+ objects \\([0-9]+ bytes\\) of a later time are checked$",
            bench.Events.OfType<BuildEvent.Notice>().First().Message);

        await bench.BuildAsync(Nodes, "b");
        Assert.Empty(bench.Events.OfType<BuildEvent.Notice>());
    }

    [Fact]
    public async Task A_build_that_is_stopped_while_the_cache_is_checked_leaves_that_to_the_next()
    {
        bench.Write("in.txt", "1");
        await bench.BuildAsync(Nodes, "b");
        await File.WriteAllTextAsync(Path.Combine(bench.Cache, "synced"), "", TestContext.Current.CancellationToken);
        Restart();
        using var stop = new CancellationTokenSource();
        using (var engine = new BuildEngine(bench.Options, bench.Functions, bench.Fetcher))
        {
            var result = await engine.RunAsync(Engine.Graph.ActionGraph.Create(Nodes), [Id("b")], _ => stop.Cancel(), stop.Token);
            Assert.Equal(130, result.ExitCode);
        }

        await bench.BuildAsync(Nodes, "b");
        Assert.Contains(bench.Events.OfType<BuildEvent.Notice>(), n => n.Message.StartsWith("The machine was restarted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_local_file_that_has_its_stat_and_not_its_content_is_hashed_again()
    {
        var file = bench.Write("in.txt", "before");
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-1));
        // Old enough that its hash is remembered by stat.
        await Task.Delay(TimeSpan.FromSeconds(2.2), TestContext.Current.CancellationToken);
        await bench.BuildAsync(Nodes, "b");
        var stat = Posix.Stat(file);
        Assert.NotNull(Load(bench.Options.Boot).Files.TryGet(file, stat));
        Assert.Null(Load(Guid.NewGuid().ToString()).Files.TryGet(file, stat));
    }

    [Fact]
    public async Task A_memory_with_any_byte_flipped_or_any_tail_missing_counts_as_none()
    {
        bench.Write("in.txt", "1");
        await bench.BuildAsync(Nodes, "b");
        var path = Path.Combine(State, "memory");
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        Assert.NotNull(Load(bench.Options.Boot)[Id("a")]);
        for (var i = 0; i < bytes.Length; i++)
        {
            var bad = (byte[])bytes.Clone();
            bad[i] ^= 4;
            await File.WriteAllBytesAsync(path, i % 2 == 0 ? bad : bytes[..i], TestContext.Current.CancellationToken);
            Assert.Null(Load(bench.Options.Boot)[Id("a")]);
        }
    }

    [Fact]
    public async Task Rot_is_found_by_a_build_that_runs_something_and_told_and_one_with_nothing_to_do_reads_nothing()
    {
        bench.Write("in.txt", "1");
        await bench.BuildAsync(Nodes, "b");
        var unused = "nobody reads it"u8.ToArray();
        using (var store = new ContentStore(bench.Cache))
            store.Put(unused);
        bench.ObjectFiles(Digest.Of(unused)).ToList().ForEach(path => StoreFixture.Flip(path, keepTime: true));
        File.Delete(Path.Combine(bench.Cache, "scrubbed"));
        await bench.BuildAsync(Nodes, "b");
        Assert.False(File.Exists(Path.Combine(bench.Cache, "scrubbed")));

        // A short build may be over before its share was looked at; what it was at goes on in the next.
        for (var i = 2; i < 50 && bench.ObjectFiles(Digest.Of(unused)).Count > 0; i++)
        {
            bench.Write("in.txt", $"{i}");
            await bench.BuildAsync(Nodes, "b");
        }

        Assert.Contains($"Damaged content [`{Digest.Of(unused).Prefix}`] was found in the cache and removed, with 0 results that were made of it", Assert.Single(bench.Events.OfType<BuildEvent.Notice>()).Message, StringComparison.Ordinal);
    }
}
