// SRC_URI: archives, repositories, patches and files beside a recipe. Pure.

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing.Yocto;

/// <summary>What a recipe fetches.</summary>
internal sealed record FetchedSources(ImmutableArray<ForeignSource> Sources, ImmutableArray<string> Patches, ImmutableArray<(string Name, string Path, ForeignPlace Place)> Files);

/// <summary>Reads addresses of BitBake's.</summary>
/// <remarks>Source: BitBake User Manual, chapter "File Download Support".</remarks>
internal static partial class SourceUris
{
    private static readonly string[] Folders = ["{0}-{1}", "{0}", "files"];

    /// <summary>Reads them.</summary>
    public static FetchedSources Read(YoctoFindings found, string version)
    {
        var sources = ImmutableArray.CreateBuilder<ForeignSource>();
        var patches = ImmutableArray.CreateBuilder<string>();
        var files = ImmutableArray.CreateBuilder<(string Name, string Path, ForeignPlace Place)>();
        var locked = new HashSet<string>(StringComparer.Ordinal);
        foreach (var word in found.Words("SRC_URI"))
        {
            void Tell(string why, string remedy) => found.Rest.Add(new(word.Place, word.Text, new(why, remedy)));
            if (!word.When.IsAlways)
            {
                Tell($"it counts where {word.When}", "Add it to `sources:` or `patches:` by hand, with `when:`");
                continue;
            }

            var parts = word.Text.Split(';');
            var options = parts.Skip(1).Select(part => part.Split('=', 2)).Where(pair => pair.Length == 2).GroupBy(pair => pair[0]).ToDictionary(pairs => pairs.Key, pairs => pairs.Last()[1], StringComparer.Ordinal);
            var colon = parts[0].IndexOf("://", StringComparison.Ordinal);
            if (colon < 0)
            {
                Tell("it is no address", "Write it by hand");
                continue;
            }

            var (scheme, rest) = (parts[0][..colon], parts[0][(colon + 3)..]);
            if (scheme is "https" or "http")
            {
                if (Archive(found, parts[0], options, word, sources.Count == 0) is { } archive)
                    sources.Add(archive);
            }
            else if (scheme == "git")
            {
                if (Git(found, rest, options, word) is { } source)
                    sources.Add(source);
            }
            else if (scheme == "file")
                Beside(found, version, rest, options, word, patches, files);
            else if (scheme is not ("crate" or "gomod" or "gomodgit" or "npm" or "npmsw") || locked.Add(scheme))
                Tell(scheme is "crate" or "gomod" or "gomodgit" or "npm" or "npmsw" ? "what it depends on is pinned by the lock file of its language" : scheme == "gitsm" ? "submodules are not fetched" : "sources have no such address",
                    scheme is "crate" ? "Copy `Cargo.lock` beside the recipe: `crates: Cargo.lock`" : scheme is "gomod" or "gomodgit" ? "Copy `go.sum` beside the recipe: `modules: go.sum`" : scheme == "gitsm" ? "Write a source for the repository and one for each submodule, with `into:`" : "Find it by `https:` or `git:`, and write it into `sources:`");
        }

        return new(sources.ToImmutable(), patches.ToImmutable(), files.ToImmutable());
    }

    /// <summary>The file that a recipe names, below the layer; null: there is none.</summary>
    public static string? Find(YoctoFindings found, string version, string name)
    {
        var further = Further().Matches(found.Scope.Shown("FILESEXTRAPATHS")).Select(match => match.Groups[1].Value.Replace("${BPN}", found.Name, StringComparison.Ordinal).Replace("${PN}", found.Name, StringComparison.Ordinal).Replace("${BP}", $"{found.Name}-{version}", StringComparison.Ordinal).Replace("${PV}", version, StringComparison.Ordinal));
        return further.Concat(Folders.Select(folder => string.Format(System.Globalization.CultureInfo.InvariantCulture, folder, found.Name, version)))
            .Select(folder => ForeignFiles.Join(ForeignFiles.Join(found.Folder, folder), name)).FirstOrDefault(found.Files.Has);
    }

    private static ForeignSource? Archive(YoctoFindings found, string url, Dictionary<string, string> options, ForeignWord word, bool isFirst)
    {
        if (PatchName().IsMatch(SourceName(url)) && options.GetValueOrDefault("apply") != "no")
        {
            found.Rest.Add(new(word.Place, url, new("patches are files beside a recipe, and are not fetched", "Download it, look at it, and add it to `patches:`")));
            return null;
        }

        if (url.Contains("${", StringComparison.Ordinal))
        {
            found.Rest.Add(new(word.Place, url, new("the address depends on the architecture", "Write a source for each, with `when:`")));
            return null;
        }

        var name = options.GetValueOrDefault("name");
        var flag = name is null ? "sha256sum" : $"{name}.sha256sum";
        var pin = found.Scope.Flags.TryGetValue(("SRC_URI", flag), out var sum) ? sum : name is null && isFirst ? null : found.Scope.Flags.GetValueOrDefault(("SRC_URI", "sha256sum"));
        var hash = options.GetValueOrDefault("sha256sum") ?? (pin is null ? null : found.Scope.Expand(pin.Value, pin.Place, out _)?.Plain);
        if (hash is not null && !Sha256().IsMatch(hash))
            throw (pin?.Place ?? word.Place).Refuse($"`{hash}` is no SHA-256: that has 64 hexadecimal digits", "Mend the file");
        if (hash is null)
            found.Rest.Add(new(word.Place, url, new("no SHA-256 of it is there", "Download it, check it by its signature, and write `sha256:` by `sha256sum`")));
        if (options.GetValueOrDefault("downloadfilename") is { } renamed)
            found.Needless.Add(new(word.Place, $"downloadfilename={renamed}", "downloads are known by their hashes"));
        var isPlain = options.GetValueOrDefault("unpack") is "0" or "false" or "no";
        return new(url, hash?.ToLowerInvariant(), word.Place) { IsPlain = isPlain, Into = options.GetValueOrDefault("subdir") ?? "" };
    }

