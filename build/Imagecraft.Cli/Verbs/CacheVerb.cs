// `cache`: statistics, size and health of the cache folder. Unaware of builds.

using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Rendering;
using Imagecraft.Engine.Store;

namespace Imagecraft.Cli.Verbs;

/// <summary><c>cache stats</c>, <c>cache gc --size 20GiB</c>, <c>cache verify</c>.</summary>
public static partial class CacheVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("cache", "Show, shrink or verify the cache", Build);

    private static void Build(Command command, Session session)
    {
        var stats = new Command("stats", "Count what the cache holds");
        stats.SetAction(_ => Stats(session));

        var size = new Option<string>("--size") { Description = "Size to keep, e.g. `20GiB` (default: 20GiB)", DefaultValueFactory = _ => "20GiB" };
        var collect = new Command("gc", "Remove what was not used for longest until the cache is small enough") { size };
        collect.SetAction((parsed, _) => CollectAsync(session, Bytes(parsed.GetValue(size)!)));

        var verify = new Command("verify", "Hash everything; what is damaged is removed and built again when needed");
        verify.SetAction((_, _) => VerifyAsync(session));

        foreach (var verb in new[] { stats, collect, verify })
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
