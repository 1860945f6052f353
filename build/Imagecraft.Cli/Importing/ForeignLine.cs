// Lines of a foreign file, where a backslash at the end lets a line go on. Pure.

namespace Imagecraft.Cli.Importing;

/// <summary>A line with those that continue it.</summary>
/// <param name="Place">Where it begins.</param>
/// <param name="Text">What it says.</param>
internal sealed record ForeignLine(ForeignPlace Place, string Text)
{
    /// <summary>The lines of a file.</summary>
    /// <param name="file">Its name, for places.</param>
    /// <param name="text">Its text.</param>
    public static List<ForeignLine> Of(string file, string text)
    {
        var lines = new List<ForeignLine>();
        var raw = text.Split('\n');
        for (var at = 0; at < raw.Length; at++)
        {
            var place = new ForeignPlace(file, at + 1);
            var line = raw[at].TrimEnd('\r');
            while (line.EndsWith('\\') && at + 1 < raw.Length)
                line = line[..^1].TrimEnd() + " " + raw[++at].TrimEnd('\r').TrimStart();
            lines.Add(new(place, line));
        }

        return lines;
    }
}
