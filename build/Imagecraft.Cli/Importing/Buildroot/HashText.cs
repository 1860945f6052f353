// Buildroot's `.hash` files. Pure.

using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing.Buildroot;

/// <summary>A line of a hash file.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Kind">Name of the hash function.</param>
/// <param name="Value">The hash.</param>
/// <param name="File">The file that has it.</param>
internal sealed record HashLine(ForeignPlace Place, string Kind, string Value, string File);

/// <summary>Reads hash files.</summary>
internal static partial class HashText
{
    /// <summary>The lines of a file.</summary>
    /// <exception cref="CommandLine.ProblemException">A line is none.</exception>
    public static List<HashLine> Parse(string file, string text)
    {
        var lines = new List<HashLine>();
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            var place = new ForeignPlace(file, ++number);
            var words = raw.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
                continue;
            if (words.Length != 3)
                throw place.Refuse($"A line of a hash file has a kind, a hash and a name, but this one has {words.Length} words", "Mend the file");
            if (words[0] == "sha256" && !Sha256().IsMatch(words[1]))
                throw place.Refuse($"`{words[1]}` is no SHA-256: that has 64 hexadecimal digits", "Mend the file");
            lines.Add(new(place, words[0], words[1].ToLowerInvariant(), words[2]));
        }

        return lines;
    }

    [GeneratedRegex("^[0-9a-fA-F]{64}$")]
    private static partial Regex Sha256();
}
