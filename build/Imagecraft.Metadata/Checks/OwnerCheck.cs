// Checks that an image has the accounts that rules of files name. Unaware of which rules there are.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

/// <summary>Owners and groups of files, of an image's own rules and of its packages'.</summary>
public static class OwnerCheck
{
    /// <summary>Owner and group of a rule that the image does not have.</summary>
    public static IEnumerable<Diagnostic> Unknown(FileAttributes rule, ImageAccounts accounts, string image)
    {
        if (rule.Owner is { } owner && !accounts.HasUser(owner))
            yield return new(Codes.UnknownName, Severity.Error, $"Unknown user `{owner.Value}`, who owns `{rule.Path.Value}` in image `{image}`", owner.Span, Hint(owner.Value, accounts.Users.Keys, "users"));
        if (rule.Group is { } group && !accounts.HasGroup(group))
            yield return new(Codes.UnknownName, Severity.Error, $"Unknown group `{group.Value}`, which `{rule.Path.Value}` has in image `{image}`", group.Span, Hint(group.Value, accounts.Groups.Keys, "groups"));
    }

    /// <summary>The user of a service that the image does not have.</summary>
    public static IEnumerable<Diagnostic> Unknown(ServiceSpec service, ImageAccounts accounts, string image)
    {
        if (service.User is { } user && !accounts.Users.ContainsKey(user))
            yield return new(Codes.UnknownName, Severity.Error, $"Unknown user `{user.Value}`, who runs the service `{service.Name}` in image `{image}`", user.Span, Hint(user.Value, accounts.Users.Keys, "users"));
    }

    internal static string Hint(string name, IEnumerable<string> known, string key) =>
        Nearest.To(name, known) is { } near ? $"Did you mean `{near}`?" : $"Declare it below `{key}:` of the image; known are [ {string.Join(", ", known.Select(other => $"`{other}`"))} ]";
}
