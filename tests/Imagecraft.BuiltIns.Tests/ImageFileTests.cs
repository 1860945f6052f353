// Files of an image in all their kinds, what lies over packages, what gives way, and what a file has beside mode and owner.

using System.Collections.Immutable;
using System.Formats.Tar;
using Imagecraft.BuiltIns.Imaging;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Tests;

public class ImageFileTests
{
    private static readonly MakeRootFsRequest Plan = RootFsSample.Plan;

    [Fact]
    public async Task A_file_a_folder_a_link_and_a_tree_have_their_modes_and_owners()
    {
        var plan = Plan with
        {
            Files =
            [
                new("/etc/app.bin", null, null, null) { Source = "images/app.bin", Owner = "ml" },
                new("/srv/site", null, null, "0750") { Source = "images/site", Owner = "ml", Group = "ml" },
                new("/etc/localtime", null, null, null) { Link = "/usr/share/zoneinfo/UTC" },
                new("/var/lib/app", null, null, "0700") { Owner = "1000" },
            ],
        };
        using var context = await RootFsSample.Of(plan).WithFile("/source/images/app.bin", [0, 255, 123, 123])
            .WithModes("/source/images/site", ("/index.html", "{{ kept }}", "644"), ("/cgi/run", "run", "755"), ("/empty/", "", "755")).RunAsync(new MakeRootFs());
        var entries = RootFsSample.Read(context);
        Assert.Equal([0, 255, 123, 123], ((MemoryStream)entries["/etc/app.bin"].Entry.DataStream!).ToArray());
        Assert.Equal("{{ kept }}", entries["/srv/site/index.html"].Text);
        Assert.Equal((TarEntryType.SymbolicLink, "/usr/share/zoneinfo/UTC"), (entries["/etc/localtime"].Entry.EntryType, entries["/etc/localtime"].Entry.LinkName));
        Assert.Equal(
            ["644 1000:0", "750 1000:1000", "644 1000:1000", "755 1000:1000", "755 1000:1000", "700 1000:0"],
            new[] { "/etc/app.bin", "/srv/site", "/srv/site/index.html", "/srv/site/cgi/run", "/srv/site/empty", "/var/lib/app" }.Select(path => RootFsSample.Attributes(entries[path].Entry)));
    }

    [Fact]
    public async Task An_overlay_lies_over_packages_and_generated_files_and_tells_what_it_replaces()
    {
        using var context = await RootFsSample.Of(Plan)
            .WithModes("/overlay/images/over", ("/usr/bin/tool", "mine", "755"), ("/bin/other", "other", "755"), ("/etc/hosts", "own\n", "644"), ("/root/deep/file", "x", "644")).RunAsync(new MakeRootFs());
        var entries = RootFsSample.Read(context);
        Assert.Equal(("mine", "other", "own\n", "x"), (entries["/usr/bin/tool"].Text, entries["/usr/bin/other"].Text, entries["/etc/hosts"].Text, entries["/root/deep/file"].Text));
        Assert.Equal(["`/usr/bin/tool` of `tool` gives way to `images/over`"], context.Lines);
    }

