// A workspace with a small graph, called as the command line calls it: a standing answer first, then a build, its delivery and the record. Unaware of who disturbs it.

using System.Collections.Immutable;
using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Execution.Memory;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Graph;
using Imagecraft.Engine.Store;
using Imagecraft.Engine.Tests.Execution;
using static Imagecraft.Engine.Tests.Execution.EngineBench;

namespace Imagecraft.Engine.Tests.Torture;

/// <summary>One workspace and its cache, removed with it.</summary>
sealed class TortureWorld : IDisposable
{
    /// <summary>How many different states the workspace's own file may have.</summary>
    public const int Salts = 6;

    const string Downloaded = "what is downloaded";
    readonly EngineBench bench;
    readonly bool keep;

    /// <param name="folder">Where it lies; made when absent.</param>
    /// <param name="pause">A pause within each action that writes, so that a kill meets it there.</param>
    /// <param name="keep">Leave the folder when it is disposed: it is another process's.</param>
    public TortureWorld(string folder, TimeSpan pause = default, bool keep = false)
    {
        this.keep = keep;
        bench = new EngineBench(folder);
        bench.Functions.AddRange(TreeFunctions);
        bench.Functions.Add(new TestFunction("slow", async (context, token) =>
        {
            var tree = Path.Combine(context.Scratch, "tree");
            Directory.CreateDirectory(tree);
            for (var i = 0; i < 12; i++)
            {
                await File.WriteAllTextAsync(Path.Combine(tree, $"{i}"), string.Concat(Enumerable.Repeat($"{i} {context.Inputs[0].Value.Digest.Prefix} ", 50 * i)), token);
                await Task.Delay(pause / 12, token);
            }

            await context.OutputTreeAsync("tree", tree, token);
        }));
        bench.Fetcher.Content["place"] = Downloaded;
        bench.Write("src/lib/one", "one of the workspace\n");
        bench.Write("src/lib/two", "two of the workspace\n");
    }

    public string Workspace => bench.Workspace;

    public string Cache => bench.Cache;

    public string State => Path.Combine(Workspace, ".imagecraft");

    public string Out => Path.Combine(Workspace, "out");

    public string Stamps => Path.Combine(State, "exports", "image");

    /// <summary>The identity of the machine's boot for calls from now on.</summary>
    public string Boot { get; set; } = SyncRecord.ThisBoot;

    /// <summary>All that was told by the last call.</summary>
    public List<BuildEvent> Events => bench.Events;

    /// <summary>Changes the workspace's own file, on which the last actions depend.</summary>
    public void Write(int salt) => bench.Write("salt", $"{salt}");

    /// <summary>One call. Null when it was answered by the standing record.</summary>
    /// <param name="stop">Ends it gently.</param>
    public Task<BuildResult?> CallAsync(CancellationToken stop) => CallAsync(_ => { }, stop);

    /// <summary>As the other, and each event is told to <paramref name="observe"/>.</summary>
    public async Task<BuildResult?> CallAsync(Action<BuildEvent> observe, CancellationToken stop)
    {
        Events.Clear();
        var standing = StandingBuild.Look(new(Path.Combine(State, "standing", "image"), "image", Workspace, ["salt", "src"], Cache, new LaterClock()) { Boot = Boot });
        if (standing.Answer is not null)
            return null;
        var graph = ActionGraph.Create(Nodes());
        BuildEngine? engine = null;
        using var opened = engine = new BuildEngine(bench.Options with { Boot = Boot, Deliver = (result, cancellation) => DeliverAsync(engine!.Store, result, cancellation) }, bench.Functions, bench.Fetcher);
        var result = await engine.RunAsync(graph, [Id("image"), Id("tree-reader")], e =>
        {
            Events.Add(e);
            observe(e);
        }, stop);
        if (result.Succeeded)
            standing.Keep(graph, new StandingAnswer(graph.Nodes.Count, [Stamps], []));
        return result;
    }

    /// <summary>What lies in the folder of artifacts: one line a file, name and SHA-256.</summary>
    public string Sums() => !Directory.Exists(Out) ? "" : string.Join('\n', Directory.EnumerateFiles(Out).Order(StringComparer.Ordinal).Select(path => $"{Path.GetFileName(path)} {Hashing.OfFile(path, CancellationToken.None).Hash}"));

    /// <summary>What an undisturbed call leaves for each state of the workspace's own file.</summary>
    public static async Task<ImmutableArray<string>> UndisturbedAsync(string folder)
    {
        var sums = ImmutableArray.CreateBuilder<string>();
        using var world = new TortureWorld(folder);
        for (var salt = 0; salt < Salts; salt++)
        {
            world.Write(salt);
            Assert.True((await world.CallAsync(TestContext.Current.CancellationToken))!.Succeeded);
            sums.Add(world.Sums());
        }

        Assert.Distinct(sums);
        return sums.ToImmutable();
    }

    /// <summary>The failures of a result in words.</summary>
    public static string Failures(BuildResult? result) => result is null ? "answered by the standing record" : string.Join('\n', result.Failures.Select(f => $"{f.Id}: {f.Failure.Message}"));

    public void Dispose()
    {
        if (!keep)
            bench.Dispose();
    }

    static ActionNode[] Nodes()
    {
        var hash = Digest.Of(Encoding.UTF8.GetBytes(Downloaded)).Hash;
        return
        [
            new ActionNode { Id = Id("fetch"), Work = new ActionWork.Fetch(hash, "file", ["place"]), Outputs = [new("file", "file", OutputKind.File)] },
            TreeNode("unpack", "unpack", ("file", new InputSource.OutputOf(Id("fetch"), "file"))),
            TreeNode("other", "unpack", ("text", Text("another"))),
            TreeNode("twin-1", "slow", ("text", Text("the same"))),
            TreeNode("twin-2", "slow", ("text", Text("the same"))) with { Work = new ActionWork.BuiltIn("slow", ImmutableSortedDictionary<string, string>.Empty.Add("name", "twin-1")) },
            TreeNode("import", "merge", ("src", Local("src"))),
            TreeNode("salted", "slow", ("salt", Local("salt"))),
            TreeNode("merge", "merge", ("1", TreeFrom("unpack")), ("2", TreeFrom("other")), ("3", TreeFrom("import"))),
            TreeNode("overlay", "merge", ("1", TreeFrom("merge")), ("2", TreeFrom("twin-2"))),
            Node("reader", "read", ("tree", TreeFrom("merge"))),
            Node("tree-reader", "read", ("tree", TreeFrom("overlay")), ("salted", TreeFrom("salted")), ("again", TreeFrom("twin-1"))),
            Node("image", "join", ("reader", From("reader")), ("file", new InputSource.OutputOf(Id("fetch"), "file")), ("salt", Local("salt"))),
        ];
    }

    async Task DeliverAsync(ContentStore store, BuildResult result, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Stamps)!);
        var items = new[] { "image", "tree-reader" }.Select(id => new ExportItem(result.Output(Id(id), "text").Digest, false, Path.Combine(Out, id)));
        await new Exporter(store, Stamps).ExportAsync([.. items], cancellationToken);
    }

    // An hour later than it is, so that files that were just written count as settled.
    sealed class LaterClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow.AddHours(1);
    }
}
