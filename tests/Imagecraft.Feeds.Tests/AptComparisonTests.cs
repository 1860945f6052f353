// Random sets of Debian's packages, resolved here and by apt.

using System.Globalization;
using System.Text;
using Imagecraft.Feeds.Configuration;
using Imagecraft.Feeds.Debian;
using Imagecraft.Feeds.Fetching;
using Imagecraft.Metadata.Tests;

namespace Imagecraft.Feeds.Tests;

/// <summary>`IMAGECRAFT_TEST_APT_SETS` says how many sets are compared; 40 when it is not set.</summary>
public sealed class AptComparisonTests(ITestOutputHelper output)
{
    private const int Seed = 20250809;

    private static readonly string[] Written =
        ["Package", "Version", "Architecture", "Filename", "Size", "SHA256", "Source", "Multi-Arch", "Priority", "Depends", "Pre-Depends", "Conflicts", "Breaks", "Provides"];

    private static readonly string[] Failures = ["ours refused", "ours inconsistent", "apt's inconsistent", "unexplained"];

    [Fact]
    public async Task Random_sets_of_trixie_are_resolved_as_apt_does_or_differ_by_a_rule()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var (index, paragraphs) = await ReadAsync(cancellation);
        var names = index.Names.Order(StringComparer.Ordinal).ToArray();
#pragma warning disable CA5394 // The same sets each time.
        var random = new Random(Seed);
        var count = int.Parse(Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_APT_SETS") is { Length: > 0 } set ? set : "40", CultureInfo.InvariantCulture);
        var sets = Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, 1 + random.Next(6)).Select(_ => names[random.Next(names.Length)]).Distinct().ToArray()).ToList();
