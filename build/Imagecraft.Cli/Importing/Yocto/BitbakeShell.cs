// Functions of shell of a recipe, as steps of ours. Each is translated whole, or not at all. Pure; nothing of it is run.

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing.Yocto;

/// <summary>Translates functions.</summary>
/// <param name="scope">Variables of the recipe.</param>
/// <param name="beside">Finds a file that lies beside the recipe; null: there is none.</param>
/// <param name="taken">Gets files that functions name.</param>
/// <param name="isBuiltApart">Whether the folder of the build is not that of the sources.</param>
/// <param name="subfolder">Folder below the sources in which steps run.</param>
/// <param name="isWithin">Whether that is what the recipe calls its sources.</param>
internal sealed partial class BitbakeShell(BitbakeScope scope, Func<string, string?> beside, ISet<string> taken, bool isBuiltApart, string subfolder, bool isWithin)
{
    /// <summary>Where CMake and Meson build.</summary>
    private const string BuildFolder = "/build";

    private static readonly ImmutableHashSet<string> SourceFolders = ["S", "B", "WORKDIR", "UNPACKDIR"];

    private bool _isBefore;

    /// <summary>The shell of a function; null: it cannot be said, and <paramref name="problem"/> tells why.</summary>
    /// <param name="function">The function.</param>
    /// <param name="isBefore">Whether it runs before anything is configured, when the folder of the build is not there.</param>
    /// <param name="problem">Why not.</param>
    public string? Translate(BitbakeStatement.Function function, bool isBefore, out Untranslated? problem)
    {
        _isBefore = isBefore;
        var writer = new ShellWriter();
        problem = null;
        var body = string.Join('\n', function.Lines.Select(line => line.Text));
        if (HereDocument().IsMatch(body))
            return Fail("it has a text in place (`<<`), in which quotes mean something else", out problem);
        foreach (var (place, line) in function.Lines)
        {
            if (writer.IsBare && line.TrimStart() is { } start && (start.Length == 0 || start[0] == '#'))
                continue;
            if (Write(line + "\n", writer, []) is { } why)
            {
                problem = new(place, line.Trim(), why with { Why = $"{why.Why}, so `{Title(function)}` is left out as a whole" });
                return null;
            }
        }

        var shell = Indented(writer.ToString());
        if (shell.Length == 0 || shell is ":" or "true")
            return "";
        if (Classes().Match(shell) is { Success: true } called)
            return Fail($"`{called.Groups["name"].Value}` is a function of Yocto's", out problem);
        if (scope.Functions.Keys.FirstOrDefault(own => own != function.Name && Regex.IsMatch(shell, $@"(^|[;&|(]\s*|\bthen\s+|\bdo\s+){Regex.Escape(own)}(\s|$)", RegexOptions.Multiline)) is { } other)
            return Fail($"it calls the function `{other}`", out problem);
        if (ShellLimits.Problem(shell) is { } limit)
        {
            problem = new(function.Place, $"{Title(function)}()", limit);
            return null;
        }

        var lines = new List<string>();
        if (writer.UsesSource)
            lines.Add(subfolder.Length == 0 || isWithin ? $"{ShellWriter.SourceVariable}=$PWD" : $"{ShellWriter.SourceVariable}=$(cd {Up} && pwd)");
        // The next function begins in the folder of the build again.
        var isApart = isBuiltApart && !isBefore;
        lines.Add(ChangesFolder().IsMatch(shell) || isApart ? $"(\n{(isApart ? $"cd {BuildFolder}\n" : "")}{shell}\n)" : shell);
        return string.Join('\n', lines);

        string? Fail(string why, out Untranslated? told)
        {
            told = new(function.Place, $"{Title(function)}()", new(why, "Write the step by hand"));
            return null;
        }
    }

    /// <summary>What make is given, as shell; null: it cannot be said.</summary>
    public string? Make(string variable)
    {
        var writer = new ShellWriter();
        return scope.IsThinned(variable) || scope.Raw(variable).Plain is null || Write(string.Concat(scope.Raw(variable).Pieces.Select(piece => piece.Text)), writer, [variable]) is not null ? null : Blanks().Replace(writer.ToString().Trim(), " ");
    }

    // From the folder in which steps run to the root of the sources.
    private string Up => string.Join('/', subfolder.Split('/').Select(_ => ".."));

    private static string Title(BitbakeStatement.Function function) => string.Join(':', function.Overrides.Prepend(function.Name));

