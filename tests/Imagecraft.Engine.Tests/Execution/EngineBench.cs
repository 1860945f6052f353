// A workspace, a cache and an engine in a temporary folder, with a few small functions to build graphs from.

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Graph;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Execution;

sealed class EngineBench : IDisposable
{
    readonly string root;

    public EngineBench(string? folder = null)
    {
        root = folder ?? Directory.CreateTempSubdirectory("engine-").FullName;
        Directory.CreateDirectory(Workspace);
        Options = new EngineOptions { CacheRoot = Cache, WorkspaceRoot = Workspace, Cpus = 2 };
        Functions =
        [
            new TestFunction("join", async (context, token) =>
            {
                var text = new StringBuilder(context.Parameters.GetValueOrDefault("text", ""));
                foreach (var input in context.Inputs)
                    text.Append(input.Value.Kind == OutputKind.File ? await File.ReadAllTextAsync(await context.FileAsync(input, token), token) : "");
                await WriteAsync(context, text.ToString(), token);
            }),
            new TestFunction("length", async (context, token) =>
            {
                var text = await File.ReadAllTextAsync(await context.FileAsync(context.Inputs[0], token), token);
                await WriteAsync(context, $"{text.Length}", token);
            }),
            new TestFunction("nothing", (_, _) => Task.CompletedTask),
            new TestFunction("fail", (context, _) =>
            {
                context.Log("about to fail");
                throw new ActionFailedException(context.Parameters["message"]);
            }),
            new TestFunction("break", (_, _) => throw new InvalidOperationException("a bug")),
            new TestFunction("sleep", (_, token) => Task.Delay(Timeout.Infinite, token)),
        ];
    }

    EngineBench(EngineBench of, EngineOptions options)
    {
        root = of.root;
        Options = options;
        Functions = of.Functions;
        Fetcher = of.Fetcher;
    }

    public EngineOptions Options { get; set; }

    public List<IBuiltIn> Functions { get; set; }

    public TestFetcher Fetcher { get; } = new();

    public List<BuildEvent> Events { get; } = [];

    public string Workspace => Path.Combine(root, "workspace");

    public string Cache => Path.Combine(root, "cache");

    public static ActionId Id(string name) => new(name);

    public static ActionNode Node(string id, string function, params (string Name, InputSource Source)[] inputs) => new()
    {
        Id = Id(id),
        Work = new ActionWork.BuiltIn(function, ImmutableSortedDictionary<string, string>.Empty),
        Inputs = [.. inputs.Select(i => new InputEdge("/" + i.Name, i.Source, $"{id} reads {i.Name}"))],
        Outputs = [new OutputSpec("text", "text", OutputKind.File)],
    };

    /// <summary>An action whose one output is the tree <c>tree</c>; its parameter <c>name</c> is its id.</summary>
    public static ActionNode TreeNode(string id, string function, params (string Name, InputSource Source)[] inputs) => Node(id, function, inputs) with
    {
        Work = new ActionWork.BuiltIn(function, ImmutableSortedDictionary<string, string>.Empty.Add("name", id)),
        Outputs = [new OutputSpec("tree", "tree", OutputKind.Tree)],
    };

    public static InputSource TreeFrom(string id) => new InputSource.OutputOf(Id(id), "tree");

    public static InputSource From(string id) => new InputSource.OutputOf(Id(id), "text");

    public static InputSource Text(string text) => new InputSource.Inline(text);

    public static InputSource Local(string path) => new InputSource.Local(path, []);

