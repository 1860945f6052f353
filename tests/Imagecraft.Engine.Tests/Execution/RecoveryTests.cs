// Content that vanished from the cache or was damaged there is made again, and the build goes on.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Store;
using static Imagecraft.Engine.Tests.Execution.EngineBench;

namespace Imagecraft.Engine.Tests.Execution;

public sealed class RecoveryTests : IDisposable
{
    readonly EngineBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task A_lost_input_is_made_again_by_its_producer()
    {
        ActionNode[] Nodes(string extra) => [Node("a", "join", ("x", Text("one"))), Node("b", "join", ("a", From("a")), ("y", Text(extra)))];
        var first = await bench.BuildAsync(Nodes("1"), "b");
        bench.Lose(first.Output(Id("a"), "text").Digest);
        var second = await bench.BuildAsync(Nodes("2"), "b");
        Assert.Equal("one2", bench.ReadText(second, "b"));
        Assert.Equal("its output `text` is missing from the cache or damaged there", ReasonOf(second, "a"));
        Assert.Contains(bench.Events, e => e is BuildEvent.Notice { Message: "`a` runs again: its output `text` is missing from the cache or damaged there" });
    }

    [Fact]
    public async Task A_whole_chain_of_lost_content_is_made_again()
    {
        ActionNode[] Nodes(string extra) => [Node("a", "join", ("x", Text("one"))), Node("b", "join", ("a", From("a")), ("y", Text("-"))), Node("c", "join", ("b", From("b")), ("y", Text(extra)))];
        var first = await bench.BuildAsync(Nodes("1"), "c");
        bench.Lose(first.Output(Id("a"), "text").Digest);
        bench.Lose(first.Output(Id("b"), "text").Digest);
        var second = await bench.BuildAsync(Nodes("2"), "c");
        Assert.Equal("one-2", bench.ReadText(second, "c"));
    }

    [Fact]
    public async Task Nothing_is_looked_for_that_nobody_reads()
    {
        ActionNode[] nodes = [Node("a", "join", ("x", Text("one"))), Node("b", "join", ("a", From("a")))];
        var first = await bench.BuildAsync(nodes, "b");
        bench.Lose(first.Output(Id("a"), "text").Digest);
        await bench.BuildAsync(nodes, "b");
        Assert.Empty(bench.Ran);
    }

    [Fact]
    public async Task A_lost_text_of_the_plan_is_written_again()
    {
        ActionNode[] Nodes(string extra) => [Node("a", "join", ("x", Text("one")), ("y", Text(extra)))];
        await bench.BuildAsync(Nodes("1"), "a");
        bench.Lose(Digest.Of("one"u8));
        Assert.Equal("one2", bench.ReadText(await bench.BuildAsync(Nodes("2"), "a"), "a"));
    }

    [Fact]
    public async Task A_goal_that_cannot_be_delivered_is_made_again()
    {
        ActionNode[] nodes = [Node("a", "join", ("x", Text("one")))];
        var first = await bench.BuildAsync(nodes, "a");
        var digest = first.Output(Id("a"), "text").Digest;
        bench.Lose(digest);
        var delivered = new List<string>();
        bench.Options = bench.Options with
        {
            Deliver = (result, _) =>
            {
                using var store = new ContentStore(bench.Cache);
                delivered.Add(System.Text.Encoding.UTF8.GetString(store.Get(result.Output(Id("a"), "text").Digest)));
                return Task.CompletedTask;
            },
        };
        var second = await bench.BuildAsync(nodes, "a");
        Assert.True(second.Succeeded);
        Assert.Equal(["one"], delivered);
        Assert.Equal(["a"], bench.Ran);
    }

    [Fact]
    public async Task A_damaged_input_is_noticed_and_made_again()
    {
        ActionNode[] Nodes(string extra) => [Node("a", "join", ("x", Text("one"))), Node("b", "join", ("a", From("a")), ("y", Text(extra)))];
        var first = await bench.BuildAsync(Nodes("1"), "b");
        var digest = first.Output(Id("a"), "text").Digest;
        foreach (var path in Directory.EnumerateFiles(Path.Combine(bench.Cache, "objects"), digest.Hash + "*", SearchOption.AllDirectories))
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.WriteAllText(path, "two");
        }

        Assert.Equal("one2", bench.ReadText(await bench.BuildAsync(Nodes("2"), "b"), "b"));
        Assert.Equal(["a", "b"], bench.Ran.Where(r => r == "a").Append("b"));
    }
}
