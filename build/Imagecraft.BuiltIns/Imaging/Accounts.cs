// Users and groups by name, to turn owners into numbers.

using System.Globalization;
using Imagecraft.Engine.Actions;
using Imagecraft.Images.RootFs;

namespace Imagecraft.BuiltIns.Imaging;

internal sealed record Accounts(IReadOnlyList<PasswdUser> Users, IReadOnlyList<PasswdGroup> Groups)
{
    /// <summary>The number of a user named in <paramref name="place"/>; null is root.</summary>
    public int User(string? name, string place) =>
        name is null ? 0 : Number(name) ?? Users.FirstOrDefault(u => u.Name == name)?.Id ?? throw new ActionFailedException($"{place}: No user is named `{name}`; add it to the image's `users`");

    /// <summary>The number of a group named in <paramref name="place"/>; null is root.</summary>
    public int Group(string? name, string place) =>
        name is null ? 0 : Number(name) ?? Groups.FirstOrDefault(g => g.Name == name)?.Id ?? Users.FirstOrDefault(u => u.Name == name && u.Group is null)?.Id
            ?? throw new ActionFailedException($"{place}: No group is named `{name}`; add it to the image's `groups`");

    /// <summary>The number of a user's primary group.</summary>
    public int PrimaryGroup(PasswdUser user) => user.Group is null ? user.Id : Group(user.Group, $"user {user.Name}");

    private static int? Number(string name) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
