// What differs between two images, as a value. Unaware of how it is shown.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Cli.Rendering;
using Imagecraft.Images.Manifests;

namespace Imagecraft.Cli.Inspecting;

/// <summary>One thing that is not alike in two images.</summary>
/// <param name="Name">Of the thing.</param>
/// <param name="Before">As the first has it; null: it has none.</param>
/// <param name="After">As the second has it; null: it has none.</param>
public sealed record Difference(string Name, string? Before, string? After);

/// <summary>Differences of one kind.</summary>
/// <param name="Topic">Of what: <c>packages</c>, <c>files</c> and so on.</param>
/// <param name="Differences">By name, or the largest first.</param>
public sealed record DifferenceSection(string Topic, ImmutableArray<Difference> Differences);

/// <summary>Compares images.</summary>
public static class ImageDifferences
{
    /// <summary>All sections that have differences, in the order in which people ask: what is in it, what that weighs, how it is configured, how it does.</summary>
    public static ImmutableArray<DifferenceSection> Of(ImageFolder a, ImageFolder b)
    {
        ImmutableArray<DifferenceSection> all =
        [
            new("identity", Pairs([("board", a.Manifest.Board), ("image", a.Manifest.Image), ("architecture", a.Manifest.Architecture)], [("board", b.Manifest.Board), ("image", b.Manifest.Image), ("architecture", b.Manifest.Architecture)])),
            new("packages", Pairs(a.Manifest.Packages.Select(p => (p.Name, p.Version)), b.Manifest.Packages.Select(p => (p.Name, p.Version)))),
            new("licenses", Both(a.Manifest.Packages, b.Manifest.Packages, p => p.Name, p => p.License)),
            new("sources", Both(a.Manifest.Packages, b.Manifest.Packages, p => p.Name, Sources)),
            new("networks", Pairs(a.Manifest.Models.Select(m => (m.Path, Network(m))), b.Manifest.Models.Select(m => (m.Path, Network(m))))),
            new("artifacts", Pairs(a.Manifest.Artifacts.Select(x => (x.Name, Quantities.Size(x.Size))), b.Manifest.Artifacts.Select(x => (x.Name, Quantities.Size(x.Size))))),
            new("sizes of packages", Sizes(a, b)),
            new("files", Files(a, b)),
            new("kernel configuration", a.Configuration.Count == 0 || b.Configuration.Count == 0 ? [] : Configuration(a, b)),
            new("boot", Pairs(Boot(a.Checks), Boot(b.Checks))),
            new("latencies", Both(a.Checks.Cases, b.Checks.Cases, c => c.Name, c => c.Latency is { } latency ? string.Create(CultureInfo.InvariantCulture, $"{latency:0.###} ms") : null)),
            new("checks", a.Checks.Cases.IsEmpty || b.Checks.Cases.IsEmpty ? [] : Pairs(a.Checks.Cases.Select(c => (c.Name, c.Outcome)), b.Checks.Cases.Select(c => (c.Name, c.Outcome)))),
        ];
        return [.. all.Where(section => !section.Differences.IsEmpty)];
    }

    private static ImmutableArray<Difference> Pairs(IEnumerable<(string Name, string Value)> before, IEnumerable<(string Name, string Value)> after)
    {
        var (first, second) = (Last(before), Last(after));
        return [.. first.Keys.Union(second.Keys).Order(StringComparer.Ordinal).Select(name => new Difference(name, first.GetValueOrDefault(name), second.GetValueOrDefault(name))).Where(d => d.Before != d.After)];
    }

    /// <summary>Of what both have.</summary>
    private static ImmutableArray<Difference> Both<T>(IEnumerable<T> before, IEnumerable<T> after, Func<T, string> name, Func<T, string?> value)
    {
        var second = after.DistinctBy(name).ToDictionary(name, value, StringComparer.Ordinal);
        return [.. before.DistinctBy(name).Where(one => second.ContainsKey(name(one))).Select(one => new Difference(name(one), value(one), second[name(one)])).Where(d => d.Before != d.After && d.Before is not null && d.After is not null).OrderBy(d => d.Name, StringComparer.Ordinal)];
    }

    private static ImmutableArray<Difference> Sizes(ImageFolder a, ImageFolder b)
    {
        if (a.Files.IsEmpty || b.Files.IsEmpty)
            return [];
        var (first, second) = (SizesOf(a.Files), SizesOf(b.Files));
        return
        [
            .. first.Keys.Union(second.Keys).Select(name => (Name: name, Before: first.GetValueOrDefault(name), After: second.GetValueOrDefault(name)))
                .Where(one => one.Before != one.After)
                .OrderByDescending(one => Math.Abs(one.After - one.Before)).ThenBy(one => one.Name, StringComparer.Ordinal)
                .Select(one => new Difference(one.Name, Quantities.Size(one.Before), $"{Quantities.Size(one.After)} ({(one.After > one.Before ? "+" : "-")}{Quantities.Size(Math.Abs(one.After - one.Before))})")),
        ];
    }

    private static ImmutableArray<Difference> Files(ImageFolder a, ImageFolder b) => a.Files.IsEmpty || b.Files.IsEmpty ? [] : Pairs(a.Files.Select(Words), b.Files.Select(Words));

    // A symbol that one configuration does not have, because what it depends on is off, is as good as not set.
    private static ImmutableArray<Difference> Configuration(ImageFolder a, ImageFolder b)
    {
        const string off = "n";
        return
        [
            .. a.Configuration.Keys.Union(b.Configuration.Keys).Order(StringComparer.Ordinal)
                .Select(name => new Difference(name, a.Configuration.GetValueOrDefault(name, off), b.Configuration.GetValueOrDefault(name, off)))
                .Where(d => d.Before != d.After),
        ];
    }

    private static IEnumerable<(string, string)> Boot(CheckedCases checks)
    {
        if (checks.BootSeconds is { } seconds)
            yield return ("time to login", string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"));
        if (checks.FreeMemory is { } memory)
            yield return ("free memory", Quantities.Size(memory));
    }

    private static string Network(ManifestModel model) => string.Create(
        CultureInfo.InvariantCulture,
        $"{model.Name} {model.Version}, {model.Variant}, {Quantities.Size(model.Size)}{(model.Accuracy is { } accuracy ? $", {accuracy.Metric} {accuracy.Deployed:0.####}" : "")}, sha256 {model.Sha256[..Math.Min(8, model.Sha256.Length)]}");

    private static string Sources(ManifestPackage package) => string.Join(", ", package.Sources.Select(s => $"{s.Url.Split('/').Last()} {s.Sha256[..Math.Min(8, s.Sha256.Length)]}".TrimEnd()));

    private static (string, string) Words(ListedFile file) =>
        (file.Path, $"{file.Kind} {file.Mode} {file.Owner}{(file.Kind == "file" ? $" {file.Size} B {file.Sha256?[..8]}" : file.Target is { } target ? $" to {target}" : "")}, {(file.Package.Length > 0 ? file.Package : "nobody's")}");

    private static Dictionary<string, long> SizesOf(ImmutableArray<ListedFile> files) => files.GroupBy(file => file.Package).ToDictionary(group => group.Key, group => group.Sum(file => file.Size), StringComparer.Ordinal);

    private static Dictionary<string, string> Last(IEnumerable<(string Name, string Value)> pairs)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
            values[name] = value;
        return values;
    }
}
