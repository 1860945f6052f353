using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;
using static Imagecraft.Engine.Tests.Execution.EngineBench;

namespace Imagecraft.Engine.Tests.Execution;

public sealed class FetchCommitTests : IDisposable
{
    const string Commit = "1111111111111111111111111111111111111111";

    readonly EngineBench bench = new();

    public FetchCommitTests()
    {
        bench.Options = bench.Options with { SandboxRoot = new InputSource.OutputOf(Id("sandbox"), "text") };
        bench.Fetcher.Content["git:https://example.org/a"] = "files";
        bench.Functions.Add(new TestFunction("tree", (context, _) =>
        {
            context.Output("text", new OutputValue(context.Store.PutDirectory(new Reapi.Directory()), OutputKind.Tree));
            return Task.CompletedTask;
        }));
    }

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task A_commit_is_fetched_once_whatever_its_places_and_whichever_git()
    {
        var first = await bench.BuildAsync(Graph("git:https://example.org/a", "1"), "b");
        Assert.Equal("files", bench.ReadText(first, "b"));
        Assert.Equal(["sandbox", "git", "fetch", "b"], bench.Ran.OrderBy(id => Array.IndexOf(["sandbox", "git", "fetch", "b"], id)));

        Directory.Delete(Path.Combine(bench.Workspace, ".imagecraft"), recursive: true);
        Assert.True((await bench.BuildAsync(Graph("git:https://example.net/elsewhere", "2"), "b")).Succeeded);
        Assert.Equal(["git"], bench.Ran);
        Assert.Single(bench.Fetcher.Fetched);
    }

    [Fact]
    public async Task The_hash_of_the_tar_counts_when_it_is_given()
    {
        Assert.True((await bench.BuildAsync(Graph("git:https://example.org/a", "1", Digest.Of("files"u8).Hash), "b")).Succeeded);

        var wrong = await bench.BuildAsync(Graph("git:https://example.org/a", "1", Digest.Of("other"u8).Hash), "b");
        Assert.StartsWith("`a` has SHA-256", Assert.Single(wrong.Failures).Failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, wrong.ExitCode);
    }

    [Fact]
    public async Task Offline_it_names_the_verb_that_fetches()
    {
        bench.Options = bench.Options with { Offline = true };

        var result = await bench.BuildAsync(Graph("git:https://example.org/a", "1"), "b");

        Assert.Contains("`./build.sh fetch`", Assert.Single(result.Failures).Failure.Message, StringComparison.Ordinal);
    }

    static IEnumerable<ActionNode> Graph(string place, string git, string? sha256 = null) =>
    [
        Tree("sandbox", "s"),
        Tree("git", git),
        new ActionNode
        {
            Id = Id("fetch"),
            Work = new ActionWork.FetchCommit(Commit, sha256, "a", [place]),
            Inputs = [new InputEdge("/", From("git"), "git")],
            Outputs = [new OutputSpec("file", "file", OutputKind.File)],
        },
        Node("b", "join", ("a", new InputSource.OutputOf(Id("fetch"), "file"))),
    ];

    static ActionNode Tree(string id, string version) => Node(id, "tree", ("version", Text(version))) with { Outputs = [new OutputSpec("text", "text", OutputKind.Tree)] };
}