    [Fact]
    public async Task An_overlay_that_does_not_fit_is_told()
    {
        using var context = RootFsSample.Of(Plan).WithTree("/overlay/images/over", ("/usr/bin/tool/file", "x"));
        Assert.Contains("`/usr/bin/tool` of package `tool` is a file, yet `/usr/bin/tool/file` of package `images/over` lies below it", await context.FailureAsync(new MakeRootFs()), StringComparison.Ordinal);

        using var twice = RootFsSample.Of(Plan with { Files = [new("/etc/motd", "a", null, null)] }).WithTree("/overlay/images/over", ("/etc/motd", "b"));
        Assert.EndsWith("remove one of the two:\n  `/etc/motd` of `images/over`", await twice.FailureAsync(new MakeRootFs()), StringComparison.Ordinal);

        using var others = RootFsSample.Of(Plan).WithTree("/overlay/images/one", ("/etc/x", "1")).WithTree("/overlay/images/two", ("/etc/x", "2"));
        Assert.Contains("`/etc/x` of packages [`images/one`, `images/two`]: different content", await others.FailureAsync(new MakeRootFs()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Applets_give_way_to_programs_of_their_name_wherever_these_lie()
    {
        var plan = Plan with { Packages = [new("tool", []), new("applets", []) { GivesWay = ["/usr/bin/*", "/usr/sbin/*"] }] };
        using var context = await RootFsSample.Of(plan)
            .WithLinks("/package/applets", [("/usr/bin/tool", "busybox"), ("/usr/sbin/ip", "../bin/busybox"), ("/usr/bin/ls", "busybox")], ("/usr/bin/busybox", [1]))
            .WithTree("/package/iproute2", ("/usr/bin/ip", "real")).RunAsync(new MakeRootFs());
        var entries = RootFsSample.Read(context);
        Assert.Equal(("program", "real", "../bin/ip", "busybox"), (entries["/usr/bin/tool"].Text, entries["/usr/bin/ip"].Text, entries["/usr/sbin/ip"].Entry.LinkName, entries["/usr/bin/ls"].Entry.LinkName));
        Assert.Equal(["`/usr/bin/tool` of `applets` gives way to `tool`", "`/usr/sbin/ip` of `applets` gives way to `iproute2`"], context.Lines.Order(StringComparer.Ordinal));

        using var idle = RootFsSample.Of(plan with { Packages = [new("tool", []) { GivesWay = ["/usr/bin/too"] }] });
        Assert.Contains("Patterns of `gives-way` match nothing of the package `tool`: [`/usr/bin/too`]", await idle.FailureAsync(new MakeRootFs()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Capabilities_and_attributes_are_in_the_records_of_the_tar()
    {
        var plan = Plan with { Attributes = [new("/usr/bin/tool", null, null, null) { Capabilities = [13, 38], Xattrs = ImmutableSortedDictionary<string, string>.Empty.Add("user.origin", "desk").Add("user.bytes", "0x414200") }] };
        using var context = await RootFsSample.Of(plan).RunAsync(new MakeRootFs());
        var records = RootFsSample.Read(context)["/usr/bin/tool"].Entry.ExtendedAttributes;
        Assert.Equal(("desk", "AB\0"), (records["SCHILY.xattr.user.origin"], records["SCHILY.xattr.user.bytes"]));
        // Little endian: revision 2 with the effective bit; permitted bit 13, none inheritable; permitted bit 38 - 32, none inheritable.
        Assert.Equal("01000002" + "00200000" + "00000000" + "40000000" + "00000000", Convert.ToHexString([.. records["SCHILY.xattr.security.capability"].Select(c => (byte)c)]));

        using var folder = RootFsSample.Of(Plan with { Attributes = [new("/usr/bin", null, null, null) { Capabilities = [13] }] });
        Assert.Contains("`/usr/bin` is a folder, and only programs have capabilities", await folder.FailureAsync(new MakeRootFs()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Os_release_has_version_and_an_identity_of_the_content()
    {
        async Task<string> Release(MakeRootFsRequest plan)
        {
            using var context = await RootFsSample.Of(plan).RunAsync(new MakeRootFs());
            return RootFsSample.Read(context)["/etc/os-release"].Text;
        }

        var first = await Release(Plan);
        Assert.Equal(first, await Release(Plan));
        Assert.Matches("\nVERSION=\"(?<id>[0-9a-f]{16})\"\nVERSION_ID=\\k<id>\nBUILD_ID=\\k<id>\n", first);
        Assert.NotEqual(first, await Release(Plan with { Hostname = "other" }));
        var versioned = await Release(Plan with { Version = "1.2" });
        Assert.Contains("VERSION=\"1.2\"\nVERSION_ID=1.2\nBUILD_ID=", versioned, StringComparison.Ordinal);
        Assert.Contains("IMAGE_VERSION=1.2\n", versioned, StringComparison.Ordinal);
        Assert.DoesNotContain("BUILD_ID=1.2", versioned, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folders_of_recipes_are_there_with_their_owners()
    {
        using var context = await RootFsSample.Of(Plan with { Folders = [new("web", new("/var/lib/web", null, null, "2750") { Owner = "ml", Group = "tty" })] }).RunAsync(new MakeRootFs());
        Assert.Equal("2750 1000:5", RootFsSample.Attributes(RootFsSample.Read(context)["/var/lib/web"].Entry));
    }
}
