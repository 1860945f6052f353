// An engine with real tool roots, shared by the tests of a class: the roots are imported once.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Graph;
using Imagecraft.Engine.Tests.Execution;
using static Imagecraft.Engine.Tests.Execution.EngineBench;

namespace Imagecraft.Engine.Tests.Sandbox;

public sealed class SandboxFixture : IAsyncLifetime
{
    internal EngineBench Bench { get => field ??= new(); init; }

    internal ActionNode[] Roots { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        var roots = await TestToolRoot.GetAsync();
        Roots = [Import("toolroot:sandbox", roots.Bubblewrap), Import("toolroot:tools", roots.Tools)];
        Bench.Functions.Add(new TestFunction("import", (context, _) =>
        {
            context.Output("tree", context.Inputs[0].Value);
            return Task.CompletedTask;
        }));
        Bench.Options = Bench.Options with { SandboxRoot = new InputSource.OutputOf(Id("toolroot:sandbox"), "tree") };
    }

    public ValueTask DisposeAsync()
    {
        Bench.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The same cache and workspace under other options; those of the tests beside stay as they are.</summary>
    internal SandboxFixture With(Func<EngineOptions, EngineOptions> change) => new() { Bench = Bench.With(change), Roots = Roots };

    /// <summary>An action that runs a shell script and gives what it wrote to <c>/out/text</c>.</summary>
    internal static ActionNode Shell(string id, string script, params InputEdge[] inputs) => new()
    {
        Id = Id(id),
        Work = new ActionWork.Process { Arguments = ["/bin/bash", "-euc", script] },
        Inputs = [new InputEdge("/", new InputSource.OutputOf(Id("toolroot:tools"), "tree"), "the tools"), .. inputs],
        Outputs = [new OutputSpec("text", "/out/text", OutputKind.File)],
    };

    internal Task<BuildResult> BuildAsync(params ActionNode[] nodes) => Bench.BuildAsync([.. Roots, .. nodes], [.. nodes.Select(n => n.Id.Value)]);

    /// <summary>What the script wrote; fails with the log when it failed.</summary>
    internal async Task<string> TextOfAsync(ActionNode node, params ActionNode[] others)
    {
        var result = await BuildAsync([node, .. others]);
        Assert.True(result.Succeeded, string.Join('\n', result.Failures.SelectMany(f => f.Failure.LastLines.Prepend(f.Failure.Message))));
        return Bench.ReadText(result, node.Id.Value).TrimEnd('\n');
    }

    /// <summary>Builds it and stops the build when its log has <c>ready</c>; the processes get a minute, or no time at all.</summary>
    internal async Task<BuildResult> StoppedAsync(ActionNode node, bool hard)
    {
        using var stop = new CancellationTokenSource();
        using var kill = new CancellationTokenSource();
        using var engine = new BuildEngine(Bench.Options with { Grace = TimeSpan.FromMinutes(1) }, Bench.Functions, Bench.Fetcher);
        var log = Path.Combine(Bench.Workspace, ".imagecraft/logs", node.Id.Value + ".log");
        // That of an earlier run may have the word.
        if (File.Exists(log))
            File.Delete(log);
        var build = engine.RunAsync(ActionGraph.Create([.. Roots, node]), [node.Id], _ => { }, stop.Token, kill.Token);
        while (!build.IsCompleted && !(File.Exists(log) && File.ReadAllText(log).Contains("ready", StringComparison.Ordinal)))
            await Task.Delay(20, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        if (hard)
            await kill.CancelAsync();
        return await build.WaitAsync(TimeSpan.FromSeconds(50), TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until no process has <paramref name="words"/> on its command line: those of a killed sandbox end a moment after it.</summary>
    internal static async Task NoneRunsAsync(string words)
    {
        string[] Running() => [.. Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])).Select(Found).OfType<string>()];

        string? Found(string folder)
        {
            try
            {
                var line = File.ReadAllText(Path.Combine(folder, "cmdline"));
                return line.Contains(words, StringComparison.Ordinal) ? $"{line.Replace('\0', ' ')}\n{File.ReadAllText(Path.Combine(folder, "status"))}" : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }

        // A busy machine may take long to end them.
        for (var i = 0; i < 3000 && Running().Length > 0; i++)
            await Task.Delay(20);
        Assert.Equal([], Running());
    }

    static ActionNode Import(string id, string folder) => new()
    {
        Id = Id(id),
        Work = new ActionWork.BuiltIn("import", ImmutableSortedDictionary<string, string>.Empty),
        Inputs = [new InputEdge("/root", new InputSource.Local(folder, []), "an unpacked tool root")],
        Outputs = [new OutputSpec("tree", "tree", OutputKind.Tree)],
    };
}
