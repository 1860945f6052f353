// The user database of a target as text. Unaware of YAML and of where the files are put.

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Imagecraft.Images.RootFs;

/// <summary>A user.</summary>
/// <param name="Name">Login name.</param>
/// <param name="Id">Numeric id; root is 0.</param>
/// <param name="Group">Primary group; null: a group of the same name and id.</param>
/// <param name="Home">Home folder; null: <c>/home/NAME</c>, or <c>/root</c> for id 0.</param>
/// <param name="Shell">Login shell; null: <c>/bin/sh</c>.</param>
/// <param name="Password">crypt(3) hash; empty: none is asked; null: none fits.</param>
/// <param name="Groups">Further groups.</param>
public sealed record PasswdUser(string Name, int Id, string? Group = null, string? Home = null, string? Shell = null, string? Password = null, ImmutableArray<string> Groups = default)
{
    /// <summary>Further groups.</summary>
    public ImmutableArray<string> Groups { get; init; } = Groups.IsDefault ? [] : Groups;

    /// <summary>Lines of <c>authorized_keys</c>, see sshd(8).</summary>
    public ImmutableArray<string> AuthorizedKeys { get; init; } = [];

    /// <summary>Nobody logs in. An SSH server refuses keys too when the hash begins with an exclamation mark.</summary>
    public bool Locked { get; init; }

    /// <summary>Whether there is a way in.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool LogsIn => Password is not null || !AuthorizedKeys.IsEmpty;
}

/// <summary>A group.</summary>
public sealed record PasswdGroup(string Name, int Id);

/// <summary>Texts of <c>/etc/passwd</c>, <c>/etc/group</c> and <c>/etc/shadow</c>, ordered by id.</summary>
/// <remarks>Source: passwd(5), group(5), shadow(5).</remarks>
public sealed partial record PasswdFiles(string Passwd, string Group, string Shadow)
{
    /// <summary>Writes the three texts. Root is added when absent: locked, with its group.</summary>
    /// <exception cref="ImageInputException">Names or ids are malformed, doubled or unknown; all problems at once.</exception>
    public static PasswdFiles Create(IEnumerable<PasswdUser> users, IEnumerable<PasswdGroup> groups)
    {
        var allUsers = users.ToList();
        if (!allUsers.Exists(user => user.Id == 0))
            allUsers.Add(new("root", 0));
        var allGroups = groups.ToList();
        foreach (PasswdUser user in allUsers.Where(user => user.Group is null && !allGroups.Exists(group => group.Name == user.Name)))
            allGroups.Add(new(user.Name, user.Id));

        allUsers.Sort((left, right) => (left.Id, left.Name).CompareTo((right.Id, right.Name)));
        allGroups.Sort((left, right) => (left.Id, left.Name).CompareTo((right.Id, right.Name)));
        string[] problems = [.. Problems(allUsers, allGroups)];
        if (problems.Length > 0)
            throw new ImageInputException($"Users and groups are not valid\n  {string.Join("\n  ", problems)}");

        return new(
            string.Concat(allUsers.Select(user => $"{user.Name}:x:{user.Id}:{PrimaryGroup(user, allGroups).Id}:{user.Name}:{HomeOf(user)}:{user.Shell ?? "/bin/sh"}\n")),
            string.Concat(allGroups.Select(group => $"{group.Name}:x:{group.Id}:{string.Join(',', Members(group, allUsers))}\n")),
            string.Concat(allUsers.Select(user => $"{user.Name}:{user.Password ?? (user.Locked ? "!" : "*")}:{ShadowDay}:0:99999:7:::\n")));
    }

    // Days since 1970 of 2026-01-01, the date of all time stamps: an empty field would ask for a new password at login.
    private const int ShadowDay = 20454;

    /// <summary>The home folder the user gets.</summary>
    public static string HomeOf(PasswdUser user) => user.Home ?? (user.Id == 0 ? "/root" : "/home/" + user.Name);

    private static PasswdGroup PrimaryGroup(PasswdUser user, List<PasswdGroup> groups) => groups.First(group => group.Name == (user.Group ?? user.Name));

    private static IEnumerable<string> Members(PasswdGroup group, List<PasswdUser> users) =>
        users.Where(user => user.Groups.Contains(group.Name)).Select(user => user.Name).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Problems(List<PasswdUser> users, List<PasswdGroup> groups)
    {
        foreach (string name in users.Select(user => user.Name).Concat(groups.Select(group => group.Name)).Distinct().Where(name => !ValidName().IsMatch(name)))
            yield return $"`{name}` is no name of a user or group; use lowercase letters, digits, `_` and `-`, 32 characters at most, no digit first";
        foreach (var same in users.GroupBy(user => user.Id).Where(same => same.Count() > 1))
            yield return $"Users [{Names(same.Select(user => user.Name))}] have the same id {same.Key}";
        foreach (var same in groups.GroupBy(group => group.Id).Where(same => same.Count() > 1))
            yield return $"Groups [{Names(same.Select(group => group.Name))}] have the same id {same.Key}";
        foreach (var same in users.GroupBy(user => user.Name).Where(same => same.Count() > 1))
            yield return $"User `{same.Key}` is declared {same.Count()} times";
        foreach (var same in groups.GroupBy(group => group.Name).Where(same => same.Count() > 1))
            yield return $"Group `{same.Key}` is declared {same.Count()} times";
        foreach (PasswdUser user in users)
        {
            foreach (string group in user.Groups.Append(user.Group ?? user.Name).Where(name => !groups.Exists(group => group.Name == name)))
                yield return $"User `{user.Name}` is in the unknown group `{group}`; declare it below `groups:`";
            foreach (string field in (string[])[HomeOf(user), user.Shell ?? "", user.Password ?? ""])
                if (field.AsSpan().IndexOfAny(':', '\n') >= 0)
                    yield return $"User `{user.Name}` has a field with a colon or line break: `{field}`";
        }
    }

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"`{name}`"));

    [GeneratedRegex(@"^[a-z_][a-z0-9_-]{0,31}\z")]
    private static partial Regex ValidName();
}
