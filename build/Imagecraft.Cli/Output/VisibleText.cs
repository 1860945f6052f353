// Makes foreign text safe for a terminal: what would move the cursor, change colors or hide text becomes visible. Unaware of where it goes.

using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Imagecraft.Feeds;

namespace Imagecraft.Cli.Output;

/// <summary>Text of actions, recipes, feeds and servers as people may see it. Logs and files keep it as it is.</summary>
public static partial class VisibleText
{
    // C0 and C1 without tab and line feed, delete, and what turns the direction of writing (Unicode Technical Report 36, section 2.8).
    private static readonly SearchValues<char> _unsafe = SearchValues.Create(
        [.. Enumerable.Range(0, 0xa0).Where(c => c is not ('\t' or '\n') && (c < 0x20 || c >= 0x7f)).Concat(Enumerable.Range(0x202a, 5)).Concat(Enumerable.Range(0x2066, 4)).Select(c => (char)c)]);

    /// <summary>The text without credentials in addresses and without control characters: sequences of terminals are left out, a carriage return before a line feed too; any other character becomes <c>\xNN</c> or <c>\uNNNN</c>.</summary>
    public static string Of(string text)
    {
        text = Addresses.Shown(text);
        if (text.AsSpan().IndexOfAny(_unsafe) < 0)
            return text;
        var visible = new StringBuilder(text.Length);
        foreach (var character in Sequence().Replace(text, "").Replace("\r\n", "\n", StringComparison.Ordinal))
        {
            if (!_unsafe.Contains(character))
                visible.Append(character);
            else
                visible.Append(character < 0x100 ? string.Create(CultureInfo.InvariantCulture, $"\\x{(int)character:x2}") : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"));
        }

        return visible.ToString();
    }

    /// <summary>As <see cref="Of"/>, but the few colors of <see cref="ConsoleExtensions.Paint"/> stay: they can hide nothing.</summary>
    internal static string WithColors(string text)
    {
        var parts = Color().Split(text);
        return parts.Length == 1 ? Of(text) : string.Concat(parts.Select((part, index) => index % 2 == 0 ? Of(part) : part));
    }

    // Control sequences, strings of operating system commands and the like, and what is two characters long. Source: ECMA-48, sections 5.3 to 5.6.
    [GeneratedRegex(@"(\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-Z\\^-~]", RegexOptions.ExplicitCapture)]
    private static partial Regex Sequence();

    [GeneratedRegex(@"(?<color>\x1b\[(0|(1;)?3[1-7])m)", RegexOptions.ExplicitCapture)]
    private static partial Regex Color();
}
