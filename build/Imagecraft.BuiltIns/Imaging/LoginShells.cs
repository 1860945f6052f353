// Finds users who could not log in, because the image does not have their shell. Unaware of how it was put together.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Images.RootFs;

namespace Imagecraft.BuiltIns.Imaging;

internal static class LoginShells
{
    private const string Usual = "/bin/sh";

    /// <summary>Looks at users who have a way in.</summary>
    /// <exception cref="ActionFailedException">A shell is missing; all of them at once.</exception>
    public static void Check(ImmutableArray<PasswdUser> users, RootFsTree tree)
    {
        string[] missing = [.. users.Where(u => u.LogsIn && !tree.Has(u.Shell ?? Usual)).Select(u => $"`{u.Shell ?? Usual}` of `{u.Name}`")];
        if (missing.Length > 0)
            throw new ActionFailedException($"The image does not have the login shells [{string.Join(", ", missing)}]; add the packages that bring them, or name others by `shell:` of the users");
    }
}
