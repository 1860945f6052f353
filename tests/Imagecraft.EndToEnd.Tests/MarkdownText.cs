// The indented blocks of a page. Unaware of what they hold.

using System.Text.RegularExpressions;

namespace Imagecraft.EndToEnd.Tests;

/// <summary>A page of the repository that tells people what to copy.</summary>
internal static partial class MarkdownText
{
    public static string Read(string path) => File.ReadAllText(Path.Combine(RepositoryWorkspace.Repository, path));

    /// <summary>The lines of each block without their indent.</summary>
    /// <param name="text">A page.</param>
    /// <param name="isParted">Whether an empty line parts two blocks.</param>
    public static IEnumerable<string[]> Blocks(string text, bool isParted) =>
        (isParted ? Lines() : LinesWithGaps()).Matches(text).Select(match => match.Value.TrimEnd('\n').Split('\n').Select(line => line.Length == 0 ? "" : line[4..]).ToArray());

    [GeneratedRegex(@"(?m)(^    .*\n)+")]
    private static partial Regex Lines();

    [GeneratedRegex(@"(?m)^    .*\n((^    .*\n)|(^\n(?=(\n)*    )))*")]
    private static partial Regex LinesWithGaps();
}
