// Checks the accounts of an image against each other and against what names them. Unaware of YAML and of account files.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

/// <summary>Numbers that two accounts have, groups of users and owners of files that the image does not have.</summary>
static class AccountCheck
{
    /// <summary>Checks an image whose features are applied.</summary>
    public static void Check(Image image, Reading reading)
    {
        reading.Owner = new DocumentId(KindNames.Image, image.Name);
        var accounts = ImageAccounts.Of(image);
        NoIdTwice("User", image, [.. image.Users.Select(user => (user.Name, user.Id))], ImageAccounts.StandardUsers, reading);
        // A user without a group brings one of its own name and number; of two users with one number it was told.
        NoIdTwice("Group", image, [.. image.Groups.Select(group => (group.Name, group.Id)), .. image.Users.DistinctBy(user => user.Id.Value).Where(user => user.Group is null).Select(user => (user.Name, user.Id))], ImageAccounts.StandardGroups, reading);
        foreach (var user in image.Users)
            foreach (var group in user.Groups.Concat(user.Group is null ? [] : [user.Group]))
                if (!accounts.Groups.ContainsKey(group.Value))
                    reading.Error(Codes.UnknownName, $"Unknown group `{group.Value}`, which user `{user.Name}` of image `{image.Name}` is in", group.Span, OwnerCheck.Hint(group.Value, accounts.Groups.Keys, "groups"));
        foreach (var rule in image.Attributes)
            foreach (var problem in OwnerCheck.Unknown(rule, accounts, image.Name))
                reading.Add([problem]);
    }

    static void NoIdTwice(string noun, Image image, ImmutableArray<(Sited<string> Name, Sited<int> Id)> accounts, ImmutableArray<StandardAccount> standard, Reading reading)
    {
        var first = new Dictionary<int, (string Name, string Place)>();
        foreach (var account in standard)
            if (!accounts.Any(other => other.Name.Value == account.Name))
                first.Add(account.Id, (account.Name, "every image has it"));
        foreach (var (name, id) in accounts.DistinctBy(account => account.Name.Value))
            if (!first.TryAdd(id.Value, (name.Value, $"it is at {name.Span}")))
                reading.Error(Codes.DuplicateName, $"{noun} `{name.Value}` of image `{image.Name}` has the id {id.Value}, as has `{first[id.Value].Name}`", id.Span, $"Give it another id; of `{first[id.Value].Name}`, {first[id.Value].Place}");
    }
}
