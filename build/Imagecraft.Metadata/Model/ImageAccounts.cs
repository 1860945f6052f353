// The accounts that an image has: those that it declares, and those that every image has. Unaware of the files they stand in.

using System.Collections.Immutable;
using System.Globalization;

namespace Imagecraft.Metadata.Model;

/// <summary>An account that every image has.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its number.</param>
public sealed record StandardAccount(string Name, int Id);

/// <summary>Users and groups of an image by name, with their numbers.</summary>
/// <param name="Users">Users.</param>
/// <param name="Groups">Groups, those that come along with users among them.</param>
public sealed record ImageAccounts(ImmutableSortedDictionary<string, int> Users, ImmutableSortedDictionary<string, int> Groups)
{
    /// <summary>Root, and who owns nothing.</summary>
    public static ImmutableArray<StandardAccount> StandardUsers { get; } = [new("root", 0), new("nobody", 65534)];

    /// <summary>Groups that devices and terminals need.</summary>
    public static ImmutableArray<StandardAccount> StandardGroups { get; } = [new("tty", 5), new("disk", 6), new("nogroup", 65534)];

    /// <summary>Those of an image whose features are applied; of names that stand twice, the first counts.</summary>
    public static ImageAccounts Of(Image image)
    {
        var users = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        var groups = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        foreach (var group in image.Groups)
            groups.TryAdd(group.Name, group.Id);
        foreach (var user in image.Users)
        {
            users.TryAdd(user.Name, user.Id);
            if (user.Group is null)
                groups.TryAdd(user.Name, user.Id);
        }
        foreach (var user in StandardUsers)
            users.TryAdd(user.Name, user.Id);
        groups.TryAdd(StandardUsers[0].Name, StandardUsers[0].Id);
        foreach (var group in StandardGroups)
            groups.TryAdd(group.Name, group.Id);
        return new(users.ToImmutable(), groups.ToImmutable());
    }

    /// <summary>Whether an owner is a number, or one of the users.</summary>
    public bool HasUser(string owner) => IsNumber(owner) || Users.ContainsKey(owner);

    /// <summary>Whether a group is a number, or one of the groups.</summary>
    public bool HasGroup(string group) => IsNumber(group) || Groups.ContainsKey(group);

    static bool IsNumber(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
