// A machine of its own: an empty cache, an empty workspace, and an engine that may ask elsewhere.

using System.Collections.Immutable;
using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Graph;
using Imagecraft.Engine.Remote;
using Imagecraft.Engine.Store;

namespace Imagecraft.Remote.Tests;

sealed class Machine : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("machine-").FullName;

    public Machine()
    {
        Directory.CreateDirectory(Path.Combine(root, "workspace"));
        Options = new EngineOptions { CacheRoot = Path.Combine(root, "cache"), WorkspaceRoot = Path.Combine(root, "workspace"), Cpus = 2, SandboxRoot = new InputSource.OutputOf(Id("sandbox"), "tree") };
    }

    public EngineOptions Options { get; set; }

    public List<BuildEvent> Events { get; } = [];

    public CancellationTokenSource Stop { get; } = new();

    public IReadOnlyList<string> Notices => [.. Events.OfType<BuildEvent.Notice>().Select(notice => notice.Message)];

    public static ActionId Id(string name) => new(name);

    /// <summary>One that gives its results away, and has actions run elsewhere when <paramref name="executes"/>.</summary>
    public static Machine At(Uri uri, bool executes = false, bool upload = true)
    {
        var address = new RemoteAddress { Uri = uri };
        var machine = new Machine();
        machine.Options = machine.Options with
        {
            Remote = new RemoteOptions(address.Open, upload),
            Executor = executes ? new ExecutorOptions(() => new GrpcExecutor(address), 4) : null,
        };
        return machine;
    }

    /// <summary>Runs a script of busybox' shell; its output is the folder <c>/out/tree</c>.</summary>
    public static ActionNode Shell(string id, string script, params InputEdge[] inputs) => new()
    {
        Id = Id(id),
        Work = new ActionWork.Process { Arguments = ["/bin/busybox", "sh", "-euc", "export PATH=/bin; " + script] },
        Inputs = [new InputEdge("/", new InputSource.OutputOf(Id("applets"), "tree"), "the tools"), .. inputs],
        Outputs = [new OutputSpec("tree", "/out/tree", OutputKind.Tree)],
    };

    public static InputEdge From(string mount, string id) => new(mount, new InputSource.OutputOf(Id(id), "tree"), "what was made");

    public Task<BuildResult> BuildAsync(params ActionNode[] nodes) => BuildAsync(between: [], nodes);

    async Task<BuildResult> BuildAsync(ActionNode[] between, ActionNode[] nodes)
    {
        Events.Clear();
        using var engine = new BuildEngine(Options, [new Import()], new NoFetcher());
        ActionNode[] all = [Imported("sandbox", Root("TOOLROOT") + "/sandbox"), Imported("applets", Root("APPLETS")), .. between, .. nodes];
        return await engine.RunAsync(ActionGraph.Create(all), [.. nodes.Select(node => node.Id)], Events.Add, Stop.Token);
    }

    public Task<BuildResult> BuiltAsync(params ActionNode[] nodes) => BuiltAsync([], nodes);

    /// <summary>Builds <paramref name="nodes"/>, and <paramref name="between"/> as far as they are needed.</summary>
    public async Task<BuildResult> BuiltAsync(ActionNode[] between, params ActionNode[] nodes)
    {
        var result = await BuildAsync(between, nodes);
        Assert.True(result.Succeeded, string.Join('\n', result.Failures.Select(failure => $"{failure.Failure.Message}\n{string.Join('\n', failure.Failure.LastLines)}")) + string.Join('\n', Notices));
        return result;
    }

    /// <summary>Where an action ran; null: here, or nowhere.</summary>
    public static string? RanAt(BuildResult result, string id) => (result.Outcomes[Id(id)] as ActionOutcome.Executed)?.At;

    public string Text(BuildResult result, string id, string path)
    {
        using var store = new ContentStore(Options.CacheRoot);
        return Encoding.UTF8.GetString(new StoredTree(store, result.Output(Id(id), "tree").Digest).Read(path) ?? throw new InvalidOperationException($"`{id}` has no file `{path}`"));
    }

    public bool Has(Digest digest)
    {
        using var store = new ContentStore(Options.CacheRoot);
        return store.Has(digest);
    }

    public void Dispose()
    {
        Stop.Dispose();
        Directory.Delete(root, recursive: true);
    }

    static ActionNode Imported(string id, string folder) => new()
    {
        Id = Id(id),
        Work = new ActionWork.BuiltIn("import", ImmutableSortedDictionary<string, string>.Empty),
        Inputs = [new InputEdge("/root", new InputSource.Local(folder, []), "an unpacked tool root")],
        Outputs = [new OutputSpec("tree", "tree", OutputKind.Tree)],
    };

    static string Root(string name) => Environment.GetEnvironmentVariable($"IMAGECRAFT_TEST_{name}") is { Length: > 0 } set
        ? set
        : throw new InvalidOperationException($"`IMAGECRAFT_TEST_{name}` is not set; run the tests by `./build.sh test`");

    sealed class Import : IBuiltIn
    {
        public string Name => "import";

        public string Identity => "1";

        public Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
        {
            context.Output("tree", context.Inputs[0].Value);
            return Task.CompletedTask;
        }
    }

    sealed class NoFetcher : IFetcher
    {
        public Task FetchAsync(ActionWork.Fetch request, string destination, IProgress<(long Received, long? Total)>? progress, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task FetchCommitAsync(ActionWork.FetchCommit request, FetchTools tools, string destination, IProgress<(long Received, long? Total)>? progress, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
