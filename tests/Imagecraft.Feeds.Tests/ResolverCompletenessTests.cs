// Small random worlds of packages, in which every selection can be tried: the resolver finds a solution when there is one, and a reason when there is none.

using System.Globalization;
using System.Text;
using Imagecraft.Feeds.Debian;

namespace Imagecraft.Feeds.Tests;

public sealed class ResolverCompletenessTests
{
    private const int Worlds = 400;

    [Fact]
    public void A_solution_is_found_exactly_when_there_is_one()
    {
        var solved = 0;
        for (var world = 0; world < Worlds; world++)
        {
            var index = DebianIndex.Read([new("base", World(world))]);
            var all = index.Names.Order(StringComparer.Ordinal).SelectMany(index.Named).ToList();
            var request = new ResolveRequest { Feed = "base", Architecture = "amd64", Packages = [new("a", null, null), new("b", null, null)] };
            List<DebianPackage>? found = null;
            try
            {
                found = [.. DebianResolver.Resolve(index, request, TestContext.Current.CancellationToken)];
                solved++;
            }
            catch (FeedException e)
            {
                Assert.True(e.UserError);
                Assert.NotEmpty(e.Message);
            }
            if (found is not null) Assert.True(IsConsistent(found), Told(world));
            else Assert.False(Enumerable.Range(0, 1 << all.Count).Any(bits => IsConsistent([.. all.Where((_, i) => (bits & (1 << i)) != 0)])), Told(world));
        }
        Assert.InRange(solved, Worlds / 10, Worlds * 9 / 10);
    }

    private static string Told(int world) => string.Create(CultureInfo.InvariantCulture, $"World {world}:\n{World(world)}");

    private static bool IsConsistent(List<DebianPackage> packages)
    {
        var matching = new Matching("amd64");
        return new[] { "a", "b" }.All(name => packages.Any(p => p.Name == name))
            && packages.Select(p => p.Name).Distinct().Count() == packages.Count
            && packages.All(p => p.Depends.All(d => d.Alternatives.Any(a => packages.Any(q => matching.Fulfils(q, a, "amd64")))))
            && packages.All(p => p.Conflicts.All(c => c.Alternatives.All(a => packages.All(q => ReferenceEquals(q, p) || !matching.IsRejected(q, a, p)))));
    }

    // Up to six names in up to two versions, and a virtual one.
    private static string World(int seed)
    {
#pragma warning disable CA5394 // The same worlds each time.
        var random = new Random(seed);
        string[] names = ["a", "b", "c", "d", "e", "f"];
        string Relation()
        {
            var name = random.Next(7) == 0 ? "v" : names[random.Next(names.Length)];
            return name + random.Next(5) switch { 0 => " (>= 2)", 1 => " (<< 2)", _ => "" };
        }
        var text = new StringBuilder();
        foreach (var name in names)
            for (var version = 1; version <= 1 + random.Next(2); version++)
            {
                text.Append(CultureInfo.InvariantCulture, $"Package: {name}\nVersion: {version}\nArchitecture: amd64\nFilename: f\nSize: 1\nSHA256: {new string('0', 64)}\n");
                var depends = Enumerable.Range(0, random.Next(3)).Select(_ => string.Join(" | ", Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Relation()))).ToList();
                if (depends.Count > 0) text.Append(CultureInfo.InvariantCulture, $"Depends: {string.Join(", ", depends)}\n");
                if (random.Next(3) == 0) text.Append(CultureInfo.InvariantCulture, $"Conflicts: {Relation()}\n");
                if (random.Next(4) == 0) text.Append("Provides: v (= 2)\n");
                text.Append('\n');
            }
        return text.ToString();
#pragma warning restore CA5394
    }
}
