// Commands that a package defines, as shell of recipes. Each is translated whole, or not at all. Pure; nothing of it is run.

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing.Buildroot;

/// <summary>Translates commands.</summary>
/// <param name="name">The package.</param>
/// <param name="scope">Its variables.</param>
/// <param name="files">Files beside it.</param>
/// <param name="subfolder">Folder below the sources in which steps run.</param>
/// <param name="taken">Gets files beside it that commands name.</param>
internal sealed partial class BuildrootCommands(BuildrootName name, MakeScope scope, ForeignFiles files, string subfolder, ISet<string> taken)
{
    private static readonly Reason Conditional = new("it depends on options, and steps of recipes do not know them", "Write two recipes, or decide it by hand");

    /// <summary>The shell of a variable of several lines; null: it cannot be said, and <paramref name="problem"/> tells why.</summary>
    /// <param name="define">The variable.</param>
    /// <param name="isStaging">Whether it installs for other packages.</param>
    /// <param name="problem">Why not, with its place.</param>
    public string? Translate(MakeStatement.Define define, bool isStaging, out Untranslated? problem)
    {
        var (lines, used) = (new List<string>(), false);
        problem = Lines(define, BuildrootWords.InShell(name, isStaging), lines, ref used, []);
        if (problem is not null)
            return null;
        if (used)
            lines.Insert(0, subfolder.Length == 0 ? $"{ShellWriter.SourceVariable}=$PWD" : $"{ShellWriter.SourceVariable}=$(cd {string.Join('/', subfolder.Split('/').Select(_ => ".."))} && pwd)");
        return string.Join('\n', lines);
    }

    private Untranslated? Lines(MakeStatement.Define define, ImmutableDictionary<string, ImmutableArray<ShellValue>> known, List<string> lines, ref bool used, ImmutableHashSet<string> open)
    {
        foreach (var (place, raw) in define.Lines)
        {
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            Untranslated Fail(Reason reason) => new(place, line, reason);
            if (WholeReference().Match(line) is { Success: true } whole && !scope.Has(whole.Groups[1].Value) && !known.ContainsKey(whole.Groups[1].Value))
            {
                var inner = whole.Groups[1].Value;
                scope.Used.Add(inner);
                // What is not defined under any circumstances is nothing.
                if (!scope.Defines.TryGetValue(inner, out var defines))
                {
                    if (inner.StartsWith(name.Prefix, StringComparison.Ordinal))
                        continue;
                    return Fail(new($"`{inner}` is set by other files of Buildroot", "Write the step by hand"));
                }

                if (defines is not [{ When.IsAlways: true, Define: var further }] || open.Contains(inner))
                    return Fail(Conditional);
                if (Lines(further, known, lines, ref used, open.Add(inner)) is { } deep)
                    return deep;
                continue;
            }

            if (line[0] == '-' || Directive().IsMatch(line))
                return Fail(new("make decides on it while it runs", "Write the step by hand"));
            var writer = new ShellWriter();
            if (Write(line.TrimStart('@', '+'), known, writer, []) is { } why)
                return Fail(why);
            var shell = Spaces().Replace(writer.ToString().Trim(), " ");
            if (shell.Length == 0)
                continue;
            if (ShellLimits.Problem(shell) is { } limit)
                return Fail(limit);
            // Each line of make is a shell of its own, so that a folder is changed for it alone.
            lines.Add(ChangesFolder().IsMatch(shell) && shell[0] != '(' ? $"( {shell} )" : shell);
            used |= writer.UsesSource;
        }

        return null;
    }

    private Reason? Write(string text, ImmutableDictionary<string, ImmutableArray<ShellValue>> known, ShellWriter writer, ImmutableHashSet<string> open)
    {
        text = Beside().Replace(text, match => match.Groups["own"].Success || match.Groups["folder"].Value == $"package/{name.Name}/" ? $"$({BuildrootWords.Imported}{match.Groups["file"].Value})" : match.Value);
        if (Foreign().Match(text) is { Success: true } foreign)
            return new($"`{foreign.Value.Trim()}` lies in Buildroot's own tree", "Copy the file beside the recipe, as a source `file:NAME` with `unpack: false`");
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '$')
            {
                writer.Add(text[at]);
                continue;
            }

            if (at + 1 < text.Length && text[at + 1] == '$')
            {
                writer.Add('$');
                at++;
                continue;
            }

            if (MakeScope.Reference(text, at) is not var (inner, end))
                return new($"`{text[at..Math.Min(text.Length, at + 2)]}` is known to rules of make only", "Write the step by hand");
            at = end - 1;
            if (Value(inner, known, writer, open) is { } why)
                return why;
        }

        return null;
    }

    private Reason? Value(string inner, ImmutableDictionary<string, ImmutableArray<ShellValue>> known, ShellWriter writer, ImmutableHashSet<string> open)
    {
        if (inner.StartsWith(BuildrootWords.Imported, StringComparison.Ordinal))
        {
            var file = inner[BuildrootWords.Imported.Length..];
            if (!files.Has(file))
                return new($"`{file}` does not lie beside it", "Write the step by hand");
            taken.Add(file);
            writer.Add(ShellValue.Variable(ShellWriter.SourceVariable));
            writer.Add($"/{BuildrootWords.ImportedFolder}/{ForeignFiles.NameOf(file)}");
            return null;
        }

        if (known.TryGetValue(inner, out var values))
        {
            foreach (var value in values)
                writer.Add(value);
            return null;
        }

        if (inner == $"{name.Prefix}_VERSION")
        {
            scope.Used.Add(inner);
            writer.Add(ShellValue.Variable("VERSION"));
            return null;
        }

        if (scope.Has(inner) && !open.Contains(inner))
        {
            if (scope.Raw(inner) is not { Plain: not null } raw)
                return Conditional;
            return Write(string.Concat(raw.Pieces.Select(piece => piece.Text)), known, writer, open.Add(inner));
        }

        if (scope.Expand($"$({inner})", new("", 0), out var problem)?.Plain is { } plain && !plain.Contains('$', StringComparison.Ordinal))
        {
            writer.Add(plain);
            return null;
        }

        return problem ?? Conditional;
    }

    [GeneratedRegex(@"^\$\(([A-Za-z0-9_]+)\)$")]
    private static partial Regex WholeReference();

    [GeneratedRegex(@"^(ifeq|ifneq|else|endif)\b")]
    private static partial Regex Directive();

    [GeneratedRegex(@"[ \t]{2,}")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"(^|[;&(]\s*)(cd|pushd)\s")]
    private static partial Regex ChangesFolder();

    [GeneratedRegex(@"(?<own>\$\([A-Z0-9_]+_PKGDIR\)/?)(?<file>[A-Za-z0-9_.+-][A-Za-z0-9_./+-]*)|(?<folder>package/[^\s/]+/)(?<file>[A-Za-z0-9_.+-][A-Za-z0-9_./+-]*)", RegexOptions.ExplicitCapture)]
    private static partial Regex Beside();

    [GeneratedRegex(@"(^|\s)(package|support|board|boot|system|linux)/[A-Za-z0-9_./-]+")]
    private static partial Regex Foreign();
}
