// Sources that lie in the workspace: supplied by the user, or beside the recipe. Wrong ones are told while planning. Unaware of what is done with them.

using System.Globalization;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning.Recipes;

/// <summary>Finds and examines sources without a download.</summary>
internal static class LocalSources
{
    private const string Supplied = "supplied:", Beside = "file:";

    /// <summary>The path in the workspace; null for a source that is fetched.</summary>
    /// <param name="source">A source of a recipe or a model.</param>
    /// <param name="folder">The folder of its recipe.</param>
    public static string? PathOf(SourceSpec source, string folder)
    {
        var url = source.Url.Value;
        if (url.StartsWith(Supplied, StringComparison.Ordinal))
            return $"{SourceSpec.SuppliedFolder}/{url[Supplied.Length..]}";
        if (!url.StartsWith(Beside, StringComparison.Ordinal) || url.StartsWith($"{Beside}/", StringComparison.Ordinal))
            return null;
        return url[Beside.Length..] is "." or "./" ? folder : $"{folder}/{url[Beside.Length..]}";
    }

    /// <summary>Notes what is wrong with the file, or the folder where one may be, at <paramref name="path"/>.</summary>
    public static void Check(PlanContext context, SourceSpec source, string path, string owner, bool mayBeFolder = false)
    {
        var isSupplied = source.Url.Value.StartsWith(Supplied, StringComparison.Ordinal);
        var hasHash = HasHash(source);
        if (!isSupplied && !hasHash)
            return;
        switch (context.Options.Look(path, hasHash))
        {
            case LocalFile.Missing:
                context.Error(SourcePlanner.SuppliedFileMissing, $"`{owner}` needs the file `{path}`, which only you can supply", source.Url.Span, source.Obtain);
                break;
            case LocalFile.Unreadable { IsFolder: true } when mayBeFolder && !hasHash:
                break;
            case LocalFile.Unreadable file:
                Unusable(file.Why);
                break;
            // Firmware that is blank lets a board fail at its very first instruction, without a word.
            case LocalFile.Readable { IsBlank: true } file when isSupplied:
                Unusable(file.Size == 0 ? "is empty" : string.Create(CultureInfo.InvariantCulture, $"has {file.Size} bytes, all of them zero"));
                break;
            // A cut download, or a file of another chip: what a board does with it, nobody sees.
            case LocalFile.Readable file when isSupplied && file.Size < source.AtLeast?.Value:
                Unusable(string.Create(CultureInfo.InvariantCulture, $"has {file.Size} bytes, at least {source.AtLeast.Value} are expected: it is cut, or another file"));
                break;
            case LocalFile.Readable file when isSupplied && file.Size > source.AtMost?.Value:
                Unusable(string.Create(CultureInfo.InvariantCulture, $"has {file.Size} bytes, at most {source.AtMost.Value} are expected: it is another file"));
                break;
            case LocalFile.Readable file when hasHash && !Expected(source).Any(e => e.Hash.Value == file.Sha256):
                var remedy = "when this file is the right one, correct `sha256`";
                context.Error("IC0323", $"`{path}`, which `{owner}` needs, has SHA-256 `{file.Sha256}`, expected is {string.Join(" or ", Expected(source).Select(e => e.Words))}", Expected(source).First().Hash.Span,
                    source.Obtain is null ? $"Restore it; or, {remedy}" : $"{source.Obtain}; or, {remedy}");
                break;
        }

        void Unusable(string why) => context.Error("IC0322", $"`{path}`, which `{owner}` needs, {why}", source.Url.Span, source.Obtain ?? "Restore it");
    }

    /// <summary>The SHA-256 of a source as far as it is known: of versions, the one that is there; of a git source, its commit.</summary>
    public static string? Sha256Of(PlanContext context, SourceSpec source, string folder) => source.Versions.IsEmpty
        ? source.Commit?.Value ?? source.Sha256?.Value
        : (context.Options.Look(PathOf(source, folder)!, true) as LocalFile.Readable)?.Sha256;

    private static bool HasHash(SourceSpec source) => source.Sha256 is not null || !source.Versions.IsEmpty;

    private static IEnumerable<(Sited<string> Hash, string Words)> Expected(SourceSpec source) =>
        source.Sha256 is { } only ? [(only, $"`{only}`")] : source.Versions.Select(v => (v.Value, $"`{v.Value}` (version {v.Key})"));
}
