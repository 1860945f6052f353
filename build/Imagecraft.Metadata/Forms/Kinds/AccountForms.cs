// The forms of users and groups. Unaware of which accounts an image has.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>users:</c> of images and features.</summary>
static class UserForm
{
    const string Root = "root";

    public static Form<UserSpec> Form { get; } = new("a user", keys => new UserSpec(
        keys.Required("name", AccountShapes.Name, "login name"),
        keys.Required("id", AccountShapes.Id, "numeric id"),
        keys.Maybe("group", AccountShapes.Name, "primary group; one of the same name and id when absent"),
        keys.Maybe("home", AccountShapes.Path, "home folder; /home/NAME when absent"),
        keys.Maybe("shell", AccountShapes.Path, "login shell; /bin/sh when absent"),
        keys.Maybe("password", AccountShapes.Password, "crypt(3) hash; empty text asks for none; no password fits when absent"),
        keys.List("groups", AccountShapes.Name, "further groups"))
    {
        AuthorizedKeys = keys.List("authorized-keys", AccountShapes.PublicKey, "public keys that may log in by SSH, a line each"),
        Locked = keys.Maybe("locked", ScalarShapes.Truth, "nobody logs in, neither by password nor by key"),
    }, Check);

    static bool Check(UserSpec user, Keys keys)
    {
        var name = user.Name;
        if ((name.Value == Root) != (user.Id.Value == 0))
            return Refuse($"User `{name.Value}` has the id {user.Id.Value}, but `{Root}` and 0 belong together", user.Id.Span, name.Value == Root ? "Write `id: 0`" : "Give it another id; what needs root's rights goes by groups or a set-user-id program");
        if (user.IsLocked && (user.Password ?? user.AuthorizedKeys.FirstOrDefault()) is { } way)
            return Refuse($"User `{name.Value}` is locked, but has {(user.Password is null ? "`authorized-keys`" : "a `password`")}", way.Span, "Remove one of the two");
        return true;

        bool Refuse(string message, SourceSpan place, string hint)
        {
            keys.Reading.Error(Codes.Contradiction, message, place, hint);
            return false;
        }
    }
}

/// <summary><c>groups:</c> of images and features.</summary>
static class GroupForm
{
    public static Form<GroupSpec> Form { get; } = new("a group", keys => new GroupSpec(
        keys.Required("name", AccountShapes.Name, "group name"),
        keys.Required("id", AccountShapes.Id, "numeric id")));
}
