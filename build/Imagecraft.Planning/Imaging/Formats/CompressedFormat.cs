// NAME.zst and NAME.gz: any artifact, compressed.

using System.Collections.Immutable;

namespace Imagecraft.Planning.Imaging.Formats;

internal static class CompressedFormat
{
    /// <summary>Suffixes with the arguments that zstd makes them with.</summary>
    public static ImmutableSortedDictionary<string, string> Suffixes { get; } =
        ImmutableSortedDictionary<string, string>.Empty.Add(".gz", "gzip").Add(".zst", "zstd");

    /// <summary>The suffix of a name; null when it has none.</summary>
    public static string? SuffixOf(string name) => Suffixes.Keys.FirstOrDefault(suffix => name.EndsWith(suffix, StringComparison.Ordinal));

    public static OutputRef Plan(FormatJob job, string artifact, string suffix, OutputRef content) =>
        job.Script(artifact, artifact, "formats", "make-compressed", [artifact, Suffixes[suffix]], [content.At("/content", "what is compressed")]);
}