#pragma warning restore CA5394
        using var apt = await AptRoot.OfAsync(Texts(index, paragraphs, sets.SelectMany(s => s)), "amd64");
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var wanted in sets)
        {
            var ours = Resolve(index, wanted, out var why);
            var theirs = await apt.InstallAsync(wanted, cancellation);
            var verdict = Compare(index, wanted, ours, theirs);
            counts[verdict] = counts.GetValueOrDefault(verdict) + 1;
            if (verdict == "same") continue;
            output.WriteLine($"{verdict}: {string.Join(' ', wanted)}{(why is null ? "" : "\n    " + why)}");
            if (ours is null || theirs is null) continue;
            var own = ours.Select(Line).ToList();
            output.WriteLine($"    ours only [{string.Join(' ', own.Except(theirs))}], apt only [{string.Join(' ', theirs.Except(own))}]");
        }
        output.WriteLine(string.Join(", ", counts.Select(c => $"{c.Key}: {c.Value}")));
        Assert.Equal(count, counts.Values.Sum());
        Assert.DoesNotContain(counts.Keys, Failures.Contains);
        Assert.True(counts.GetValueOrDefault("same") >= count * 4 / 5, string.Join(", ", counts));
    }

    private static async Task<(DebianIndex Index, Dictionary<string, List<string>> Paragraphs)> ReadAsync(CancellationToken cancellationToken)
    {
        var keys = Directory.GetFiles(Path.Combine(Repository.Root, "recipes/feeds/keys"), "*.asc");
        var cache = Environment.GetEnvironmentVariable("IMAGECRAFT_CACHE") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache/imagecraft");
        var registries = new Registries(Machine.This(Repository.Root));
        using var fetcher = new Fetcher(registries, new FetcherOptions());
        var mirror = new DebianMirror(fetcher, registries, Path.Combine(cache, "indexes"), TimeProvider.System);
        var feed = new FeedSpec("trixie", "trixie", ["main"], [.. keys], null);
        try
        {
            var indexes = await mirror.IndexAsync([feed], ["amd64"], new Dictionary<string, FeedMemory> { ["trixie"] = new(null) }, cancellationToken);
            var paragraphs = new Dictionary<string, List<string>>(StringComparer.Ordinal);
            using var text = await mirror.OpenAsync(feed, "main/binary-amd64/Packages", cancellationToken);
            foreach (var fields in ControlText.Paragraphs(text))
            {
                if (!paragraphs.TryGetValue(fields["Package"], out var list)) paragraphs[fields["Package"]] = list = [];
                list.Add(string.Concat(Written.Where(fields.ContainsKey).Select(f => $"{f}: {fields[f]}\n")) + "\n");
            }
            return (indexes.Index, paragraphs);
        }
        catch (FeedException e) when (e.Cause is FeedCause.Unreachable or FeedCause.Busy or FeedCause.Silent)
        {
            Assert.Skip($"No Debian mirror can be reached: {e.Message}");
            throw;
        }
    }

    // Only what the sets can lead to, so that apt has less to read each time.
    private static string Texts(DebianIndex index, Dictionary<string, List<string>> paragraphs, IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(names);
        while (open.TryDequeue(out var name))
        {
            if (!seen.Add(name)) continue;
            foreach (var provider in index.Providing(name)) open.Enqueue(provider.Name);
            foreach (var wanted in index.Named(name).SelectMany(p => p.Depends).SelectMany(d => d.Alternatives))
                if (!seen.Contains(wanted.Name)) open.Enqueue(wanted.Name);
        }
        return new StringBuilder().AppendJoin("", seen.Where(paragraphs.ContainsKey).Order(StringComparer.Ordinal).SelectMany(n => paragraphs[n])).ToString();
    }

    private static List<DebianPackage>? Resolve(DebianIndex index, string[] wanted, out string? why)
    {
        why = null;
        try
        {
            return [.. DebianResolver.Resolve(index, new ResolveRequest { Feed = "trixie", Architecture = "amd64", Packages = [.. wanted.Select(PackageRequest.Parse)] }, TestContext.Current.CancellationToken)];
        }
        catch (FeedException e) when (e.UserError)
        {
            why = e.Message;
            return null;
        }
    }

    private static string Compare(DebianIndex index, string[] wanted, List<DebianPackage>? ours, IReadOnlyList<string>? theirs)
    {
        if (ours is not null && !IsConsistent(wanted, ours)) return "ours inconsistent";
        if (ours is null) return theirs is null ? "same" : "ours refused";
        if (theirs is null) return "apt finds nothing";
        if (ours.Select(Line).Order(StringComparer.Ordinal).SequenceEqual(theirs)) return "same";
        var packages = theirs.SelectMany(line => index.Named(line.Split(':')[0]).Where(p => Line(p) == line)).ToList();
        if (packages.Count != theirs.Count || !IsConsistent(wanted, packages)) return "apt's inconsistent";
        return Rule(ours, packages);
    }

    // The first dependency that both fulfil in another way tells which rule decides.
    private static string Rule(List<DebianPackage> ours, List<DebianPackage> theirs)
    {
        var matching = new Matching("amd64");
        foreach (var package in ours.Intersect(theirs))
            foreach (var dependency in package.Depends)
            {
                bool Fulfils(DebianPackage p, Alternative a) => matching.Fulfils(p, a, "amd64");
                var own = ours.Where(p => dependency.Alternatives.Any(a => Fulfils(p, a))).Select(Line).ToHashSet();
                var other = theirs.Where(p => dependency.Alternatives.Any(a => Fulfils(p, a))).Select(Line).ToHashSet();
                if (own.SetEquals(other)) continue;
                if (own.IsProperSubsetOf(other)) return "rule: what is needed anyway serves";
                return dependency.Alternatives.Length > 1 ? "rule: alternatives in their order" : "rule: the provider by importance and name";
            }
        return "unexplained";
    }

    private static bool IsConsistent(string[] wanted, List<DebianPackage> packages)
    {
        var matching = new Matching("amd64");
        return wanted.All(w => packages.Any(p => p.Name == w))
            && packages.All(p => p.Depends.All(d => d.Alternatives.Any(a => packages.Any(q => matching.Fulfils(q, a, "amd64")))))
            && packages.All(p => p.Conflicts.All(c => c.Alternatives.All(a => packages.All(q => ReferenceEquals(q, p) || !matching.IsRejected(q, a, p)))))
            && packages.Select(p => p.Name).Distinct().Count() == packages.Count;
    }

    private static string Line(DebianPackage package) => $"{package.Name}:{package.Architecture}={package.Version}";
}
