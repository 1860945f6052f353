// Init scripts in the form that Buildroot's manual asks for, as services. Others are told, not guessed. Pure.

using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing.Buildroot;

/// <summary>Reads <c>SNNname</c>.</summary>
internal static partial class InitScript
{
    /// <summary>The service; null: it is in no form that can be translated, and <paramref name="problem"/> tells why.</summary>
    public static ForeignService? Translate(string file, string text, out Untranslated? problem)
    {
        var name = ScriptName().Match(ForeignFiles.NameOf(file)).Groups[1].Value.ToLowerInvariant();
        var all = ForeignLine.Of(file, text);
        var lines = all.Select(line => line.Text).ToArray();
        problem = null;
        var begin = Array.FindIndex(lines, line => Start().IsMatch(line));
        var end = begin < 0 ? -1 : Array.FindIndex(lines, begin, line => line == "}");
        if (end < 0)
            return Fail(1, "its start is no function `start`", out problem);
        var run = new List<string>();
        // What the script sets and reads before its functions holds for the service too.
        for (var at = 0; at < begin; at++)
        {
            var line = lines[at].Trim();
            if (line.Length == 0 || line[0] == '#' || PidFile().IsMatch(line))
                continue;
            if (Literal().IsMatch(line) || ReadsSettings().IsMatch(line))
                run.Add(line);
            else if (Guard().Match(line) is { Success: true } guard)
                run.Add($"[ {guard.Groups[1].Value} ] || exit 0");
            else
                return Fail(at + 1, $"`{line}` comes before its functions", out problem);
        }

        string? call = null;
        for (var at = begin + 1; at < end; at++)
        {
            var line = lines[at].Trim();
            if (Daemon().IsMatch(line))
            {
                if (call is not null)
                    return Fail(at + 1, "it starts several programs", out problem);
                call = Call(line);
                if (call is null)
                    return Fail(at + 1, Background().IsMatch(line) ? "how it is called is in no known form" : "the program goes into the background by itself, and services stay in the foreground", out problem);
            }
            else if (!Talk().IsMatch(line))
                return Fail(at + 1, $"`{line}` is more than the start of a program", out problem);
        }

        if (call is null)
            return Fail(begin + 1, "it starts nothing by `start-stop-daemon`", out problem);
        run.Add(call);
        return new(name, string.Join('\n', run), null, null, all[begin].Place);

        ForeignService? Fail(int line, string why, out Untranslated? told)
        {
            told = new(all[line - 1].Place, ForeignFiles.NameOf(file), new(why, $"Write `services: [ {{ name: {name}, run: \"exec PROGRAM\" }} ]` (docs/services.md)"));
            return null;
        }
    }

    private static string? Call(string line)
    {
        if (!Background().IsMatch(line) || Program().Match(line) is not { Success: true } program)
            return null;
        var arguments = AfterDashes().Match(line) is { Success: true } after ? after.Groups[1].Value.Trim() : "";
        arguments = Quiet().Replace(arguments, "").Trim();
        // A redirection or a second command is no argument.
        return Shell().IsMatch(arguments) ? null : $"exec {program.Groups[1].Value}{(arguments.Length == 0 ? "" : $" {arguments}")}";
    }

    [GeneratedRegex("[|;&<>`]")]
    private static partial Regex Shell();

    [GeneratedRegex(@"^S\d\d(.+)$")]
    private static partial Regex ScriptName();

    [GeneratedRegex(@"^start\s*\(\)\s*\{?\s*$")]
    private static partial Regex Start();

    [GeneratedRegex(@"^PIDFILE=")]
    private static partial Regex PidFile();

    [GeneratedRegex("^[A-Z_]+=(\"[^\"`]*\"|'[^']*'|[^\\s`$;&|]*)$")]
    private static partial Regex Literal();

    [GeneratedRegex("^\\[ -[rf] \"?[^\"\\]]+\"? \\] && (\\.|source) \"?[^\";&|]+\"?$|^test -[rf] \\S+ && \\. \\S+$")]
    private static partial Regex ReadsSettings();

    [GeneratedRegex("^\\[ (-[xf] [^\\]]+) \\] \\|\\| exit 0$")]
    private static partial Regex Guard();

    [GeneratedRegex(@"^start-stop-daemon\s")]
    private static partial Regex Daemon();

    [GeneratedRegex("\\s(?:--exec|-[a-zA-Z]*x)\\s+(\"[^\"]+\"|\\S+)")]
    private static partial Regex Program();

    [GeneratedRegex(@"\s(--background|-[a-zA-Z]*b[a-zA-Z]*)(\s|$)")]
    private static partial Regex Background();

    [GeneratedRegex(@"\s--(?:\s+(.*))?$")]
    private static partial Regex AfterDashes();

    [GeneratedRegex(@"(\s*>\s*/dev/null)?(\s*2>&1)?\s*$")]
    private static partial Regex Quiet();

    [GeneratedRegex("^$|^#|^(printf|echo)\\s|^(local )?(status|RETVAL|ret)=|^if \\[|^(then|else|fi)$|^return\\b|^\\[ \\$\\? (=|-eq) 0 \\] && echo")]
    private static partial Regex Talk();
}
