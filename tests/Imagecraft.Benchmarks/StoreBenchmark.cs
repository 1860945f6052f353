// Import and materialization of a folder against `cp -a`, and what the action cache costs. Unaware of builds.

using System.Diagnostics;
using System.Globalization;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;

namespace Imagecraft.Benchmarks;

/// <summary>Prints wall and CPU seconds of each step, in total and for 10,000 files.</summary>
internal static class StoreBenchmark
{
    public static async Task<int> RunAsync(string folder, string work)
    {
        var copy = Path.Combine(work, "copy");
        Directory.CreateDirectory(work);
        var files = Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Count();
        Console.WriteLine($"{files:n0} files; seconds wall (CPU of this process), the same for 10,000 files");
        var report = new Report(files);

        await report.TimeAsync("cp -a", () => Command("cp", "-a", folder, copy));
        Digest tree;
        string path;
        using (var store = new ContentStore(Path.Combine(work, "cache")))
        {
            tree = await report.TimeAsync("import, moved", () => store.PutTreeAsync(copy, move: true, CancellationToken.None));
            // What ends each build.
            await report.TimeAsync("write to disk (syncfs)", () => Task.Run(() =>
            {
                store.BeginLease().Dispose();
                return true;
            }));
            path = await report.TimeAsync("materialize what was just imported", () => store.MaterializeAsync(tree, CancellationToken.None));
        }

        using (var store = new ContentStore(Path.Combine(work, "cache")))
        {
            await report.TimeAsync("check an existing tree by stat", () => store.MaterializeAsync(tree, CancellationToken.None));
            await report.TimeAsync("import what is known", () => store.PutTreeAsync(path, move: false, CancellationToken.None));
            Directory.Delete(path, recursive: true);
        }

        using (var store = new ContentStore(Path.Combine(work, "cache")))
        {
            await report.TimeAsync("materialize, hashing every object", () => store.MaterializeAsync(tree, CancellationToken.None));
            await report.TimeAsync("verify the whole cache", () => new CacheMaintenance(store).VerifyAsync(CancellationToken.None));
            CacheHits(store, tree);
        }

        using (var store = new ContentStore(Path.Combine(work, "second")))
            await report.TimeAsync("import, copied", () => store.PutTreeAsync(path, move: false, CancellationToken.None));
        Directory.Delete(work, recursive: true);
        return 0;
    }

    private static void CacheHits(ContentStore store, Digest tree)
    {
        var cache = new ActionCache(store);
        var keys = Enumerable.Range(0, 10_000).Select(i => Digest.Of(BitConverter.GetBytes(i))).ToList();
        var result = new Engine.Reapi.ActionResult { OutputDirectories = { new Engine.Reapi.OutputDirectory { Path = "out/tree", RootDirectoryDigest = tree.ToReapi() } } };
        keys.ForEach(key => cache.Put(key, result));
        using var lease = store.BeginLease();
        var times = new List<double>(keys.Count);
        foreach (var key in keys)
        {
            var clock = Stopwatch.StartNew();
            if (cache.TryGet(key) is null)
                throw new InvalidOperationException("A result that was just recorded is missing");
            times.Add(clock.Elapsed.TotalMicroseconds);
        }

        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"a hit of the action cache, median",-36} {times[times.Count / 2],8:0.0} µs"));
    }

    private static async Task<bool> Command(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? true : throw new InvalidOperationException($"`{program}` failed with exit code {process.ExitCode}");
    }

    private sealed class Report(int files)
    {
        public async Task<T> TimeAsync<T>(string name, Func<Task<T>> step)
        {
            var cpu = Environment.CpuUsage.TotalTime;
            var clock = Stopwatch.StartNew();
            var result = await step();
            var (wall, busy) = (clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
            var share = 10_000.0 / Math.Max(files, 1);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-36} {wall,8:0.00} ({busy:0.00})   {wall * share,8:0.00} ({busy * share:0.00})"));
            return result;
        }
    }
}
