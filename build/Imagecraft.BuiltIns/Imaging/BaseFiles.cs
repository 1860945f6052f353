// The files of every image that the plan decides: accounts, names, homes. What it does not decide is in packages. Unaware of where they are written.

using System.Reflection;
using Imagecraft.Images;
using Imagecraft.Images.RootFs;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

internal static class BaseFiles
{
    /// <summary>Groups that devices and terminals need.</summary>
    private static readonly PasswdGroup[] SystemGroups = [new("tty", 5), new("disk", 6), new("nogroup", 65534)];

    private static readonly string[] Templates = ["hosts"];

    /// <summary>The accounts of the image.</summary>
    public static (PasswdFiles Files, Accounts Accounts) Accounts(MakeRootFsRequest plan)
    {
        var users = plan.Users.ToList();
        if (!users.Any(u => u.Id == 0))
            users.Insert(0, new PasswdUser("root", 0));
        if (!users.Any(u => u.Name == "nobody"))
            users.Add(new PasswdUser("nobody", 65534, "nogroup", "/var/empty", "/usr/sbin/nologin"));
        PasswdGroup[] groups = [.. plan.Groups, .. SystemGroups.Where(s => plan.Groups.All(d => d.Name != s.Name))];
        return (PasswdFiles.Create(users, groups), new Accounts(users, groups));
    }

    /// <summary>All entries but those that the image's own files (<paramref name="own"/>) stand for. A package that has one of them too does not fit.</summary>
    public static IEnumerable<RootFsEntry> Entries(MakeRootFsRequest plan, PasswdFiles accounts, Accounts ids, TemplateText templates, IReadOnlySet<string> own)
    {
        var homes = ids.Users.Where(u => u.Id is not 0 and not 65534).Select(u => RootFsEntry.Folder(PasswdFiles.HomeOf(u), Modes.Home) with { Uid = u.Id, Gid = ids.PrimaryGroup(u) });
        (string Path, string Text, int Mode)[] files =
        [
            ("/etc/passwd", accounts.Passwd, Modes.PlainFile),
            ("/etc/group", accounts.Group, Modes.PlainFile),
            ("/etc/shadow", accounts.Shadow, Modes.Secret),
            ("/etc/hostname", plan.Hostname + "\n", Modes.PlainFile),
            .. Templates.Select(t => ($"/etc/{t}", templates.Render(Read(t), t), Modes.PlainFile)),
        ];
        return homes.Concat(ids.Users.SelectMany(u => Keys(u, ids))).Concat(files.Select(f => RootFsEntry.File(f.Path, FileContent.Of(f.Text), f.Mode)).Concat(InitFiles.Of(plan, templates)).Where(e => !own.Contains(e.Path.Value)));
    }

    /// <summary>Who may log in as the user by key. An SSH server takes such a file only when nobody else can write it.</summary>
    private static RootFsEntry[] Keys(PasswdUser user, Accounts ids)
    {
        if (user.AuthorizedKeys.IsEmpty)
            return [];
        var folder = $"{PasswdFiles.HomeOf(user)}/.ssh";
        RootFsEntry[] entries = [RootFsEntry.Folder(folder, Modes.Private), RootFsEntry.File($"{folder}/authorized_keys", FileContent.Of(string.Concat(user.AuthorizedKeys.Select(key => key + "\n"))), Modes.Secret)];
        return [.. entries.Select(entry => entry with { Uid = user.Id, Gid = ids.PrimaryGroup(user) })];
    }

    /// <summary>An embedded template.</summary>
    public static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"No embedded template `{name}`");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
