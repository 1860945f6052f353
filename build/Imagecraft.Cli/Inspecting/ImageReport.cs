// All that is known of an image on one page. Unaware of where it is written.

using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;
using Imagecraft.Cli.Rendering;
using Imagecraft.Images.Manifests;

namespace Imagecraft.Cli.Inspecting;

/// <summary>Writes the page.</summary>
public static class ImageReport
{
    private const int MostBars = 25, MostFilesOfAPackage = 60;

    /// <summary>The page, beginning with its doctype.</summary>
    public static string Write(ImageFolder image)
    {
        var manifest = image.Manifest;
        ImmutableArray<(string Id, string Title, IEnumerable<object?> Content)> all =
        [
            ("sizes", "Sizes", Sizes(image)),
            ("packages", "Packages", Packages(image)),
            ("networks", "Networks", Networks(image)),
            ("checks", "Checks", Checks(image)),
            ("boot", "Boot", Boot(image)),
            ("build", "Build", Build(image)),
            ("kernel", "Kernel configuration", Kernel(image)),
            ("parts", "Parts that fit together", Fits(manifest)),
            ("hardening", "Hardening", image.Hardening is { } hardening ? [new XElement("pre", hardening)] : []),
            ("artifacts", "Artifacts", manifest.Artifacts.IsEmpty ? [] : [HtmlPage.Table(["file", "#size", "SHA-256"], manifest.Artifacts.Select(a => new object?[] { a.Name, Quantities.Size(a.Size), new XElement("code", a.Sha256) }))]),
        ];
        var told = all.Select(one => (one.Id, one.Title, Content: one.Content.ToList())).Where(one => one.Content.Count > 0).ToList();
        return HtmlPage.Write(
            $"{manifest.Image} on {manifest.Board}",
            [
                new XElement("p", $"{manifest.Architecture}, {manifest.Packages.Length} packages, {manifest.Models.Length} networks, {image.Files.Count(f => f.Kind == "file")} files with {Quantities.Size(image.Files.Sum(f => f.Size))}"),
                new XElement("nav", told.Select(one => new XElement("a", new XAttribute("href", $"#{one.Id}"), one.Title))),
                .. told.Select(one => new XElement("section", new XElement("h2", new XAttribute("id", one.Id), one.Title), one.Content)),
            ]);
    }

    private static IEnumerable<object?> Sizes(ImageFolder image)
    {
        if (image.Files.IsEmpty)
            yield break;
        yield return TreeMap.Draw("Content of the root file system by package and file", image.Files.GroupBy(file => Owner(file)).Select(group => new TreeMapItem(group.Key, group.Sum(file => file.Size), Parts(group))), Quantities.Size);
        yield return HtmlPage.Folded("The 50 largest files", HtmlPage.Table(["file", "#size", "package"], image.Files.OrderByDescending(file => file.Size).ThenBy(file => file.Path, StringComparer.Ordinal).Take(50).Select(file => new object?[] { file.Path, Quantities.Size(file.Size), Owner(file) })));
    }

    // What is too small to be seen is one part.
    private static ImmutableArray<TreeMapItem> Parts(IEnumerable<ListedFile> files)
    {
        var sorted = files.Where(file => file.Size > 0).OrderByDescending(file => file.Size).ThenBy(file => file.Path, StringComparer.Ordinal).ToList();
        var rest = sorted.Skip(MostFilesOfAPackage).ToList();
        return [.. sorted.Take(MostFilesOfAPackage).Select(file => new TreeMapItem(file.Path, file.Size, [])), .. rest.Count > 0 ? [new TreeMapItem($"{rest.Count} smaller files", rest.Sum(file => file.Size), [])] : ImmutableArray<TreeMapItem>.Empty];
    }

    private static string Owner(ListedFile file) => file.Package.Length > 0 ? file.Package : "nobody's folders";

    private static IEnumerable<object?> Packages(ImageFolder image)
    {
        var sizes = image.Files.GroupBy(file => file.Package).ToDictionary(group => group.Key, group => (Size: group.Sum(file => file.Size), Files: group.Count(file => file.Kind != "folder")), StringComparer.Ordinal);
        yield return HtmlPage.Table(["package", "version", "license", "#size", "#files", "why", "requires"], image.Manifest.Packages.Select(package => new object?[]
        {
            package.Name,
            package.Version,
            package.License,
            sizes.TryGetValue(package.Name, out var size) ? Quantities.Size(size.Size) : "",
            sizes.TryGetValue(package.Name, out size) ? size.Files.ToString(CultureInfo.InvariantCulture) : "",
            string.Join("; ", image.Reasons(package.Name)),
            string.Join(", ", package.Requires),
        }));
    }

