// What is to be asked for newer versions of a recipe, as its sources and its `releases:` say. Pure.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Updating;

/// <summary>Whether and where newer versions of a recipe are looked for.</summary>
public abstract record ReleaseSearch
{
    private ReleaseSearch()
    {
    }

    /// <summary>Places in the order in which they are asked: upstream, then the feeds.</summary>
    /// <param name="Version">The recipe's version.</param>
    /// <param name="Places">At least one.</param>
    public sealed record At(ReleaseVersion Version, ImmutableArray<ReleasePlace> Places) : ReleaseSearch;

    /// <summary>It has no releases of its own.</summary>
    /// <param name="Group">What all such recipes have in common, for a list of them.</param>
    /// <param name="Reason">Why nobody looks, and what renews it.</param>
    public sealed record LeftOut(LeftOutGroup Group, string Reason) : ReleaseSearch;

    /// <summary>It should be looked for, and cannot be.</summary>
    public sealed record Impossible(string Reason) : ReleaseSearch;

    /// <summary>What is to be asked.</summary>
    public static ReleaseSearch Of(Recipe recipe)
    {
        if (recipe.Releases?.None is { } none)
            return new LeftOut(LeftOutGroup.Said, none.Value);
        switch (recipe.Build)
        {
            case BuildSpec.Prebuilt:
                return new LeftOut(LeftOutGroup.Feed, "packages of the feed, which `./build.sh lock --update` renews");
            case BuildSpec.KernelTool tool:
                return new LeftOut(LeftOutGroup.Sources, $"built from the sources of `{tool.KernelRecipe}`");
        }

        if (recipe.Releases?.Url is null && MainSource(recipe) is not { } source)
            return recipe.Sources.Any(one => one.Url.Value.StartsWith("supplied:", StringComparison.Ordinal)) ? new LeftOut(LeftOutGroup.Supplied, "files that users get from their vendors")
                : new LeftOut(LeftOutGroup.Sources, recipe.Sources.IsEmpty ? "no sources" : "its sources lie in the workspace");
        if (!ReleaseVersion.TryParse(recipe.Version, out var version))
            return new Impossible($"`{recipe.Version}` cannot be compared: it is no version of numbers");
        ImmutableArray<ReleasePlace> places = [.. PlacesOf(recipe)];
        return places.IsEmpty ? new Impossible("no address of its sources has the version in it; say where to look by `releases:`") : new At(version, places);
    }

    /// <summary>The source that the version is of: the first with it in an address, or the first that is fetched. Null: none is.</summary>
    public static SourceSpec? MainSource(Recipe recipe) =>
        recipe.Sources.FirstOrDefault(source => IsFetched(source) && Addresses(source).Any(address => VersionSpelling.IsIn(address, recipe.Version))) ?? recipe.Sources.FirstOrDefault(IsFetched);

    /// <summary>All places of a source, the best first.</summary>
    public static IEnumerable<string> Addresses(SourceSpec source) => source.Mirrors.Prepend(source.Url).Select(place => place.Value);

    /// <summary>Name of the source package of a <c>debian:</c> place, with or without a file; null: it is none.</summary>
    public static string? FeedSource(string address) => !address.StartsWith("debian:", StringComparison.Ordinal) ? null
        : address["debian:".Length..].Split('/') is ["pool", .., var inPool, _] ? inPool : address["debian:".Length..].Split('/')[0];

    /// <summary>How many of the numbers of a version a folder is named by, as <c>v2.41</c>, <c>tool-1.2</c> and <c>v6.x</c> are: one alone counts only where hardly anything else is there. 0: it is not named by them.</summary>
    public static int FolderNumbers(string folder, string version)
    {
        for (var count = version.Split(VersionSpelling.Separators).Length; count > 0; count--)
            if (First(version, count) is var start && (count > 1 ? VersionSpelling.Find(folder, start) is not null : folder == start || folder == $"v{start}" || folder == $"v{start}.x" || folder == $"{start}.x"))
                return count;
        return 0;
    }

    /// <summary>The first numbers of a version.</summary>
    public static string First(string version, int count) => string.Join('.', version.Split(VersionSpelling.Separators).Take(count));

    private static bool IsFetched(SourceSpec source) => source.Commit is not null || !(source.Url.Value.StartsWith("file:", StringComparison.Ordinal) || source.Url.Value.StartsWith("supplied:", StringComparison.Ordinal));

