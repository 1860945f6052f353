// Where a package's sources are, which patches they get, and by which hash they are known. Pure.

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing.Buildroot;

/// <summary>Reads versions, sites and hashes.</summary>
internal static partial class BuildrootSources
{
    /// <summary>The version.</summary>
    /// <exception cref="CommandLine.ProblemException">It has none that can be said.</exception>
    public static string Version(BuildrootFindings found) =>
        found.Text("VERSION") is { Length: > 0 } version && !version.Contains('$', StringComparison.Ordinal) && !version.Contains(' ', StringComparison.Ordinal) ? version
        : found.Scope.Has(found.Full("VERSION")) ? throw found.PlaceOf("VERSION").Refuse($"`{found.Full("VERSION")}` is no version that can be said without Buildroot's configuration", "Choose one: set it to a text in a copy of the file, and import that")
        : throw found.Place.Refuse($"`{found.Full("VERSION")}` is set nowhere", "Import a package that has sources; what has none is a `script` recipe written by hand");

    /// <summary>The sources; those without a hash have none yet.</summary>
    public static IEnumerable<ForeignSource> Sources(BuildrootFindings found, string version)
    {
        var site = found.Text("SITE");
        var method = found.Text("SITE_METHOD");
        var place = found.PlaceOf("SITE");
        if (site is null)
        {
            if (!found.Scope.Has(found.Full("SITE")) && found.Text("SOURCE") is not "" and not null)
                found.Tell("SOURCE", new("no site is said", "Write `sources:`"));
            yield break;
        }

        method ??= Scheme().Match(site) is { Success: true } scheme ? scheme.Groups[1].Value : "";
        if (method is "git" || (method is "https" or "http" && site.EndsWith(".git", StringComparison.Ordinal)))
        {
            if (Commit().IsMatch(version) && GitUrl(site) is { } address)
                yield return new($"git:{address}", version, place);
            else
                found.Tell("SITE", new(Commit().IsMatch(version) ? "git asks this address in no safe way" : "a source of git is known by its commit here, and this is a tag: the hash is of an archive that Buildroot makes", $"`git ls-remote ADDRESS {version}` tells the commit: `sources: [ {{ url: \"git:{site}\", commit: ... }} ]`"));
            yield break;
        }

        if (found.Text("EXTRA_DOWNLOADS") is { Length: > 0 })
            found.Tell("EXTRA_DOWNLOADS", new("what commands do with it is not known", "Add sources with `into:` or `unpack: false`"));
        if (found.Text("PATCH") is { Length: > 0 })
            found.Tell("PATCH", new("patches are files beside a recipe, and are not fetched", "Download them, look at them, and add them to `patches:`"));
        if (Scheme().Match(site) is not { Success: true } web || web.Groups[1].Value is not ("https" or "http") || method is not ("https" or "http" or "wget" or "curl"))
        {
            found.Tell("SITE", new("sources have no such address", "Find the archive by `https:`, and write `sources:` with its SHA-256"));
            yield break;
        }

        var hashes = found.Files.Has($"{found.Name.Name}.hash") ? HashText.Parse($"{found.Name.Name}.hash", found.Files.Text($"{found.Name.Name}.hash")!) : [];
        var source = found.Scope.Has(found.Full("SOURCE")) ? found.Text("SOURCE") : $"{found.Name.Name}-{version}.tar.gz";
        if (source is null or "")
            yield break;
        var hash = hashes.Find(line => line.Kind == "sha256" && line.File == source);
        if (hash is null)
            found.Rest.Add(new(place, source, hashes.Find(line => line.File == source) is { } other ? new($"it is known by {other.Kind} (line {other.Line()}) and not by SHA-256", "Download it, check it by that, and write `sha256:` by `sha256sum`")
                : new(hashes.Exists(line => line.File.StartsWith(source.Split(".tar")[0], StringComparison.Ordinal)) ? "the hash is of an archive that Buildroot makes with everything it depends on" : "no SHA-256 of it is there", "Download it, check it by its signature, and write `sha256:` by `sha256sum`")));
        if (hashes.Where(line => line != hash).ToList() is { Count: > 0 } further)
            found.Needless.Add(new(further[0].Place, "hashes of other files", "texts of licenses and archives of other variants are not checked by themselves"));
        yield return new($"{site.TrimEnd('/')}/{source}".Replace("$", "$$", StringComparison.Ordinal), hash?.Value, place) { Strip = found.Text("STRIP_COMPONENTS") is { } strip && int.TryParse(strip, out var count) && count != 1 ? count : null };
    }

    /// <summary>Patches, in the order in which they are applied.</summary>
    /// <remarks>Source: Buildroot's manual, "Patching a package": a folder named by the version takes the place of the package's own, a file <c>series</c> that of the order by name.</remarks>
    public static IEnumerable<string> Patches(BuildrootFindings found, string version)
    {
        var folder = found.Files.In(version).Any() ? version : "";
        var series = ForeignFiles.Join(folder, "series");
        var packed = found.Files.In(folder).Where(file => PackedPatch().IsMatch(file)).ToList();
        foreach (var file in packed)
            found.Rest.Add(new(new(file, 1), file, new("packed patches are not read", "Unpack it beside the recipe, and add it to `patches:`")));
        if (!found.Files.Has(series))
            return found.Files.In(folder).Where(file => file.EndsWith(".patch", StringComparison.Ordinal));
        var listed = found.Files.Text(series)!.Split('\n').Select((line, at) => (Name: line.Split('#')[0].Trim(), Line: at + 1)).Where(line => line.Name.Length > 0).ToList();
        foreach (var (name, line) in listed.Where(line => !found.Files.Has(ForeignFiles.Join(folder, line.Name))))
            throw new ForeignPlace(series, line).Refuse($"There is no patch `{name}`", "Mend the file");
        return listed.Select(line => ForeignFiles.Join(folder, line.Name));
    }

    private static int Line(this HashLine line) => line.Place.Line;

    private static string? GitUrl(string site) => Repository().IsMatch(site) ? site : null;

    [GeneratedRegex(@"^(https|git|ssh)://([A-Za-z0-9_.-]+@)?[A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?/")]
    private static partial Regex Repository();

    [GeneratedRegex(@"^([a-z+]+)://")]
    private static partial Regex Scheme();

    [GeneratedRegex("^[0-9a-f]{40}$")]
    private static partial Regex Commit();

    [GeneratedRegex(@"\.patch\.(gz|bz2|xz|zst)$")]
    private static partial Regex PackedPatch();
}