    private static IEnumerable<object?> Networks(ImageFolder image)
    {
        if (image.Manifest.Models.IsEmpty)
            yield break;
        yield return HtmlPage.Table(["network", "variant", "#size", "#as float", "accuracy", "#as published", "#deployed", "#frames", "#latency"], image.Manifest.Models.Select(model => new object?[]
        {
            $"{model.Name} {model.Version} ({model.Path})",
            model.NotDeployed ?? model.Variant,
            Quantities.Size(model.Size),
            model.FloatSize is { } size ? Quantities.Size(size) : "",
            model.Accuracy is { } accuracy ? $"{accuracy.Metric} on {accuracy.Dataset}" : model.Judged ? "" : "not judged",
            model.Accuracy is { } original ? Decimal(original.Original) : "",
            model.Accuracy is { } deployed ? Decimal(deployed.Deployed) : "",
            model.Accuracy is { } judged ? judged.Frames.ToString(CultureInfo.InvariantCulture) : "",
            image.Checks.Cases.FirstOrDefault(c => c.Latency is not null && c.Name.StartsWith($"{model.Path.Split('/').Last()}/", StringComparison.Ordinal)) is { Latency: { } latency } ? $"{Decimal(latency)} ms" : "",
        }));
    }

    private static IEnumerable<object?> Checks(ImageFolder image)
    {
        var cases = image.Checks.Cases;
        if (cases.IsEmpty)
            yield break;
        yield return new XElement("p", string.Join(", ", cases.CountBy(c => c.Outcome).Select(count => $"{count.Value} {count.Key}")));
        yield return HtmlPage.Table(["check", "outcome", "#seconds", "problem"], cases.OrderBy(c => c.Outcome == "passed").Select(c => new object?[] { c.Name, new XElement("span", new XAttribute("class", c.Outcome.Split(' ')[0]), c.Outcome), string.Create(CultureInfo.InvariantCulture, $"{c.Seconds:0.0}"), c.Words }));
    }

    private static IEnumerable<object?> Boot(ImageFolder image)
    {
        if (image.Checks.BootSeconds is { } seconds)
            yield return new XElement("p", string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s from power-on to the login prompt in the last check{(image.Checks.FreeMemory is { } free ? $", {Quantities.Size(free)} of memory free after it" : "")}"));
        if (image.Console is not { } console || BootLog.Phases(console, image.Checks.BootSeconds) is not { IsEmpty: false } phases)
            yield break;
        yield return Timeline.Draw("Phases of the boot", phases);
        if (BootLog.Silences(console, 12) is { IsEmpty: false } silences)
            yield return HtmlPage.Folded("The longest silences of the kernel, each after the message that is named", Timeline.Draw("Longest silences", silences));
    }

    private static IEnumerable<object?> Build(ImageFolder image)
    {
        if (image.Trace is { } trace && BuildTrace.Longest(trace, MostBars) is { IsEmpty: false } bars)
        {
            yield return new XElement("p", $"The longest actions of the last build that had something to do; all of them are in build-trace.json");
            yield return Timeline.Draw("Longest actions", bars);
        }
    }

    private static IEnumerable<object?> Kernel(ImageFolder image)
    {
        if (image.Configuration.Count == 0)
            yield break;
        yield return new XElement("p", $"{image.Configuration.Count(symbol => symbol.Value == "y")} symbols built in, {image.Configuration.Count(symbol => symbol.Value == "m")} as modules; {image.Requested.Count} were asked for by fragments, the others follow from them or are defaults");
        foreach (var fragment in image.Requested.GroupBy(symbol => symbol.Value, symbol => symbol.Key).OrderBy(group => group.Key, StringComparer.Ordinal))
            yield return HtmlPage.Folded($"{fragment.Key} ({fragment.Count()})", new XElement("pre", string.Join('\n', fragment.Select(name => $"{name}={image.Configuration.GetValueOrDefault(name, "n")}"))));
        yield return HtmlPage.Folded("Not asked for", new XElement("pre", string.Join('\n', image.Configuration.Where(symbol => symbol.Value != "n" && !image.Requested.ContainsKey(symbol.Key)).Select(symbol => $"{symbol.Key}={symbol.Value}"))));
    }

    private static IEnumerable<object?> Fits(ImageManifest manifest)
    {
        if (!manifest.Accelerators.IsEmpty)
            yield return new XElement("p", $"Accelerators: {string.Join(", ", manifest.Accelerators.Select(a => a.Modules.IsEmpty ? a.Name : $"{a.Name} ({string.Join(", ", a.Modules)})"))}");
        if (!manifest.Fits.IsEmpty)
            yield return HtmlPage.Table(["part", "is made for", "which is", "from"], manifest.Fits.Select(fit => new object?[] { fit.Part, $"{fit.Interface} {fit.Range}", fit.Version, fit.Other }));
    }

    private static string Decimal(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
