// `cache`: statistics, size and health of the cache folder. Unaware of builds.

using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Output;
using Imagecraft.Cli.Rendering;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Remote;
using Imagecraft.Engine.Store;
using Imagecraft.Remote;

namespace Imagecraft.Cli.Verbs;

/// <summary><c>cache stats</c>, <c>cache gc --size 20GiB</c>, <c>cache verify</c>, <c>cache export FOLDER</c>, <c>cache import FOLDER</c>.</summary>
public static partial class CacheVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("cache", "Show, shrink, verify, export or import the cache", Build);

    private static void Build(Command command, Session session)
    {
        var stats = new Command("stats", "Count what the cache holds");
        stats.SetAction(_ => Stats(session));

        var size = new Option<string>("--size") { Description = "Size to keep, e.g. `20GiB` (default: 20GiB)", DefaultValueFactory = _ => "20GiB" };
        var collect = new Command("gc", "Remove what was not used for longest until the cache is small enough") { size };
        collect.SetAction((parsed, _) => CollectAsync(session, Bytes(parsed.GetValue(size)!)));

        var verify = new Command("verify", "Hash everything; what is damaged is removed and built again when needed");
        verify.SetAction((_, _) => VerifyAsync(session));

        var folder = new Argument<string>("folder") { Description = "Folder with a cache that others read, as it is or behind a web server" };
        var give = new Command("export", "Copy what an image was built from into a folder, as far as it is not there yet") { folder };
        var options = new BuildOptions(give);
        give.SetAction((parsed, _) => ExportAsync(session, options.Read(parsed), Path.GetFullPath(parsed.GetValue(folder)!)));
        var take = new Command("import", "Take what is in such a folder into the cache") { folder };
        take.SetAction((parsed, _) => ImportAsync(session, Path.GetFullPath(parsed.GetValue(folder)!)));

        foreach (var verb in new[] { stats, collect, verify, give, take })
            command.Subcommands.Add(verb);
    }

    /// <summary>Reads <c>20GiB</c>, <c>500 MiB</c> or a plain number of bytes.</summary>
    /// <exception cref="ProblemException">It is none of these.</exception>
    public static long Bytes(string text)
    {
        var match = SizeForm().Match(text);
        if (!match.Success)
            throw ProblemException.User($"`{text}` is no size", "Write a number and one of [KiB, MiB, GiB, TiB], e.g. `20GiB`");
        var unit = match.Groups[2].Value.ToUpperInvariant() is var u && u.Length > 0 ? 1L << (10 * (1 + "KMGT".IndexOf(u[0], StringComparison.Ordinal))) : 1;
        return (long)(double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * unit);
    }

    private static int Stats(Session session)
    {
        using var store = new ContentStore(session.CacheRoot);
        var statistics = new CacheMaintenance(store).Statistics();
        session.Console.Out.WriteLine($"folder   {session.CacheRoot}");
        session.Console.Out.WriteLine($"objects  {statistics.Objects}  {Quantities.Size(statistics.ObjectBytes)}");
        session.Console.Out.WriteLine($"trees    {statistics.Trees}");
        session.Console.Out.WriteLine($"results  {statistics.Results}  {Quantities.Size(statistics.ResultBytes)}");
        session.Console.Out.WriteLine($"builds   {statistics.Leases} running");
        return ExitCodes.Done;
    }

    private static async Task<int> CollectAsync(Session session, long size)
    {
        using var store = new ContentStore(session.CacheRoot);
        var stop = session.Interrupts.Listen().Gentle;
        await store.RecoverAsync(session.Console.Diagnostics.WriteLine, stop).ConfigureAwait(false);
        var report = await new CacheMaintenance(store).CollectAsync(size, stop).ConfigureAwait(false);
        session.Console.Out.WriteLine($"Removed {report.ObjectsRemoved} objects ({Quantities.Size(report.BytesRemoved)}), {report.TreesRemoved} trees and {report.ResultsRemoved} results; {Quantities.Size(report.BytesLeft)} are left");
        return ExitCodes.Done;
    }

    private static async Task<int> ExportAsync(Session session, BuildRequest request, string folder)
    {
        var stop = session.Interrupts.Listen().Gentle;
        using var workshop = await Workshop.OpenAsync(session, request).ConfigureAwait(false);
        var keys = WorkspaceKeys.Of(session.WorkspaceRoot);
        var wanted = workshop.Graph.Nodes.Keys.Select(id => keys.GetValueOrDefault(id)).Where(key => key.Hash is not null).ToList();
        using var store = new ContentStore(session.CacheRoot);
        await using var to = new FolderTransport(folder);
        var report = await ExchangeAsync(() => new CacheExchange(store, new ActionCache(store)).GiveAsync(wanted, to, stop)).ConfigureAwait(false);
        var absent = workshop.Graph.Nodes.Count - wanted.Count + report.Lacking;
        session.Console.Out.WriteLine($"{report.Copied} results ({Quantities.Size(report.Bytes)}) copied to `{folder}`, {report.Known} were there");
        if (absent > 0)
            session.Console.WriteWarning($"{absent} of {workshop.Graph.Nodes.Count} actions have no result here", "Build the image first; what another cache answered is not all here, and is in that one");
        return ExitCodes.Done;
    }

    private static async Task<int> ImportAsync(Session session, string folder)
    {
        var stop = session.Interrupts.Listen().Gentle;
        await using var from = new FolderTransport(folder);
        var keys = from.Keys.Select(hash => new Digest(hash, 0)).ToList();
        if (keys.Count == 0)
            throw ProblemException.User($"`{folder}` holds no results", "Name a folder that `./build.sh cache export FOLDER` wrote");
        using var store = new ContentStore(session.CacheRoot);
        var report = await ExchangeAsync(() => new CacheExchange(store, new ActionCache(store)).TakeAsync(keys, () => new FolderTransport(folder), stop)).ConfigureAwait(false);
        session.Console.Out.WriteLine($"{report.Copied} results ({Quantities.Size(report.Bytes)}) taken from `{folder}`, {report.Known} were here");
        if (report.Lacking > 0)
            session.Console.WriteWarning($"{report.Lacking} results are not whole there, and were left", "Export them again");
        return ExitCodes.Done;
    }

    private static async Task<ExchangeReport> ExchangeAsync(Func<Task<ExchangeReport>> exchange)
    {
        try
        {
            return await exchange().ConfigureAwait(false);
        }
        catch (RemoteException problem)
        {
            throw ProblemException.Environment($"The cache in the folder cannot be used: {problem.Message}");
        }
    }

    private static async Task<int> VerifyAsync(Session session)
    {
        using var store = new ContentStore(session.CacheRoot);
        var stop = session.Interrupts.Listen().Gentle;
        await store.RecoverAsync(session.Console.Diagnostics.WriteLine, stop).ConfigureAwait(false);
        var report = await new CacheMaintenance(store).VerifyAsync(stop).ConfigureAwait(false);
        foreach (var digest in report.Damaged)
            session.Console.Out.WriteLine($"Damaged and removed: {digest}");
        session.Console.Out.WriteLine($"{report.ObjectsChecked} objects ({Quantities.Size(report.BytesChecked)}) checked, {report.Damaged.Length} damaged; {report.TreesRemoved} trees and {report.ResultsRemoved} results removed");
        return report.Damaged.IsEmpty ? ExitCodes.Done : ExitCodes.Environment;
    }

    [GeneratedRegex(@"^\s*([0-9]+(?:\.[0-9]+)?)\s*(?:([KMGT])(?:i?B)?|B)?\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SizeForm();
}