    private static IEnumerable<ReleasePlace> PlacesOf(Recipe recipe)
    {
        var addresses = MainSource(recipe) is { } source ? Addresses(source).ToList() : [];
        var pattern = recipe.Releases?.Pattern is { } written ? NamePattern.Written(written) : null;
        var said = recipe.Releases?.Url?.Value;
        // Mirrors of one archive tell the same, so the first that can tell is enough.
        var upstream = said is not null ? Said(said, recipe, addresses, pattern) : addresses.Select(address => Upstream(address, recipe.Version, pattern)).FirstOrDefault(place => place is not null);
        if (upstream is not null)
            yield return upstream;
        if (upstream is not ReleasePlace.Feed && addresses.Select(address => FeedPlace(address, recipe.Version)).FirstOrDefault(place => place is not null) is { } feed)
            yield return feed;
    }

    private static ReleasePlace? Said(string said, Recipe recipe, List<string> addresses, NamePattern? pattern)
    {
        if (said.StartsWith("git:", StringComparison.Ordinal))
            return new ReleasePlace.GitTags(said["git:".Length..], pattern);
        if (said.StartsWith("npm:", StringComparison.Ordinal) || said.StartsWith("nuget:", StringComparison.Ordinal))
            return new ReleasePlace.Registry(said);
        if (FeedSource(said) is { } source)
            return new ReleasePlace.Feed(source, addresses.Where(address => FeedSource(address) is not null).Select(address => VersionSpelling.Find(address, recipe.Version)).FirstOrDefault(found => found is not null));
        var files = pattern ?? addresses.Select(address => NamePattern.Like(SourceSpec.FileNameOf(address), recipe.Version)).FirstOrDefault(found => found is not null);
        return files is null ? null : new ReleasePlace.Page(new Uri(said), [], files);
    }

    private static ReleasePlace? Upstream(string address, string version, NamePattern? pattern)
    {
        if (address.StartsWith("git:", StringComparison.Ordinal))
            return new ReleasePlace.GitTags(address["git:".Length..], pattern);
        if (address.StartsWith("npm:", StringComparison.Ordinal))
            return address.IndexOf('@', "npm:".Length + 1) is > 0 and var at ? new ReleasePlace.Registry(address[..at]) : null;
        if (address.StartsWith("nuget:", StringComparison.Ordinal))
            return new ReleasePlace.Registry(address.Split('/')[0]);
        if (ForgeAddress.Of(address) is { } forge)
            return new ReleasePlace.WebTags(forge.Repository, pattern ?? (forge.Tag is { } tag ? NamePattern.Like(tag, version) : null));
        return Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? Listing(uri!, version, pattern) : null;
    }

    private static ReleasePlace.Feed? FeedPlace(string address, string version) => FeedSource(address) is { } source ? new(source, VersionSpelling.Find(SourceSpec.FileNameOf(address), version)) : null;

    // The folder of a file, from the part of its path on that has a version.
    private static ReleasePlace.Page? Listing(Uri file, string version, NamePattern? pattern)
    {
        var parts = file.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToList();
        if (parts.Count == 0 || (pattern ?? NamePattern.Like(parts[^1], version)) is not { } files)
            return null;
        if (SourceForge(file, parts) is { } feed)
            return new(feed, [], files);
        var folders = parts[..^1].Select(part => new FolderName(part, FolderPattern(part, version))).ToList();
        var fixedParts = folders.TakeWhile(folder => folder.Pattern is null).Count();
        return new(new Uri(file, "/" + string.Concat(parts.Take(fixedParts).Select(part => Uri.EscapeDataString(part) + "/"))), [.. folders.Skip(fixedParts)], files);
    }

    private static NamePattern? FolderPattern(string folder, string version) => FolderNumbers(folder, version) is > 0 and var count ? NamePattern.Like(folder, First(version, count)) : null;

    // Its servers for downloads list nothing; the newest files of a project stand in a page of its own.
    // Source: SourceForge's documentation, "RSS" of "Files".
    private static Uri? SourceForge(Uri file, List<string> parts)
    {
        var isProject = parts is ["project" or "projects", ..];
        return file.Host is "download.sourceforge.net" or "downloads.sourceforge.net" or "prdownloads.sourceforge.net" || (file.Host is "sourceforge.net" && isProject)
            ? new Uri($"https://sourceforge.net/projects/{Uri.EscapeDataString(isProject ? parts[1] : parts[0])}/rss?path=/") : null;
    }
}

/// <summary>Why recipes have no releases of their own.</summary>
public enum LeftOutGroup
{
    /// <summary>They are packages of a feed, which the lock pins.</summary>
    Feed,

    /// <summary>Their sources are the workspace's, or another recipe's.</summary>
    Sources,

    /// <summary>Their files come from vendors, by way of the user.</summary>
    Supplied,

    /// <summary>The recipe says why.</summary>
    Said,
}