    public string Write(string path, string text)
    {
        var full = Path.Combine(Workspace, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    /// <summary>The same folders and functions under other options.</summary>
    public EngineBench With(Func<EngineOptions, EngineOptions> change) => new(this, change(Options));

    public async Task<BuildResult> BuildAsync(IEnumerable<ActionNode> nodes, params string[] goals)
    {
        Events.Clear();
        using var engine = new BuildEngine(Options, Functions, Fetcher);
        return await engine.RunAsync(ActionGraph.Create(nodes), [.. goals.Select(Id)], Events.Add);
    }

    public string ReadText(BuildResult result, string id)
    {
        using var store = new ContentStore(Cache);
        return Encoding.UTF8.GetString(store.Read(result.Output(Id(id), "text").Digest));
    }

    public static string ReasonOf(BuildResult result, string id) => Assert.IsType<ActionOutcome.Executed>(result.Outcomes[Id(id)]).Reason;

    public IReadOnlyList<string> Ran => [.. Events.OfType<BuildEvent.ActionStarted>().Select(e => e.Id.Value)];

    /// <summary>The files of an object: as it is, and as a program.</summary>
    public IReadOnlyList<string> ObjectFiles(Digest digest) => [.. Directory.EnumerateFiles(Path.Combine(Cache, "objects"), digest.Hash + "*", SearchOption.AllDirectories)];

    /// <summary>Removes all materialized trees, so that content is read from objects.</summary>
    public void EmptyTrees()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.Combine(Cache, "trees")))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>Removes an object from the cache behind the engine's back.</summary>
    public void Lose(Digest digest)
    {
        var removed = Directory.EnumerateFiles(Path.Combine(Cache, "objects"), digest.Hash + "*", SearchOption.AllDirectories).ToList();
        Assert.NotEmpty(removed);
        removed.ForEach(File.Delete);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    /// <summary>Functions on trees: <c>unpack</c> writes one, <c>merge</c> lays them over each other, <c>read</c> gives the text of all their files.</summary>
    public static IReadOnlyList<IBuiltIn> TreeFunctions { get; } =
    [
        new TestFunction("unpack", async (context, token) =>
        {
            // A folder with some files, one of them a program, whose contents follow from the inputs.
            var folder = Path.Combine(context.Scratch, "tree");
            Directory.CreateDirectory(Path.Combine(folder, "sub"));
            var text = context.Parameters.GetValueOrDefault("text", "");
            foreach (var input in context.Inputs)
                text += await File.ReadAllTextAsync(await context.FileAsync(input, token), token);
            foreach (var name in new[] { "a", "sub/b", "sub/c" })
                await File.WriteAllTextAsync(Path.Combine(folder, $"{name}-{context.Parameters["name"]}"), $"{name} of {text}\n", token);
            File.SetUnixFileMode(Path.Combine(folder, $"a-{context.Parameters["name"]}"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await context.OutputTreeAsync("tree", folder, token);
        }),
        // Works on nodes alone, as packages are merged: it never looks at a file.
        new TestFunction("merge", (context, _) =>
        {
            context.Output("tree", new OutputValue(TreeMerge.Merge(context.Store, context.Inputs.Select(i => ("/", i.Value))), OutputKind.Tree));
            return Task.CompletedTask;
        }),
        new TestFunction("read", async (context, token) =>
        {
            var text = new StringBuilder();
            foreach (var input in context.Inputs)
            {
                if (input.Value.Kind == OutputKind.File)
                {
                    text.Append(await File.ReadAllTextAsync(await context.FileAsync(input, token), token));
                    continue;
                }

                var folder = await context.Store.MaterializeAsync(input.Value.Digest, token);
                foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                    text.Append(Path.GetRelativePath(folder, path)).Append(": ").Append(await File.ReadAllTextAsync(path, token));
            }

            await WriteAsync(context, text.ToString(), token);
        }),
    ];

    static async Task WriteAsync(BuiltInContext context, string text, CancellationToken token)
    {
        var path = Path.Combine(context.Scratch, "text");
        await File.WriteAllTextAsync(path, text, token);
        await context.OutputFileAsync("text", path, executable: false, token);
    }
}

sealed class TestFunction(string name, Func<BuiltInContext, CancellationToken, Task> run, string identity = "1") : IBuiltIn
{
    public string Name => name;

    public string Identity => identity;

    public Task RunAsync(BuiltInContext context, CancellationToken cancellationToken) => run(context, cancellationToken);
}

sealed class TestFetcher : IFetcher
{
    public ConcurrentDictionary<string, string> Content { get; } = new();

    public ConcurrentQueue<string> Fetched { get; } = new();

    public async Task FetchAsync(ActionWork.Fetch request, string destination, IProgress<(long Received, long? Total)>? progress, CancellationToken cancellationToken)
    {
        Fetched.Enqueue(request.FileName);
        if (!Content.TryGetValue(request.Places[0], out var text))
            throw new FetchFailedException($"`{request.FileName}`: none of [{string.Join(", ", request.Places)}] answered", userError: false);
        await File.WriteAllTextAsync(destination, text, cancellationToken);
        progress?.Report((text.Length, text.Length));
    }

    public async Task FetchCommitAsync(ActionWork.FetchCommit request, FetchTools tools, string destination, IProgress<(long Received, long? Total)>? progress, CancellationToken cancellationToken)
    {
        Fetched.Enqueue(request.FileName);
        if (!Directory.Exists(tools.Root) || !Content.TryGetValue(request.Places[0], out var text))
            throw new FetchFailedException($"`{request.FileName}`: none of [{string.Join(", ", request.Places)}] answered", userError: false);
        await File.WriteAllTextAsync(destination, text, cancellationToken);
    }
}
