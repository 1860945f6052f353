// Units of systemd, as services. Others than the plainest are told, not guessed. Pure.

using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing.Yocto;

/// <summary>Reads `.service` files.</summary>
internal static partial class UnitText
{
    /// <summary>The service; null: it says more than services do, and <paramref name="problem"/> tells what.</summary>
    /// <param name="file">Name of the unit.</param>
    /// <param name="text">Its text.</param>
    /// <param name="needless">Gets what services do in a way of their own.</param>
    /// <param name="problem">Why not.</param>
    public static ForeignService? Translate(string file, string text, ICollection<Needless> needless, out Untranslated? problem)
    {
        var name = ForeignFiles.NameOf(file)[..^".service".Length].ToLowerInvariant();
        string? run = null, kind = null, user = null, type = null;
        var (lines, passed) = (new List<string>(), new List<Needless>());
        var section = "";
        ForeignPlace? place = null;
        problem = null;
        foreach (var (at, raw) in ForeignLine.Of(file, text))
        {
            var line = raw.Trim();
            if (line.Length == 0 || line[0] is '#' or ';')
                continue;
            if (line[0] == '[')
            {
                section = line.Trim('[', ']');
                continue;
            }

            var sign = line.IndexOf('=', StringComparison.Ordinal);
            if (sign < 0)
                throw at.Refuse($"`{line}` is no line of a unit", "Mend the file");
            var (key, value) = (line[..sign].Trim(), line[(sign + 1)..].Trim());
            switch (section, key)
            {
                case ("Unit", "Description" or "Documentation"):
                case ("Unit", "After" or "Wants") when Usual().IsMatch(value):
                case ("Install", "WantedBy") when value is "multi-user.target" or "default.target" or "sysinit.target" or "graphical.target":
                    break;
                case ("Service", "RestartSec" or "StandardOutput" or "StandardError" or "PIDFile" or "KillMode" or "ExecReload"):
                    passed.Add(new(at, line, "services log, wait and end in one way (docs/services.md)"));
                    break;
                case ("Service", "ExecStart") when run is null && Plain().IsMatch(value):
                    (run, place) = (value, at);
                    break;
                case ("Service", "Type") when value is "simple" or "exec" or "oneshot" or "idle":
                    type = value;
                    break;
                case ("Service", "Restart") when value is "always" or "on-failure" or "on-abnormal" or "no":
                    kind = value == "no" ? null : "respawn";
                    break;
                case ("Service", "User"):
                    user = value;
                    break;
                case ("Service", "EnvironmentFile") when value.StartsWith("-/", StringComparison.Ordinal):
                    lines.Add($"[ ! -r {value[1..]} ] || . {value[1..]}");
                    break;
                default:
                    return Fail(at, key is "Type" ? $"`{line}` wants more than a program that stays in the foreground" : $"`{line}` has no counterpart", out problem);
            }
        }

        if (run is null)
            return Fail(new(file, 1), "it starts no program by `ExecStart=`", out problem);
        foreach (var one in passed)
            needless.Add(one);
        lines.Add(type == "oneshot" ? run : $"exec {run}");
        return new(name, string.Join('\n', lines), type == "oneshot" ? "once" : kind, user, place!);

        ForeignService? Fail(ForeignPlace where, string why, out Untranslated? told)
        {
            told = new(where, ForeignFiles.NameOf(file), new(why, $"Write `services: [ {{ name: {name}, run: \"exec PROGRAM\" }} ]` (docs/services.md)"));
            return null;
        }
    }

    [GeneratedRegex(@"^((network|network-online|local-fs|sysinit|basic|remote-fs|syslog|nss-lookup|time-sync)\.target|syslog\.socket|\s)+$")]
    private static partial Regex Usual();

    // A path and arguments; no prefix, no specifier, nothing that systemd expands in a way of its own.
    [GeneratedRegex("^/[^%;|<>&`\\\\{}()]*$")]
    private static partial Regex Plain();
}
