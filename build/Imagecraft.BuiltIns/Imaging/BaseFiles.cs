// The files every image has though no package brings them: accounts, host name, folders. Unaware of where they are written.

using System.Reflection;
using Imagecraft.Images;
using Imagecraft.Images.RootFs;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

internal static class BaseFiles
{
    /// <summary>Groups that devices and terminals need.</summary>
    private static readonly PasswdGroup[] SystemGroups = [new("tty", 5), new("disk", 6), new("nogroup", 65534)];

    private static readonly (string Path, string Template, int Mode)[] Templates =
    [
        ("/etc/os-release", "os-release", 0x1A4),
        ("/etc/hosts", "hosts", 0x1A4),
    ];

    private static readonly (string Path, int Mode)[] Folders =
    [
        ("/boot", 0x1ED), ("/dev", 0x1ED), ("/etc", 0x1ED), ("/home", 0x1ED), ("/mnt", 0x1ED), ("/proc", 0x16D), ("/root", 0x1C0), ("/run", 0x1ED), ("/sys", 0x16D), ("/tmp", 0x3FF),
        ("/usr", 0x1ED), ("/var", 0x1ED), ("/var/lib", 0x1ED), ("/var/log", 0x1ED), ("/var/tmp", 0x3FF), ("/var/empty", 0x1ED),
    ];

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

    /// <summary>All entries, with those folders and files that <paramref name="taken"/> has left out.</summary>
    public static IEnumerable<RootFsEntry> Entries(MakeRootFsRequest plan, PasswdFiles accounts, Accounts ids, TemplateText templates, IReadOnlySet<string> taken)
    {
        foreach (var (path, mode) in Folders.Where(f => !taken.Contains(f.Path)))
            yield return RootFsEntry.Folder(path, mode);
        foreach (var user in ids.Users.Where(u => u.Id is not 0 and not 65534))
            yield return RootFsEntry.Folder(PasswdFiles.HomeOf(user), 0x1E8) with { Uid = user.Id, Gid = ids.PrimaryGroup(user) };
        (string Path, string Text, int Mode)[] files =
        [
            ("/etc/passwd", accounts.Passwd, 0x1A4),
            ("/etc/group", accounts.Group, 0x1A4),
            ("/etc/shadow", accounts.Shadow, 0x180),
            ("/etc/hostname", plan.Hostname + "\n", 0x1A4),
            ("/etc/shells", "/bin/sh\n", 0x1A4),
            .. Templates.Select(t => (t.Path, templates.Render(Read(t.Template), t.Template), t.Mode)),
        ];
        foreach (var (path, text, mode) in files.Where(f => !taken.Contains(f.Path)))
            yield return RootFsEntry.File(path, FileContent.Of(text), mode);
        foreach (var entry in InitFiles.Of(plan, templates).Where(e => !taken.Contains(e.Path.Value)))
            yield return entry;
    }

    /// <summary>An embedded template.</summary>
    public static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"No embedded template `{name}`");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
