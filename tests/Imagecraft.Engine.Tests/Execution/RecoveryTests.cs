// Content that vanished from the cache or was damaged there is made again, and the build goes on.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Store;
using Imagecraft.Engine.Tests.Store;
using static Imagecraft.Engine.Tests.Execution.EngineBench;

namespace Imagecraft.Engine.Tests.Execution;

public sealed class RecoveryTests : IDisposable
{
    readonly EngineBench bench = new();

    public RecoveryTests() => bench.Functions.AddRange(TreeFunctions);

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
                delivered.Add(System.Text.Encoding.UTF8.GetString(store.Read(result.Output(Id("a"), "text").Digest)));
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

    // unpack -> merge -> merge -> read: the merges hand on what the first one made, and never look at it.
    static ActionNode[] HandedOn(string extra) =>
    [
        TreeNode("unpack", "unpack", ("x", Text("one"))),
        TreeNode("other", "unpack", ("x", Text("two"))),
        TreeNode("merge", "merge", ("1", TreeFrom("unpack")), ("2", TreeFrom("other"))),
        TreeNode("overlay", "merge", ("1", TreeFrom("merge"))),
        Node("reader", "read", ("tree", TreeFrom("overlay")), ("y", Text(extra))),
    ];

    static readonly string[] _handedOn = ["a of one\n", "sub/b of one\n", "sub/c of one\n"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Damage_behind_actions_that_only_hand_on_is_made_again_by_who_made_it(bool keepTime)
    {
        var undisturbed = bench.ReadText(await bench.BuildAsync(HandedOn("1"), "reader"), "reader");
        bench.EmptyTrees();
        foreach (var path in bench.ObjectFiles(Digest.Of("sub/b of one\n"u8)))
            StoreFixture.Flip(path, keepTime);
        var second = await bench.BuildAsync(HandedOn("2"), "reader");
        Assert.Equal(undisturbed[..^1] + "2", bench.ReadText(second, "reader"));
        Assert.Equal(["reader", "unpack", "reader"], bench.Ran);
        Assert.Equal("its output `tree` is missing from the cache or damaged there", ReasonOf(second, "unpack"));
        Assert.Equal((2, 3), (bench.Events.OfType<BuildEvent.BuildEnded>().Single().Executed, bench.Events.OfType<BuildEvent.BuildEnded>().Single().Cached));
    }

    [Fact]
    public async Task All_that_is_lost_is_made_again_in_one_round_whoever_made_it()
    {
        await bench.BuildAsync(HandedOn("1"), "reader");
        bench.EmptyTrees();
        foreach (var text in _handedOn.Concat(["a of two\n", "sub/c of two\n"]))
            bench.Lose(Digest.Of(System.Text.Encoding.UTF8.GetBytes(text)));
        var second = await bench.BuildAsync(HandedOn("2"), "reader");
        Assert.True(second.Succeeded);
        Assert.Equal(["other", "reader", "reader", "unpack"], bench.Ran.Order());
    }

    [Fact]
    public async Task Nodes_and_files_that_are_lost_at_every_level_are_made_again_in_one_call()
    {
        var undisturbed = bench.ReadText(await bench.BuildAsync(HandedOn("1"), "reader"), "reader");
        bench.EmptyTrees();
        // All but the reader's own output.
        foreach (var path in Directory.EnumerateFiles(Path.Combine(bench.Cache, "objects"), "*", SearchOption.AllDirectories))
            File.Delete(path);
        var second = await bench.BuildAsync(HandedOn("2"), "reader");
        Assert.True(second.Succeeded, string.Join('\n', second.Failures.Select(f => $"{f.Id}: {f.Failure.Message}")));
        Assert.Equal(undisturbed[..^1] + "2", bench.ReadText(second, "reader"));
    }

    [Fact]
    public async Task Lost_files_of_the_workspace_come_back_through_actions_that_hand_them_on()
    {
        bench.Write("src/file", "from the workspace");
        bench.Write("src/more/file", "more");
        ActionNode[] Nodes(string extra) =>
        [
            TreeNode("import", "merge", ("src", Local("src"))),
            TreeNode("overlay", "merge", ("1", TreeFrom("import"))),
            Node("reader", "read", ("tree", TreeFrom("overlay")), ("y", Text(extra))),
        ];
        Assert.Equal("file: from the workspacemore/file: more1", bench.ReadText(await bench.BuildAsync(Nodes("1"), "reader"), "reader"));
        foreach (var everything in new[] { false, true })
        {
            bench.EmptyTrees();
            if (everything)
                Directory.EnumerateFiles(Path.Combine(bench.Cache, "objects"), "*", SearchOption.AllDirectories).ToList().ForEach(File.Delete);
            else
                bench.Lose(Digest.Of("from the workspace"u8));
            var extra = everything ? "3" : "2";
            Assert.Equal("file: from the workspacemore/file: more" + extra, bench.ReadText(await bench.BuildAsync(Nodes(extra), "reader"), "reader"));
        }
    }

    [Fact]
    public async Task A_reader_of_many_lost_files_is_put_back_once()
    {
        var sources = Enumerable.Range(0, 12).Select(i => Node($"a{i}", "join", ("x", Text($"text {i}")))).ToList();
        ActionNode[] Nodes(string extra) => [.. sources, Node("reader", "join", [.. sources.Select(s => (s.Id.Value, From(s.Id.Value))), ("y", Text(extra))])];
        var undisturbed = bench.ReadText(await bench.BuildAsync(Nodes("1"), "reader"), "reader");
        for (var i = 0; i < 12; i++)
            bench.ObjectFiles(Digest.Of(System.Text.Encoding.UTF8.GetBytes($"text {i}"))).ToList().ForEach(path => StoreFixture.Flip(path, keepTime: true));
        Assert.Equal(undisturbed[..^1] + "2", bench.ReadText(await bench.BuildAsync(Nodes("2"), "reader"), "reader"));
        Assert.Equal(2, bench.Ran.Count(r => r == "reader"));
    }

    [Fact]
    public async Task A_lost_goal_that_was_only_handed_on_is_made_again_for_its_delivery()
    {
        ActionNode[] nodes = [Node("a", "join", ("x", Text("one"))), Node("b", "hand-on", ("a", From("a")))];
        bench.Functions.Add(new TestFunction("hand-on", (context, _) =>
        {
            context.Output("text", context.Inputs[0].Value);
            return Task.CompletedTask;
        }));
        var digest = (await bench.BuildAsync(nodes, "b")).Output(Id("b"), "text").Digest;
        bench.Lose(digest);
        var delivered = 0;
        bench.Options = bench.Options with
        {
            Deliver = (result, _) =>
            {
                using var store = new ContentStore(bench.Cache);
                delivered += store.Read(result.Output(Id("b"), "text").Digest).Length;
                return Task.CompletedTask;
            },
        };
        Assert.True((await bench.BuildAsync(nodes, "b")).Succeeded);
        Assert.Equal((3, "a"), (delivered, Assert.Single(bench.Ran)));
    }

    [Fact]
    public async Task What_verification_dropped_is_forgotten_by_the_workspace()
    {
        await bench.BuildAsync(HandedOn("1"), "reader");
        bench.ObjectFiles(Digest.Of("sub/b of one\n"u8)).ToList().ForEach(path => StoreFixture.Flip(path, keepTime: true));
        using (var store = new ContentStore(bench.Cache))
        {
            var report = await new CacheMaintenance(store).VerifyAsync(TestContext.Current.CancellationToken);
            Assert.Equal((1, 4), (report.Damaged.Length, report.ResultsRemoved));
        }

        var second = await bench.BuildAsync(HandedOn("1"), "reader");
        Assert.Equal(["merge", "overlay", "reader", "unpack"], bench.Ran.Order());
        Assert.All(new[] { "merge", "overlay", "reader", "unpack" }, id => Assert.Equal("its result is no longer in the cache", ReasonOf(second, id)));
        Assert.DoesNotContain(bench.Events, e => e is BuildEvent.Notice);
    }

    [Fact]
    public async Task A_tree_that_shares_a_damaged_file_is_never_read_again()
    {
        // Both readers have a materialized tree with the file; only one of the trees is made anew and so hashed.
        ActionNode[] Nodes(string extra) =>
        [
            TreeNode("unpack", "unpack", ("x", Text("one"))),
            TreeNode("other", "unpack", ("x", Text("two"))),
            TreeNode("both", "merge", ("1", TreeFrom("unpack")), ("2", TreeFrom("other"))),
            Node("first", "read", ("tree", TreeFrom("unpack")), ("y", Text(extra))),
            Node("second", "read", ("tree", TreeFrom("both")), ("before", From("first"))),
        ];
        var one = await bench.BuildAsync(Nodes("1"), "second");
        var (undisturbed, tree) = (bench.ReadText(one, "second"), one.Output(Id("unpack"), "tree").Digest.Hash);
        Directory.Delete(Path.Combine(bench.Cache, "trees", tree[..2], tree), recursive: true);
        bench.ObjectFiles(Digest.Of("sub/b of one\n"u8)).ToList().ForEach(path => StoreFixture.Flip(path, keepTime: true));
        var two = await bench.BuildAsync(Nodes("2"), "second");
        Assert.Equal(undisturbed[..^1] + "2", bench.ReadText(two, "second"));
    }

    [Fact]
    public async Task Rot_that_was_read_takes_the_results_with_it_that_were_made_of_it()
    {
        bench.Options = bench.Options with { ScrubBytes = 0 };
        var undisturbed = bench.ReadText(await bench.BuildAsync(HandedOn("1"), "reader"), "reader");
        // The tree is there and fits by stat, so the reader of another extra text reads what rotted.
        bench.ObjectFiles(Digest.Of("sub/b of one\n"u8)).ToList().ForEach(path => StoreFixture.Flip(path, keepTime: true));
        Assert.NotEqual(undisturbed[..^1] + "2", bench.ReadText(await bench.BuildAsync(HandedOn("2"), "reader"), "reader"));
        using (var store = new ContentStore(bench.Cache))
            Assert.Single((await new CacheMaintenance(store).VerifyAsync(TestContext.Current.CancellationToken)).Damaged);
        Assert.Equal(undisturbed[..^1] + "2", bench.ReadText(await bench.BuildAsync(HandedOn("2"), "reader"), "reader"));
    }
}
