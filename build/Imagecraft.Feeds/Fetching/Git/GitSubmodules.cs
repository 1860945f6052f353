// Finds out where the submodules of a tree come from. Unaware of how they are fetched.

using Imagecraft.GitAddresses;

namespace Imagecraft.Feeds.Fetching;

/// <summary>Reads <c>.gitmodules</c>.</summary>
/// <remarks>Source: gitmodules(5); git-config(1) for `--null --list`.</remarks>
internal static class GitSubmodules
{
    private const string File = ".gitmodules";

    /// <summary>Each submodule with its address.</summary>
    /// <exception cref="FeedException">A submodule has no address, or one that git may not be given.</exception>
    public static async Task<List<(GitEntry Entry, string Address)>> AddressesAsync(GitProgram git, GitObjects objects, string work, string parent, List<GitEntry> entries, CancellationToken cancellationToken)
    {
        var submodules = entries.Where(e => e.Kind == GitKind.Submodule).ToList();
        if (submodules.Count == 0) return [];
        var file = entries.FirstOrDefault(e => e.Path == File);
        if (file is { Kind: GitKind.Link }) throw new FeedException("has a link as `.gitmodules`", userError: true);
        var urls = file is null ? [] : await UrlsAsync(git, (await objects.BytesAsync("blob", [file.Id], cancellationToken))[0], Path.Combine(work, "gitmodules"), cancellationToken);
        return [.. submodules.Select(s => (s, Address(s, parent, urls)))];
    }

    private static string Address(GitEntry submodule, string parent, Dictionary<string, string> urls)
    {
        if (!urls.TryGetValue(submodule.Path, out var url))
            throw new FeedException($"has the submodule `{submodule.Path}`, for which `.gitmodules` has no address; take it as a source of its own with `into: {submodule.Path}`, and the rest as an archive", userError: true);
        var (address, problem) = GitAddress.OfSubmodule(parent, url);
        return address ?? throw new FeedException($"has the submodule `{submodule.Path}`, whose address `{url}` {problem}", userError: true);
    }

    private static async Task<Dictionary<string, string>> UrlsAsync(GitProgram git, byte[] text, string path, CancellationToken cancellationToken)
    {
        await System.IO.File.WriteAllBytesAsync(path, text, cancellationToken);
        var list = await git.TextAsync(cancellationToken, "config", "--file", path, "--no-includes", "--null", "--list");
        // Items are `submodule.NAME.KEY<line feed>VALUE<NUL>`; NAME may have dots.
        var values = list.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(i => i.Split('\n', 2)).Where(i => i.Length == 2 && i[0].StartsWith("submodule.", StringComparison.Ordinal))
            .GroupBy(i => i[0][..i[0].LastIndexOf('.')], i => (Key: i[0][(i[0].LastIndexOf('.') + 1)..], Value: i[1]));
        var urls = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var module in values)
            if (module.LastOrDefault(v => v.Key == "path").Value is { } place && module.LastOrDefault(v => v.Key == "url").Value is { } url) urls[place.TrimEnd('/')] = url;
        return urls;
    }
}
