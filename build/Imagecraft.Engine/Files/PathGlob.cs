// Patterns for relative paths. Unaware of disks.

using System.Collections.Immutable;
using System.IO.Enumeration;
using System.Text;
using System.Text.RegularExpressions;

namespace Imagecraft.Engine.Files;

/// <summary>
/// A pattern over whole relative paths: <c>*</c>, <c>?</c>, and classes such as <c>[a-z]</c> and <c>[!0-9]</c> within a name, <c>**</c> for any number of folders. A leading slash changes nothing.
/// A bracket that nothing closes is itself, as in <c>/usr/bin/[</c>.
/// </summary>
/// <remarks>Source: glob(7).</remarks>
public sealed partial class PathGlob(string pattern)
{
    private readonly ImmutableArray<Part> _parts = [.. pattern.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(part => new Part(part))];

    /// <summary>Whether the pattern describes the path itself, e.g. <c>src/**/*.c</c> describes <c>src/a.c</c> and <c>src/x/y/b.c</c>.</summary>
    public bool Matches(string path) => Matches(_parts.AsSpan(), path.AsSpan().Trim('/'));

    private static bool Matches(ReadOnlySpan<Part> parts, ReadOnlySpan<char> path)
    {
        if (parts.IsEmpty)
            return path.IsEmpty;
        var slash = path.IndexOf('/');
        var rest = slash < 0 ? [] : path[(slash + 1)..];
        if (parts[0].IsAnyFolders)
            return Matches(parts[1..], path) || (!path.IsEmpty && Matches(parts, rest));
        return !path.IsEmpty && parts[0].Matches(slash < 0 ? path : path[..slash]) && Matches(parts[1..], rest);
    }

    // The pattern of one name. Those with classes are few, and slower.
    private sealed partial class Part
    {
        private readonly string _text;
        private readonly Regex? _classes;

        public Part(string text) => (_text, _classes) = (text, Class().IsMatch(text) ? Compiled(text) : null);

        public bool IsAnyFolders => _text == "**";

        public bool Matches(ReadOnlySpan<char> name) => _classes?.IsMatch(name) ?? FileSystemName.MatchesSimpleExpression(_text, name, ignoreCase: false);

        // A range that runs backwards, [z-a], is no class.
        private static Regex? Compiled(string text)
        {
            try
            {
                return new(Translated(text), RegexOptions.CultureInvariant | RegexOptions.Singleline);
            }
            catch (ArgumentException)
            {
                return null;
            }
        }

        private static string Translated(string text)
        {
            var expression = new StringBuilder("^");
            for (var at = 0; at < text.Length;)
            {
                if (Class().Match(text, at) is { Success: true } match && match.Index == at)
                {
                    var inner = match.Groups["inner"].Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal).Replace("^", "\\^", StringComparison.Ordinal);
                    expression.Append('[').Append(match.Groups["not"].Success ? "^" : "").Append(inner).Append(']');
                    at += match.Length;
                    continue;
                }

                expression.Append(text[at] switch { '*' => ".*", '?' => ".", var letter => Regex.Escape(letter.ToString()) });
                at++;
            }

            return expression.Append(@"\z").ToString();
        }

        // The first letter of a class may be the bracket that would close it.
        [GeneratedRegex(@"\[(?<not>!)?(?<inner>[^/][^\]/]*)\]")]
        private static partial Regex Class();
    }
}
