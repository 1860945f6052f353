// The files of every image that the plan decides: accounts, names, homes. What it does not decide is in packages. Unaware of where they are written.

using System.Reflection;
using Imagecraft.Images;
using Imagecraft.Images.RootFs;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

internal static class BaseFiles
{
    /// <summary>Groups that devices and terminals need.</summary>
    private static readonly PasswdGroup[] SystemGroups = [new("tty", 5), new("disk", 6), new("nogroup", 65534)];

    private static readonly string[] Templates = ["hosts", "os-release"];

    /// <summary>The mode of files.</summary>
    public static UnixMode Plain { get; } = UnixMode.Parse("0644");

    /// <summary>The mode of programs.</summary>
    public static UnixMode Program { get; } = UnixMode.Parse("0755");

    private static UnixMode Home { get; } = UnixMode.Parse("0750");

    private static UnixMode Secret { get; } = UnixMode.Parse("0600");

    /// <summary>The accounts of the image.</summary>
    public static (PasswdFiles Files, Accounts Accounts) Accounts(ImagePlan plan)
    {
        var users = plan.Users.Select(u => new PasswdUser(u.Name, u.Id, u.Group, u.Home, u.Shell, u.Password, u.Groups)).ToList();
        if (!users.Any(u => u.Id == 0))
            users.Insert(0, new PasswdUser("root", 0));
        if (!users.Any(u => u.Name == "nobody"))
            users.Add(new PasswdUser("nobody", 65534, "nogroup", "/var/empty", "/usr/sbin/nologin"));
        var declared = plan.Groups.Select(g => new PasswdGroup(g.Name, g.Id)).ToArray();
        PasswdGroup[] groups = [.. declared, .. SystemGroups.Where(s => declared.All(d => d.Name != s.Name))];
        return (PasswdFiles.Create(users, groups), new Accounts(users, groups));
    }

    /// <summary>All entries but those that the image's own files (<paramref name="own"/>) stand for. A package that has one of them too does not fit.</summary>
    public static IEnumerable<RootFsEntry> Entries(ImagePlan plan, PasswdFiles accounts, Accounts ids, TemplateText templates, IReadOnlySet<string> own)
    {
        var homes = ids.Users.Where(u => u.Id is not 0 and not 65534).Select(u => RootFsEntry.Folder(PasswdFiles.HomeOf(u), Home.Bits) with { Uid = u.Id, Gid = ids.PrimaryGroup(u) });
        (string Path, string Text, UnixMode Mode)[] files =
        [
            ("/etc/passwd", accounts.Passwd, Plain),
            ("/etc/group", accounts.Group, Plain),
            ("/etc/shadow", accounts.Shadow, Secret),
            ("/etc/hostname", plan.Hostname + "\n", Plain),
            .. Templates.Select(t => ($"/etc/{t}", templates.Render(Read(t), t), Plain)),
        ];
        return homes.Concat(files.Select(f => RootFsEntry.File(f.Path, FileContent.Of(f.Text), f.Mode.Bits)).Concat(InitFiles.Of(plan, templates)).Where(e => !own.Contains(e.Path.Value)));
    }

    /// <summary>An embedded template.</summary>
    public static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"No embedded template `{name}`");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
