// Units of systemd, as services. Others than the plainest are told, not guessed. Pure.

using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing.Yocto;

/// <summary>Reads `.service` files.</summary>
internal static partial class UnitText
{
    /// <summary>The service; null: it says more than services do, and <paramref name="problem"/> tells what.</summary>
    /// <param name="file">Name of the unit.</param>
    /// <param name="text">Its text.</param>
    /// <param name="problem">Why not.</param>
    public static ForeignService? Translate(string file, string text, out Untranslated? problem)
    {
        var name = ForeignFiles.NameOf(file)[..^".service".Length].ToLowerInvariant();
        string? run = null, kind = null, user = null, type = null;
        var run0 = new List<string>();
        var (section, number) = ("", 0);
        ForeignPlace? place = null;
        problem = null;
        foreach (var raw in text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
        {
            var line = raw.Trim();
            number++;
            if (line.Length == 0 || line[0] is '#' or ';')
                continue;
            if (line[0] == '[')
            {
                section = line.Trim('[', ']');
                continue;
            }

            var sign = line.IndexOf('=', StringComparison.Ordinal);
            if (sign < 0)
                throw new ForeignPlace(file, number).Refuse($"`{line}` is no line of a unit", "Mend the file");
            var (key, value) = (line[..sign].Trim(), line[(sign + 1)..].Trim());
            switch (section, key)
            {
                case ("Unit", "Description" or "Documentation"):
                case ("Unit", "After" or "Wants") when Usual().IsMatch(value):
                case ("Install", "WantedBy") when value is "multi-user.target" or "default.target" or "sysinit.target" or "graphical.target":
                case ("Service", "RestartSec" or "StandardOutput" or "StandardError" or "PIDFile" or "KillMode"):
                case ("Service", "ExecReload"):
                    break;
                case ("Service", "ExecStart") when run is null && Plain().IsMatch(value):
                    (run, place) = (value, new(file, number));
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
                    run0.Add($"[ ! -r {value[1..]} ] || . {value[1..]}");
                    break;
                default:
                    return Fail(number, key is "Type" ? $"`{line}` wants more than a program that stays in the foreground" : $"`{line}` has no counterpart", out problem);
            }
        }

        if (run is null)
            return Fail(1, "it starts no program by `ExecStart=`", out problem);
        run0.Add(type == "oneshot" ? run : $"exec {run}");
        return new(name, string.Join('\n', run0), type == "oneshot" ? "once" : kind, user, place!);

        ForeignService? Fail(int line, string why, out Untranslated? told)
        {
            told = new(new(file, line), ForeignFiles.NameOf(file), new(why, $"Write `services: [ {{ name: {name}, run: \"exec PROGRAM\" }} ]` (docs/services.md)"));
            return null;
        }
    }

    [GeneratedRegex(@"^((network|network-online|local-fs|sysinit|basic|remote-fs|syslog|nss-lookup|time-sync)\.target|syslog\.socket|\s)+$")]
    private static partial Regex Usual();

    // A path and arguments; no prefix, no specifier, nothing that systemd expands in a way of its own.
    [GeneratedRegex("^/[^%;|<>&`\\\\{}()]*$")]
    private static partial Regex Plain();
}