    private static ForeignSource? Git(YoctoFindings found, string rest, Dictionary<string, string> options, ForeignWord word)
    {
        void Tell(string why, string remedy) => found.Rest.Add(new(word.Place, word.Text, new(why, remedy)));
        var protocol = options.GetValueOrDefault("protocol", "git");
        if (protocol is not ("https" or "git" or "ssh") || rest.Contains("${", StringComparison.Ordinal) || !Repository().IsMatch($"{protocol}://{rest}"))
        {
            Tell($"git asks no safe address by `{protocol}`", "Write `sources: [ { url: \"git:https://...\", commit: ... } ]`");
            return null;
        }

        foreach (var option in new[] { "subpath", "submodules", "lfs" }.Where(options.ContainsKey))
            Tell($"`{option}` has no counterpart", "See what it takes out of the repository, and use `subfolder:` of `build:`");
        var variable = options.GetValueOrDefault("name") is { } name && found.Scope.Has($"SRCREV_{name}") ? $"SRCREV_{name}" : "SRCREV";
        var revision = options.GetValueOrDefault("rev") ?? (found.Scope.Shown(variable) == "${AUTOREV}" ? null : found.Text(variable));
        found.Scope.Used.Add(variable);
        if (revision is null || !Commit().IsMatch(revision))
        {
            Tell(revision is null ? "it follows a branch, and a source never changes" : $"`{revision}` is no whole commit", $"`git ls-remote {protocol}://{rest}` tells commits; write `commit:` with all 40 digits");
            return null;
        }

        var suffix = options.GetValueOrDefault("destsuffix") ?? "";
        // Its first part is the folder of the sources themselves.
        var into = suffix is "" or "git" or "git/" ? "" : suffix.StartsWith("git/", StringComparison.Ordinal) ? suffix["git/".Length..] : suffix;
        return new($"git:{protocol}://{rest}", revision, word.Place) { Into = into.Contains("${", StringComparison.Ordinal) ? "" : into.Trim('/') };
    }

    private static void Beside(YoctoFindings found, string version, string name, Dictionary<string, string> options, ForeignWord word, ImmutableArray<string>.Builder patches, ImmutableArray<(string Name, string Path, ForeignPlace Place)>.Builder files)
    {
        void Tell(string why, string remedy) => found.Rest.Add(new(word.Place, word.Text, new(why, remedy)));
        if (name is "run-ptest" or "ptest" || name.StartsWith("ptest", StringComparison.Ordinal))
        {
            found.Needless.Add(new(word.Place, name, "tests of Yocto's own form (ptest); `checks:` prove a recipe on the board"));
            return;
        }

        if (Find(found, version, name) is not { } path)
        {
            Tell("it does not lie beside the recipe, or is a folder", "Copy it beside the recipe, and add it to `patches:`, or to `sources:` as `file:NAME`");
            return;
        }

        var isPatch = options.GetValueOrDefault("apply") is "yes" || (PatchName().IsMatch(name) && options.GetValueOrDefault("apply") is not ("no" or "0" or "false"));
        if (!isPatch)
            files.Add((name, path, word.Place));
        else if (PackedPatch().IsMatch(name))
            Tell("packed patches are not read", "Unpack it beside the recipe, and add it to `patches:`");
        else if (options.TryGetValue("patchdir", out var into) || options.GetValueOrDefault("striplevel", "1") != "1")
            Tell($"it is applied {(into is null ? $"with `-p{options["striplevel"]}`" : $"in `{into}`")}, and patches here at the root of the sources with `-p1`", "Change the paths in it, and add it to `patches:`");
        else
            patches.Add(path);
    }

    private static string SourceName(string url) => Metadata.Model.SourceSpec.FileNameOf(url);

    [GeneratedRegex(@"\.(patch|diff)(\.(gz|bz2|xz|Z))?$")]
    private static partial Regex PatchName();

    [GeneratedRegex(@"^[a-z]+://([A-Za-z0-9_.-]+@)?[A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?/")]
    private static partial Regex Repository();

    [GeneratedRegex(@"\.(gz|bz2|xz|Z)$")]
    private static partial Regex PackedPatch();

    [GeneratedRegex("^[0-9a-fA-F]{64}$")]
    private static partial Regex Sha256();

    [GeneratedRegex("^[0-9a-f]{40}$")]
    private static partial Regex Commit();

    [GeneratedRegex(@"\$\{THISDIR\}/([^:\s]+)")]
    private static partial Regex Further();
}
