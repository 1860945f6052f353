// Users and modes of files that a package brings. Pure.

using System.Collections.Immutable;
using System.Globalization;

namespace Imagecraft.Cli.Importing.Buildroot;

/// <summary>Reads the tables of Buildroot's.</summary>
/// <remarks>Source: Buildroot's manual, "Makedev syntax documentation" and "Makeusers syntax documentation".</remarks>
internal static class BuildrootAccounts
{
    private const int UserColumns = 8;
    private const int ModeColumns = 5;

    /// <summary>Users with a number of their own.</summary>
    public static ImmutableArray<ForeignUser> Users(BuildrootFindings found)
    {
        var users = ImmutableArray.CreateBuilder<ForeignUser>();
        foreach (var (line, when) in Lines(found, "USERS"))
        {
            var words = line.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            var known = words.Length >= UserColumns && words[0] == words[2] && words[4] is "*" or "!" && words[7] == "-";
            if (when.IsAlways && known && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && words[3] == words[1])
                users.Add(new(words[0], id, words[5] == "-" ? null : words[5], words[6] == "-" ? null : words[6]));
            else
                found.Rest.Add(new(line.Place, line.Text.Trim(), new(words.Length > 1 && words[1] is "-1" or "-2" ? "Buildroot chooses the number, and recipes say it, so that it stays" : "its group, password or further groups are written in another way here",
                    $"Write `users: [ {{ name: {(words.Length > 0 ? words[0] : "NAME")}, id: NUMBER{(words.Length > 5 && words[5] != "-" ? $", home: {words[5]}" : "")}, locked: true }} ]` with a number that nobody has")));
        }

        return users.ToImmutable();
    }

    /// <summary>Modes of single files of root's.</summary>
    public static ImmutableArray<ForeignMode> Modes(BuildrootFindings found)
    {
        var modes = ImmutableArray.CreateBuilder<ForeignMode>();
        foreach (var (line, when) in Lines(found, "PERMISSIONS"))
        {
            var words = line.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (when.IsAlways && words.Length >= ModeColumns && words[1] == "f" && words[3] is "0" or "root" && words[4] is "0" or "root" && words[0].StartsWith('/'))
                modes.Add(new(words[0], words[2]));
            else
                found.Rest.Add(new(line.Place, line.Text.Trim(), new("it is no mode of a single file of root's", "Say it by `attributes:` of the package, or by `folders:` of the recipe")));
        }

        if (found.Scope.Defines.TryGetValue(found.Full("DEVICES"), out var devices))
            found.Rest.Add(new(devices[0].Define.Place, $"define {devices[0].Define.Name}", new("the kernel makes device nodes", "Nothing is to be done, unless its driver has no node of its own")));
        return modes.ToImmutable();
    }

    private static IEnumerable<(ForeignLine Line, ForeignCondition When)> Lines(BuildrootFindings found, string suffix) =>
        found.Scope.Defines.GetValueOrDefault(found.Full(suffix), []).SelectMany(define => define.Define.Lines.Where(line => line.Text.Trim() is { Length: > 0 } text && text[0] != '#').Select(line => (line, define.When)));
}
