// Services and users that a recipe brings. Pure.

using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing.Yocto;

/// <summary>Reads what the classes systemd, update-rc.d and useradd take.</summary>
internal static partial class YoctoAccounts
{
    /// <summary>Services by units that lie beside the recipe.</summary>
    public static ImmutableArray<ForeignService> Services(YoctoFindings found, ImmutableArray<(string Name, string Path, ForeignPlace Place)> files)
    {
        var services = ImmutableArray.CreateBuilder<ForeignService>();
        var told = false;
        foreach (var (variable, _, _) in found.Scope.All.Where(one => one.Name.Split(':')[0] == "SYSTEMD_SERVICE").ToList())
        {
            var isOff = found.Text(variable.Replace("SYSTEMD_SERVICE", "SYSTEMD_AUTO_ENABLE", StringComparison.Ordinal)) == "disable" || found.Text("SYSTEMD_AUTO_ENABLE") == "disable";
            foreach (var word in found.Words(variable))
            {
                told = true;
                var file = files.FirstOrDefault(one => one.Name == word.Text);
                if (isOff)
                    found.Needless.Add(new(word.Place, word.Text, "it is installed there, and not started"));
                else if (!word.When.IsAlways || file.Path is null || !word.Text.EndsWith(".service", StringComparison.Ordinal) || word.Text.Contains('@', StringComparison.Ordinal))
                    found.Rest.Add(new(word.Place, word.Text, file.Path is null ? new("the unit is in the sources, and not beside the recipe", $"Write `services: [ {{ name: {found.Name}, run: \"exec PROGRAM\" }} ]` (docs/services.md)") : new("services are started always, and are no templates, sockets or timers", "Write `services:` by hand (docs/services.md)")));
                else if (UnitText.Translate(ForeignFiles.NameOf(file.Path), found.Files.Text(file.Path)!, found.Needless, out var problem) is { } service)
                    services.Add(service with { Place = word.Place });
                else
                    found.Rest.Add(problem!);
            }
        }

        foreach (var variable in found.Scope.All.Where(one => one.Name.Split(':')[0] is "INITSCRIPT_NAME").ToList())
        {
            found.Scope.Used.Add(variable.Name);
            if (told)
                found.Needless.Add(new(variable.Place, variable.Name, "`services:` says it for each init"));
            else
                found.Rest.Add(new(variable.Place, $"{variable.Name} = \"{variable.Text}\"", new("init scripts are not run", $"Write `services: [ {{ name: {found.Name}, run: \"exec PROGRAM\" }} ]` (docs/services.md)")));
        }

        return services.ToImmutable();
    }

    /// <summary>Users with a number of their own.</summary>
    public static ImmutableArray<ForeignUser> Users(YoctoFindings found)
    {
        var users = ImmutableArray.CreateBuilder<ForeignUser>();
        foreach (var (variable, place, _) in found.Scope.All.Where(one => one.Name.Split(':')[0] is "USERADD_PARAM" or "GROUPADD_PARAM").ToList())
        {
            if (found.Text(variable) is not { } text)
                continue;
            foreach (var one in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                var name = one.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[^1];
                var isUser = variable.StartsWith("USERADD", StringComparison.Ordinal);
                if (isUser && Id().Match(one) is { Success: true } id && !Further().IsMatch(one))
                    users.Add(new(name, int.Parse(id.Groups[1].Value, CultureInfo.InvariantCulture), Home().Match(one) is { Success: true } home ? home.Groups[1].Value : null, Shell().Match(one) is { Success: true } shell ? shell.Groups[1].Value : null));
                else
                    found.Rest.Add(new(place, $"{variable}: {one}", new(Id().IsMatch(one) ? "it has further groups, or a group by another name" : "Yocto chooses the number, and recipes say it, so that it stays",
                        isUser ? $"Write `users: [ {{ name: {name}, id: NUMBER{(Home().Match(one) is { Success: true } folder ? $", home: {folder.Groups[1].Value}" : "")}, locked: true }} ]` with a number that nobody has" : $"Write `groups: [ {{ name: {name}, id: NUMBER }} ]` with a number that nobody has")));
            }
        }

        return users.ToImmutable();
    }

    [GeneratedRegex(@"(?:^|\s)(?:-u|--uid|-g|--gid)[ =](\d+)(?=\s)")]
    private static partial Regex Id();

    [GeneratedRegex(@"(^|\s)(-G|--groups|-g|--gid)[ =](?!\d)|(^|\s)(-p|--password)[ =]")]
    private static partial Regex Further();

    [GeneratedRegex(@"(?:^|\s)(?:-d|--home-dir|--home)[ =](\S+)")]
    private static partial Regex Home();

    [GeneratedRegex(@"(?:^|\s)(?:-s|--shell)[ =](\S+)")]
    private static partial Regex Shell();
}
