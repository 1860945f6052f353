// How long the engine needs to find that 10,000 actions are up to date. Unaware of what they do.

using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Graph;

namespace Imagecraft.Benchmarks;

/// <summary>Layers of 100 actions; each reads three of the layer before.</summary>
public static class WalkBenchmark
{
    private const int Actions = 10_000;
    private const int Width = 100;

    /// <summary>Builds once, then median of ten new processes.</summary>
    public static async Task<Row> RunAsync(string _)
    {
        var folder = Directory.CreateTempSubdirectory("imagecraft-walk").FullName;
        try
        {
            await Checkout.SelfAsync("walk-once", folder);
            var seconds = new List<double>();
            for (var i = 0; i < 10; i++)
                seconds.AddRange(await Checkout.SelfAsync("walk-once", folder));
            return new Row($"walk {Actions:N0} up-to-date actions, in a new process", "0.5 s", Row.MedianOf(seconds), Row.Spread(seconds));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>One build in this process; prints its seconds.</summary>
    public static async Task<int> MeasureAsync(string folder)
    {
        var graph = ActionGraph.Create(Enumerable.Range(0, Actions).Select(Node));
        ActionId[] goals = [.. Enumerable.Range(Actions - Width, Width).Select(Id)];
        var clock = Stopwatch.StartNew();
        using var engine = new BuildEngine(new EngineOptions { CacheRoot = Path.Combine(folder, "cache"), WorkspaceRoot = Path.Combine(folder, "workspace") }, [new Copy()], new NoFetcher());
        var result = await engine.RunAsync(graph, goals, _ => { });
        Console.WriteLine(clock.Elapsed.TotalSeconds.ToString("0.000000", CultureInfo.InvariantCulture));
        return result.ExitCode;
    }

    private static ActionId Id(int number) => new($"action-{number}");

    private static ActionNode Node(int number) => new()
    {
        Id = Id(number),
        Work = new ActionWork.BuiltIn("copy", ImmutableSortedDictionary<string, string>.Empty.Add("number", $"{number}")),
        Inputs = number < Width
            ? [new InputEdge("/text", new InputSource.Inline($"start {number}"), "it begins here")]
            : [.. new[] { 0, 1, 7 }.Select(i => new InputEdge($"/{i}", new InputSource.OutputOf(Id(((number / Width) - 1) * Width + ((number + i) % Width)), "text"), "layers follow each other"))],
        Outputs = [new OutputSpec("text", "text", OutputKind.File)],
    };

    private sealed class Copy : IBuiltIn
    {
        public string Name => "copy";

        public string Identity => "1";

        public async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
        {
            var path = Path.Combine(context.Scratch, "text");
            await File.WriteAllTextAsync(path, context.Parameters["number"], cancellationToken);
            await context.OutputFileAsync("text", path, executable: false, cancellationToken);
        }
    }

    private sealed class NoFetcher : IFetcher
    {
        public Task FetchAsync(ActionWork.Fetch request, string destination, IProgress<(long Received, long? Total)>? progress, CancellationToken cancellationToken) =>
            throw new NotSupportedException("Nothing is downloaded here");

        public Task FetchCommitAsync(ActionWork.FetchCommit request, FetchTools tools, string destination, IProgress<(long Received, long? Total)>? progress, CancellationToken cancellationToken) =>
            throw new NotSupportedException("Nothing is downloaded here");
    }
}