    private Reason? Write(string text, ShellWriter writer, ImmutableHashSet<string> open)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '#' && writer.IsBare && at > 0 && text[at - 1] is ' ' or '\t')
            {
                at = text.IndexOf('\n', at) is >= 0 and var end ? end - 1 : text.Length;
                continue;
            }

            if (text[at] == '$' && at + 1 < text.Length && text[at + 1] == '{' && BitbakeScope.End(text, at) is { } close)
            {
                var inner = text[(at + 2)..close];
                if (File().Match(text[(close + 1)..]) is { Success: true } file && inner is "WORKDIR" or "UNPACKDIR" && beside(file.Groups[1].Value) is { } found)
                {
                    taken.Add(found);
                    writer.Add(ShellValue.Variable(ShellWriter.SourceVariable));
                    writer.Add($"{(subfolder.Length > 0 && isWithin ? $"/{Up}" : "")}/{YoctoWords.ImportedFolder}/{ForeignFiles.NameOf(found)}");
                    at = close + file.Length;
                    continue;
                }

                if (Value(inner, writer, open) is { } why)
                    return why;
                at = close;
                continue;
            }

            if (writer.IsBare && At(text, at, "oe_runmake"))
            {
                if (isBuiltApart)
                    return new("`oe_runmake` is called besides CMake or Meson", "Write the step by hand");
                writer.Add("make");
                if (Make("EXTRA_OEMAKE") is not { } extra)
                    return new("EXTRA_OEMAKE depends on more than steps know", "Write the step by hand");
                writer.Add(extra.Length > 0 ? $" {extra}" : "");
                at += "oe_runmake".Length - 1;
                continue;
            }

            writer.Add(text[at]);
        }

        return null;
    }

    private Reason? Value(string inner, ShellWriter writer, ImmutableHashSet<string> open)
    {
        if (inner.StartsWith('@'))
            return new("Python is not run", "Write the step by hand");
        if (SourceFolders.Contains(inner))
        {
            if (inner is "WORKDIR" or "UNPACKDIR")
                return new($"what it names in `{inner}` does not lie beside the recipe", "Write the step by hand");
            if (inner == "B" && isBuiltApart && _isBefore)
                return new("the folder of the build is not there before it is configured", "Write the step by hand");
            if (inner == "B" && isBuiltApart)
                writer.Add(BuildFolder);
            else
                writer.Add(ShellValue.Variable(ShellWriter.SourceVariable));
            return null;
        }

        if (inner == "PV" && !scope.Has("PV"))
        {
            writer.Add(ShellValue.Variable("VERSION"));
            return null;
        }

        if (scope.Identity(inner) is { } identity)
            return Write(identity, writer, open);
        if (scope.Has(inner) && !open.Contains(inner))
        {
            if (scope.IsThinned(inner) || scope.Raw(inner) is not { Plain: not null } raw)
                return new($"`{inner}` depends on options or architectures", "Write the step by hand");
            return Write(string.Concat(raw.Pieces.Select(piece => piece.Text)), writer, open.Add(inner));
        }

        if (YoctoWords.Of(inner) is var (first, below))
        {
            writer.Add(first);
            if (below == "${LIBDIR}")
                writer.Add(ShellValue.Variable("LIBDIR"));
            else
                writer.Add(below);
            return null;
        }

        // What BitBake does not know is left to the shell.
        if (!Shell().IsMatch(inner))
            return new($"`{inner}` is set by Yocto's configuration or classes, and nothing here says what it is", "Write the step by hand");
        writer.Add($"${{{inner}}}");
        return null;
    }

    private static bool At(string text, int at, string word) =>
        string.CompareOrdinal(text, at, word, 0, word.Length) == 0 && (at == 0 || !(char.IsAsciiLetterOrDigit(text[at - 1]) || text[at - 1] is '_' or '-' or '/')) && (at + word.Length == text.Length || !(char.IsAsciiLetterOrDigit(text[at + word.Length]) || text[at + word.Length] is '_' or '-'));

    // As deep as it was written, without what all lines have.
    private static string Indented(string text)
    {
        var lines = text.Replace("\t", "    ", StringComparison.Ordinal).Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0).ToList();
        var least = lines.Count == 0 ? 0 : lines.Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line[least..]));
    }

    [GeneratedRegex(@"<<-?\s*['""]?[A-Za-z_]")]
    private static partial Regex HereDocument();

    [GeneratedRegex(@"(^|[;&|(]\s*|\bthen\s+|\bdo\s+|\belse\s+)(?<name>oe_[a-z_]+|bb(plain|note|warn|error|fatal|debug)|(autotools|cmake|meson|base|module|cargo|go|python\w*|setuptools3|distutils3?|waf|scons|qmake5?|kernel)_(do_)?[a-z_]+|oe_runconf|create_(cmdline_)?wrapper|sysroot_stage_[a-z]+|makefile-getvar|cpan_[a-z_]+|systemctl|useradd|groupadd|update-rc\.d|qemu-[a-z]+)\b", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Classes();

    [GeneratedRegex(@"(^|[;&(]\s*)(cd|pushd)\s", RegexOptions.Multiline)]
    private static partial Regex ChangesFolder();

    [GeneratedRegex(@"^/([A-Za-z0-9_.@+-]+(?:/[A-Za-z0-9_.@+-]+)*)")]
    private static partial Regex File();

    [GeneratedRegex("^[a-z_][A-Za-z0-9_]*([%#:+-].*)?$")]
    private static partial Regex Shell();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
