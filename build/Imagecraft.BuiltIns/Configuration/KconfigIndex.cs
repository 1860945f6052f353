// Finds a symbol's definitions in Kconfig files, for explanations only: it evaluates no expressions beyond naming their unset symbols.

using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Store;

namespace Imagecraft.BuiltIns.Configuration;

/// <summary>The Kconfig files of a source tree.</summary>
/// <remarks>Source: the kernel's Documentation/kbuild/kconfig-language.rst.</remarks>
internal sealed partial class KconfigIndex(ContentStore store, Digest source, string architecture, string subfolder)
{
    private readonly Lazy<ImmutableArray<(string Path, string[] Lines)>> files = new(() =>
    [
        .. TreeWalk.Entries(store, source)
            .Where(e => e.Kind == TreeEntryKind.File && IsKconfig(e.Path) && e.Path.StartsWith(subfolder, StringComparison.Ordinal) && !OtherArchitecture(e.Path[subfolder.Length..].TrimStart('/'), architecture))
            .Select(e => (e.Path, Encoding.UTF8.GetString(store.Get(e.Digest)).Split('\n'))),
    ]);

    /// <summary>Why a symbol has not the wanted value, as far as its definitions tell.</summary>
    public string Explain(string name, string wanted, IReadOnlyDictionary<string, string> final)
    {
        var definitions = files.Value.SelectMany(f => Definitions(f.Path, f.Lines, name)).ToImmutableArray();
        if (definitions.IsEmpty)
            return $"no Kconfig file defines `{name}` for {architecture}; check the spelling and the version";
        if (wanted == "n")
            return "another symbol selects it, or it has no prompt and a default";
        var reasons = new List<string>();
        foreach (var (path, line, conditions, hasPrompt) in definitions)
        {
            var unmet = conditions.SelectMany(c => Symbols().Matches(c).Select(m => m.Value)).Distinct(StringComparer.Ordinal).Where(s => final.GetValueOrDefault(s, "n") == "n").ToArray();
            var place = $"{path}:{line}";
            if (unmet.Length > 0)
                reasons.Add($"it depends on [{string.Join("; ", conditions)}], of which [{string.Join(", ", unmet)}] {(unmet.Length == 1 ? "is" : "are")} not set ({place})");
            else if (!hasPrompt)
                reasons.Add($"it has no prompt, so only another symbol's `select` sets it ({place})");
            else if (wanted == "y" && conditions.SelectMany(c => Symbols().Matches(c).Select(m => m.Value)).FirstOrDefault(s => final.GetValueOrDefault(s) == "m") is { } module)
                reasons.Add($"it depends on `{module}`, which is a module ({place})");
            else
                reasons.Add($"another symbol decides it, or the value is out of range ({place})");
        }

        return string.Join("; or ", reasons.Distinct(StringComparer.Ordinal));
    }

    private static IEnumerable<(string Path, int Line, ImmutableArray<string> Conditions, bool HasPrompt)> Definitions(string path, string[] lines, string name)
    {
        var enclosing = new Stack<(string Kind, List<string> Conditions)>();
        for (var i = 0; i < lines.Length; i++)
        {
            var words = lines[i].Trim();
            if (words.StartsWith("if ", StringComparison.Ordinal) && !char.IsWhiteSpace(lines[i][0]))
                enclosing.Push(("if", [words[3..].Trim()]));
            else if (words.StartsWith("menu ", StringComparison.Ordinal) || words.StartsWith("choice", StringComparison.Ordinal))
                enclosing.Push((words.StartsWith("menu", StringComparison.Ordinal) ? "menu" : "choice", [.. Block(lines, i + 1).Conditions]));
            else if (words is "endif" or "endmenu" or "endchoice" && enclosing.Count > 0)
                enclosing.Pop();
            else if (words == $"config {name}" || words == $"menuconfig {name}")
            {
                var (own, prompt) = Block(lines, i + 1);
                yield return (path, i + 1, [.. enclosing.Reverse().SelectMany(e => e.Conditions), .. own], prompt);
            }
        }
    }

    /// <summary>The attributes below a <c>config</c>, <c>menu</c> or <c>choice</c> line.</summary>
    private static (ImmutableArray<string> Conditions, bool HasPrompt) Block(string[] lines, int start)
    {
        var conditions = ImmutableArray.CreateBuilder<string>();
        var prompt = false;
        for (var i = start; i < lines.Length; i++)
        {
            if (lines[i].Length > 0 && !char.IsWhiteSpace(lines[i][0]) && lines[i][0] != '#')
                break;
            var words = lines[i].Trim();
            if (words is "help" or "---help---")
                break;
            while (words.EndsWith('\\') && i + 1 < lines.Length)
                words = words[..^1].Trim() + " " + lines[++i].Trim();
            if (words.StartsWith("depends on ", StringComparison.Ordinal))
                conditions.Add(words["depends on ".Length..].Trim());
            else if (words.Contains('"', StringComparison.Ordinal) && (words.StartsWith("bool", StringComparison.Ordinal) || words.StartsWith("tristate", StringComparison.Ordinal) || words.StartsWith("prompt", StringComparison.Ordinal) || words.StartsWith("int", StringComparison.Ordinal) || words.StartsWith("string", StringComparison.Ordinal) || words.StartsWith("hex", StringComparison.Ordinal)))
                prompt = true;
        }

        return (conditions.ToImmutable(), prompt);
    }

    private static bool IsKconfig(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name.StartsWith("Kconfig", StringComparison.Ordinal) || name is "Config.in";
    }

    private static bool OtherArchitecture(string path, string architecture) =>
        path.StartsWith("arch/", StringComparison.Ordinal) && path.Count(c => c == '/') > 1 && !path.StartsWith($"arch/{architecture}/", StringComparison.Ordinal);

    [GeneratedRegex("[A-Z][A-Z0-9_]*[A-Z0-9]")]
    private static partial Regex Symbols();
}
