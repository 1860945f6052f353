// The definitions in a program's Kconfig files, and the commands that macros in them run. Unaware of configurations.

using System.Collections.Immutable;
using System.Text;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;

namespace Imagecraft.BuiltIns.Configuration;

/// <summary>One of a symbol's definitions.</summary>
/// <param name="Path">File in the source tree.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Conditions">What it depends on, and what encloses it.</param>
/// <param name="Prompt">When people may choose it; null: never.</param>
/// <param name="Defaults">Values it has by itself.</param>
internal sealed record KconfigDefinition(string Path, int Line, ImmutableArray<KconfigExpression> Conditions, KconfigExpression? Prompt, ImmutableArray<KconfigExpression> Defaults);

/// <summary>The Kconfig files of a source tree, read for explanations only: inclusion from other files is not followed.</summary>
/// <remarks>Source: the kernel's Documentation/kbuild/kconfig-language.rst.</remarks>
internal sealed class KconfigFiles(IContentStore store, Digest source, string architecture, string subfolder)
{
    private static readonly string[] Types = ["bool", "tristate", "int", "hex", "string", "prompt"];

    // busybox keeps the definitions of its applets beside their code.
    private const string BesideCode = "//config:";

    private readonly Lazy<ImmutableArray<(string Path, string[] Lines)>> files = new(() =>
    {
        // Programs other than the kernel (U-Boot) have names of their own for architectures, or none.
        var mine = TreeWalk.Find(store, source, $"{subfolder}/arch/{architecture}") is null ? null : $"arch/{architecture}/";
        var isBusybox = TreeWalk.Find(store, source, $"{subfolder}/Config.in") is not null;
        return
        [
            .. TreeWalk.Entries(store, source)
                .Where(e => e.Kind == TreeEntryKind.File && e.Path.StartsWith(subfolder, StringComparison.Ordinal) && (IsKconfig(e.Path) || (isBusybox && e.Path.EndsWith(".c", StringComparison.Ordinal))) && !OfAnother(mine, e.Path[subfolder.Length..].TrimStart('/')))
                .Select(e => (e.Path, Lines(e.Path, Encoding.UTF8.GetString(store.Read(e.Digest))))),
        ];
    });

    /// <summary>The kernel's name of the architecture, whose files are read.</summary>
    public string Architecture => architecture;

    /// <summary>All definitions of a symbol.</summary>
    public ImmutableArray<KconfigDefinition> Definitions(string name) => [.. files.Value.SelectMany(f => Definitions(f.Path, f.Lines, name))];

    /// <summary>The right-hand side of a macro of the program's own, such as the kernel's <c>cc-option</c>.</summary>
    public string? MacroBody(string name) => files.Value
        .SelectMany(f => f.Lines)
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Select(line => line[name.Length..].TrimStart().TrimStart(':'))
        .FirstOrDefault(rest => rest.StartsWith('='))?[1..].Trim();

    /// <summary>A text of the source tree, by its path below the program's folder; null when it is not there.</summary>
    public string? Text(string path) => TreeWalk.Find(store, source, $"{subfolder}/{path}") is { Kind: TreeEntryKind.File } file ? Encoding.UTF8.GetString(store.Read(file.Digest)) : null;

    private static IEnumerable<KconfigDefinition> Definitions(string path, string[] lines, string name)
    {
        var enclosing = new Stack<ImmutableArray<KconfigExpression>>();
        for (var i = 0; i < lines.Length; i++)
        {
            var words = lines[i].Trim();
            var first = words.Split([' ', '\t'], 2)[0];
            if (first == "if" && lines[i][0] == 'i')
                enclosing.Push([KconfigParser.Read(words[2..])]);
            else if (first is "menu" or "choice" && !char.IsWhiteSpace(lines[i][0]))
                enclosing.Push(Block(lines, i + 1).Conditions);
            else if (first is "endif" or "endmenu" or "endchoice" && enclosing.Count > 0)
                enclosing.Pop();
            else if (first is "config" or "menuconfig" && words[first.Length..].Trim() == name)
            {
                var own = Block(lines, i + 1);
                yield return new(path, i + 1, [.. enclosing.Reverse().SelectMany(e => e), .. own.Conditions], own.Prompt, own.Defaults);
            }
        }
    }

    /// <summary>The attributes below a <c>config</c>, <c>menu</c> or <c>choice</c> line.</summary>
    private static (ImmutableArray<KconfigExpression> Conditions, KconfigExpression? Prompt, ImmutableArray<KconfigExpression> Defaults) Block(string[] lines, int start)
    {
        var conditions = ImmutableArray.CreateBuilder<KconfigExpression>();
        var defaults = ImmutableArray.CreateBuilder<KconfigExpression>();
        KconfigExpression? prompt = null;
        for (var i = start; i < lines.Length; i++)
        {
            var words = lines[i].Trim();
            var (first, rest) = words.Split([' ', '\t'], 2) is [var word, var more] ? (word, more.Trim()) : (words, "");
            if (first is "config" or "menuconfig" or "help" or "---help---" || (lines[i].Length > 0 && !char.IsWhiteSpace(lines[i][0]) && lines[i][0] != '#'))
                break;
            while (rest.EndsWith('\\') && i + 1 < lines.Length)
                rest = rest[..^1].Trim() + " " + lines[++i].Trim();
            if (first == "depends" && rest.StartsWith("on ", StringComparison.Ordinal))
                conditions.Add(KconfigParser.Read(rest[3..]));
            else if (Types.Contains(first) && rest.StartsWith('"'))
                prompt = KconfigParser.SplitIf(rest).Condition is { } condition ? KconfigParser.Read(condition) : new KconfigExpression.Constant("y");
            else if (first is "default" or "def_bool" or "def_tristate")
                defaults.Add(KconfigParser.Read(KconfigParser.SplitIf(rest).What));
        }

        return (conditions.ToImmutable(), prompt, defaults.ToImmutable());
    }

    private static bool IsKconfig(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name.StartsWith("Kconfig", StringComparison.Ordinal) || name is "Config.in" or "Config.src";
    }

    private static string[] Lines(string path, string text) =>
        path.EndsWith(".c", StringComparison.Ordinal) ? [.. text.Split('\n').Select(line => line.StartsWith(BesideCode, StringComparison.Ordinal) ? line[BesideCode.Length..] : "")] : text.Split('\n');

    private static bool OfAnother(string? architecture, string path) =>
        architecture is not null && path.StartsWith("arch/", StringComparison.Ordinal) && path.Count(c => c == '/') > 1 && !path.StartsWith(architecture, StringComparison.Ordinal);
}
