using System.Formats.Tar;
using Imagecraft.BuiltIns.Imaging;
using Imagecraft.Boards.BootChains;
using Imagecraft.Images.Disks;
using Imagecraft.Requests.Imaging;
using Imagecraft.Requests.Packages;

namespace Imagecraft.BuiltIns.Tests;

public class ImagingTests
{
    private static readonly MakeRootFsRequest Plan = new()
    {
        Image = "base", Board = "virt", Hostname = "target", Console = "ttyAMA0", Triplet = "aarch64-linux-gnu",
        Packages = [new("tool", [new("/usr/bin/tool", "4750", null, "ml")])],
        Users = [new("root", 0, Password: ""), new("ml", 1000)],
        Services = [new("once-service", "/bin/once --now", "once"), new("watched", "/bin/watched -f", "respawn")],
        Files = [new("/etc/motd", null, "images/motd", null)],
        Devices = [new("/dev/accel/accel*", "0660", null, "ml")],
    };

    [Fact]
    public async Task A_root_file_system_has_packages_accounts_services_and_rendered_files()
    {
        using var context = await Root(Plan, "Welcome to {{ hostname }} with {{ packages | array.join ' ' }}\n").RunAsync(new MakeRootFs());
        var entries = Read(context);
        Assert.Equal("Welcome to target with tool\n", entries["./etc/motd"].Text);
        Assert.Contains("::respawn:/usr/sbin/console-login ttyAMA0\n", entries["./etc/inittab"].Text, StringComparison.Ordinal);
        Assert.Equal("127.0.0.1 localhost\n127.0.1.1 target\n::1 localhost ip6-localhost\n", entries["./etc/hosts"].Text);
        Assert.Contains("accel/accel.* root:ml 0660", entries["./etc/mdev.conf"].Text, StringComparison.Ordinal);
        Assert.Contains("ml:x:1000:1000:", entries["./etc/passwd"].Text, StringComparison.Ordinal);
        var tool = entries["./usr/bin/tool"].Entry;
        Assert.Equal((4 << 9) | (7 << 6) | (5 << 3), (int)tool.Mode);
        Assert.Equal(1000, tool.Gid);
        Assert.Equal(0, tool.Uid);
    }

    [Fact]
    public async Task Modes_of_what_was_installed_ship_unless_attributes_say_otherwise()
    {
        var plan = Plan with { Packages = [new("local", [new("/etc/shadow-local", "0400", null, null)])] };
        using var context = Root(plan, "x")
            .WithModes("/install", ("/etc/shadow-local", "secret", "600"), ("/etc/ssl/private/key", "key", "640"), ("/etc/ssl/private/", "", "710"), ("/usr/bin/other", "tool", "755"), ("/usr/bin/su-like", "su", "4711"), ("/var/spool/drop/", "", "1777"), ("/etc/plain", "x", "664"))
            .Asking(new SplitPackagesRequest([new("local", ["/**"], [], [])]));
        await context.RunAsync(new Packages.SplitPackages());
        await context.WithOutput("/package/local", "local").Asking(plan).RunAsync(new MakeRootFs());
        var entries = Read(context);
        string ModeOf(string path) => Convert.ToString((int)entries[path].Entry.Mode, 8);
        Assert.Equal(
            ["400", "710", "640", "755", "4711", "1777", "644", "755"],
            new[] { "./etc/shadow-local", "./etc/ssl/private", "./etc/ssl/private/key", "./usr/bin/other", "./usr/bin/su-like", "./var/spool/drop", "./etc/plain", "./etc/ssl" }.Select(ModeOf));
    }

    [Fact]
    public async Task Under_systemd_services_and_the_console_are_units_and_devices_are_rules()
    {
        var plan = Plan with { Init = "systemd", Services = [new("once-service", "/bin/once --now > /dev/null", "once"), new("watched", "/bin/watched -f", "respawn", ["once-service"])] };
        using var context = await Root(plan, "x").RunAsync(new MakeRootFs());
        var entries = Read(context);
        Assert.Contains("Type=oneshot", entries["./etc/systemd/system/once-service.service"].Text, StringComparison.Ordinal);
        Assert.Contains("After=once-service.service\n", entries["./etc/systemd/system/watched.service"].Text, StringComparison.Ordinal);
        Assert.Contains("Restart=always", entries["./etc/systemd/system/watched.service"].Text, StringComparison.Ordinal);
        Assert.Equal("../watched.service", entries["./etc/systemd/system/multi-user.target.wants/watched.service"].Entry.LinkName);
        Assert.Contains("KERNEL==\"accel*\", MODE=\"0660\", OWNER=\"root\", GROUP=\"ml\"", entries["./etc/udev/rules.d/60-accelerators.rules"].Text, StringComparison.Ordinal);
        Assert.DoesNotContain(entries.Keys, k => k.StartsWith("./etc/init", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/etc/hosts", true)]
    [InlineData("/etc/inittab", true)]
    [InlineData("/etc/shells", false)]
    public async Task What_the_plan_decides_cannot_be_in_a_package_besides(string path, bool isPlanned)
    {
        using var context = Root(Plan with { Packages = [new("local", [])] }, "x").WithTree("/package/local", (path, "own"));
        if (isPlanned)
        {
            Assert.Contains($"`{path}` of packages [`image`, `local`]: different content", await context.FailureAsync(new MakeRootFs()), StringComparison.Ordinal);
            return;
        }

        await context.RunAsync(new MakeRootFs());
        Assert.Equal("own", Read(context)["." + path].Text);
    }

    [Fact]
    public async Task A_file_of_the_image_stands_for_the_one_that_every_image_has()
    {
        using var context = await Root(Plan with { Files = [new("/etc/hosts", "own\n", null, "0600")] }, "x").RunAsync(new MakeRootFs());
        var (entry, text) = Read(context)["./etc/hosts"];
        Assert.Equal(("own\n", "600"), (text, Convert.ToString((int)entry.Mode, 8)));
    }

    [Fact]
    public async Task A_root_that_is_only_read_lists_what_it_has_and_where_the_layer_above_it_lies()
    {
        using var context = await Root(Plan with { Layer = "partition" }, "one").RunAsync(new MakeRootFs());
        using var other = await Root(Plan with { Layer = "partition" }, "two").RunAsync(new MakeRootFs());
        using var plain = await Root(Plan, "one").RunAsync(new MakeRootFs());
        var entries = Read(context);
        Assert.Equal("partition\n", entries["./usr/share/overlay-init/place"].Text);
        string[] first = Lines(context), second = Lines(other);
        Assert.Equal([.. Read(plain).Keys.Select(k => k[1..]).Where(k => k.Length > 0).Order(StringComparer.Ordinal)], first.Select(line => line.Split('\t')[0]).Where(path => path != "/"));
        Assert.All(first, line => Assert.Matches("^/[^\t]*\t[0-9a-f]{16}$", line));
        Assert.Equal(["/etc/motd", "/etc/os-release"], first.Except(second).Select(line => line.Split('\t')[0]));

        static string[] Lines(TestContext context) => Read(context)["./usr/share/overlay-init/files"].Text.TrimEnd('\n').Split('\n');
    }

    [Fact]
    public async Task A_container_has_accounts_but_nothing_that_starts_services()
    {
        using var context = await Root(Plan with { Init = "none", Services = [] }, "x").RunAsync(new MakeRootFs());
        var entries = Read(context);
        Assert.Contains("ml:x:1000", entries["./etc/passwd"].Text, StringComparison.Ordinal);
        Assert.DoesNotContain(entries.Keys, k => k.Contains("init", StringComparison.Ordinal) || k.Contains("systemd", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Containers_lie_ready_as_archives()
    {
        using var context = await Root(Plan, "x").WithText("/container/box", "archive").RunAsync(new MakeRootFs());
        Assert.Equal("archive", Read(context)["./usr/share/containers/box.tar"].Text);
    }

    [Fact]
    public async Task A_blob_that_its_package_lacks_is_told_with_what_the_package_has()
    {
        var plan = Disk(PartitionTable.Gpt, new DiskPartition("root", PartitionType.Parse("linux"), null, 1 << 20)) with { Blobs = [new("spl", 32768, new("package/loader", "/boot/spl"), null)] };
        using var context = new TestContext().Asking(new MakeDiskRequest(plan)).WithTree("/content/package/loader", ("/boot/other", "x"));
        Assert.Contains("The blob `spl` is to hold `/boot/spl`, which `package/loader` does not have; it has [/boot/other]", await context.FailureAsync(new MakeDisk()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blob_of_a_package_lies_on_the_disk()
    {
        var plan = Disk(PartitionTable.Mbr, new DiskPartition("root", PartitionType.Parse("linux"), null, 1 << 20)) with { Blobs = [new("spl", 32768, new("package/loader", "/boot/spl"), null)] };
        using var context = await new TestContext().Asking(new MakeDiskRequest(plan)).WithTree("/content/package/loader", ("/boot/spl", "loader")).RunAsync(new MakeDisk());
        Assert.Equal("loader"u8.ToArray(), context.Store.Read(context.Outputs["disk"].Digest)[32768..32774]);
    }

    [Fact]
    public async Task The_same_plan_and_packages_give_the_same_bytes()
    {
        using var first = await Root(Plan, "x").RunAsync(new MakeRootFs());
        using var second = await Root(Plan, "x").RunAsync(new MakeRootFs());
        Assert.Equal(first.Outputs["tar"], second.Outputs["tar"]);
        Assert.Equal(first.Outputs["uuid"], second.Outputs["uuid"]);
    }

    [Fact]
    public async Task An_undefined_variable_of_a_template_is_an_error_that_lists_the_known()
    {
        using var context = Root(Plan, "Hello {{ hostnam }}");
        var message = await context.FailureAsync(new MakeRootFs());
        Assert.Contains("hostnam", message, StringComparison.Ordinal);
        Assert.Contains("images/motd(1,", message, StringComparison.Ordinal);
        Assert.Contains("hostname", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_packages_that_own_a_path_differently_are_both_named()
    {
        using var context = Root(Plan with { Packages = [.. Plan.Packages, new("other", [])] }, "x").WithTree("/package/other", ("/usr/bin/tool", "another"));
        var message = await context.FailureAsync(new MakeRootFs());
        Assert.Contains("`/usr/bin/tool`", message, StringComparison.Ordinal);
        Assert.Contains("`tool`", message, StringComparison.Ordinal);
        Assert.Contains("`other`", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_over_its_budget_lists_the_largest_contributors()
    {
        using var context = Root(Plan with { Budget = 10 }, "x");
        Assert.Contains("tool", await context.FailureAsync(new MakeRootFs()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_size_that_the_content_does_not_fit_names_what_is_needed()
    {
        using var context = Root(Plan with { Size = 1 << 20 }, "x");
        Assert.Contains("needs at least", await context.FailureAsync(new MakeRootFs()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_owner_is_told()
    {
        using var context = Root(Plan with { Attributes = [new("/usr/bin/tool", null, "nobody-knows", null)] }, "x");
        Assert.Contains("No user is named `nobody-knows`", await context.FailureAsync(new MakeRootFs()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attributes_apply_to_the_finished_tree_with_its_folders_and_links()
    {
        var plan = Plan with
        {
            Files = [new("/root/.ssh/config", "x", null, null), new("/srv/a/b/data", "x", null, null)],
            Attributes = [new("/root/.ssh", "0700", null, null), new("/srv/**", null, "ml", "ml"), new("/bin/tool", "4755", null, null), new("/home/ml", "0711", null, null), new("/etc/shadow", "0640", null, "ml")],
        };
        using var context = await Root(plan, "x").RunAsync(new MakeRootFs());
        var entries = Read(context);
        string Of(string path) => $"{Convert.ToString((int)entries[path].Entry.Mode, 8)} {entries[path].Entry.Uid}:{entries[path].Entry.Gid}";
        Assert.Equal(
            ["700 0:0", "644 0:0", "755 1000:1000", "755 1000:1000", "644 1000:1000", "4755 0:1000", "711 1000:1000", "640 0:1000"],
            new[] { "./root/.ssh", "./root/.ssh/config", "./srv", "./srv/a/b", "./srv/a/b/data", "./usr/bin/tool", "./home/ml", "./etc/shadow" }.Select(Of));
    }

    [Fact]
    public async Task Attributes_apply_to_the_files_of_the_layer_too()
    {
        using var context = await Root(Plan with { Layer = "memory", Attributes = [new("/usr/share/overlay-init/*", "0600", null, null), new("/etc", "0711", null, null)] }, "x").RunAsync(new MakeRootFs());
        var entries = Read(context);
        Assert.Equal((Octal("0600"), Octal("0711")), ((int)entries["./usr/share/overlay-init/files"].Entry.Mode, (int)entries["./etc"].Entry.Mode));
    }

    [Fact]
    public async Task A_rule_that_matches_nothing_is_told_with_all_others()
    {
        using var context = Root(Plan with { Attributes = [new("/root/.shh", "0700", null, null), new("/usr/bin/tool", "0755", null, null), new("/opt/**/x", "0755", null, null), new("/lib64", "0700", null, null)] }, "x");
        Assert.EndsWith(
            "add the packages that they are about\n  `/root/.shh`: the image has nothing of that path\n  `/opt/**/x`: the image has nothing of that path\n  `/lib64`: `/lib64` is a symbolic link to `usr/lib64`, and only what it leads to has a mode and an owner",
            await context.FailureAsync(new MakeRootFs()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Public_keys_lie_in_homes_that_nobody_else_can_write()
    {
        var plan = Plan with { Users = [new("root", 0) { AuthorizedKeys = ["ssh-ed25519 A", "ssh-ed25519 B"] }, new("ml", 1000) { AuthorizedKeys = ["ssh-ed25519 C"] }, new("service", 200) { Locked = true }] };
        using var context = await Root(plan, "x").RunAsync(new MakeRootFs());
        var entries = Read(context);
        Assert.Equal(("ssh-ed25519 A\nssh-ed25519 B\n", "ssh-ed25519 C\n"), (entries["./root/.ssh/authorized_keys"].Text, entries["./home/ml/.ssh/authorized_keys"].Text));
        Assert.Equal((Octal("0700"), Octal("0600"), 1000, 1000), ((int)entries["./home/ml/.ssh"].Entry.Mode, (int)entries["./home/ml/.ssh/authorized_keys"].Entry.Mode, entries["./home/ml/.ssh"].Entry.Uid, entries["./home/ml/.ssh/authorized_keys"].Entry.Gid));
        Assert.Contains("root:*:", entries["./etc/shadow"].Text, StringComparison.Ordinal);
        Assert.Contains("service:!:", entries["./etc/shadow"].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/bin/zsh", "", "The image does not have the login shells [`/bin/zsh` of `ml`]; add the packages that bring them, or name others by `shell:` of the users")]
    [InlineData("/bin/zsh", null, null)]
    [InlineData("/bin/sh", "", null)]
    public async Task The_shell_of_who_logs_in_is_in_the_image(string shell, string? password, string? failure)
    {
        using var context = Root(Plan with { Users = [new("ml", 1000, Shell: shell, Password: password)] }, "x");
        if (failure is null)
            await context.RunAsync(new MakeRootFs());
        else
            Assert.Equal(failure, await context.FailureAsync(new MakeRootFs()));
    }

    [Fact]
    public async Task A_disk_carries_its_partitions_and_a_block_map()
    {
        var plan = Disk(PartitionTable.Gpt, new DiskPartition("root", PartitionType.Parse("linux-root-arm64"), new("rootfs.ext4"), null));
        using var context = await new TestContext().Asking(new MakeDiskRequest(plan)).WithText("/content/rootfs.ext4", new string('x', 4096)).RunAsync(new MakeDisk());
        Assert.Equal("EFI PART"u8.ToArray(), context.Store.Read(context.Outputs["disk"].Digest)[512..520]);
        Assert.Contains("<bmap", context.Text("bmap"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_cannot_be_is_told()
    {
        using var context = new TestContext().Asking(new MakeDiskRequest(Disk(PartitionTable.Gpt, new DiskPartition("root", PartitionType.Parse("linux"), null, null))));
        Assert.Contains("Partition `root` has neither content nor a size above zero", await context.FailureAsync(new MakeDisk()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_its_board_cannot_boot_from_fails_with_all_reasons_and_a_good_one_is_told_of()
    {
        BootStage stage = new("idbloader", BootFormat.Rockchip, "https://example.org/rom") { Offset = 0 };
        var request = new CheckBootChainRequest("desk", new([stage], new("u-boot", "/u-boot.config")), []);
        using var bad = new TestContext().Asking(request).WithText("/disk", new string('x', 4096)).WithTree("/package/u-boot", ("/other", ""));
        Assert.EndsWith("""
            `desk` cannot boot from this disk, by what `boot-chain` of its description says (2):
              The package has no `/u-boot.config`, which says where U-Boot keeps its environment
              `idbloader` has no header `RKNS` where the ROM reads it
            """, await bad.FailureAsync(new CheckBootChain()), StringComparison.Ordinal);

        using var good = await new TestContext().Asking(request with { Chain = request.Chain with { Stages = [] } }).WithText("/disk", new string('x', 1 << 16))
            .WithTree("/package/u-boot", ("/u-boot.config", "CONFIG_ENV_IS_IN_MMC=y\nCONFIG_ENV_OFFSET=0x8000\nCONFIG_ENV_SIZE=0x1000\n")).RunAsync(new CheckBootChain());
        Assert.Equal("U-Boot's environment: bytes 32768 to 36864\n", good.Text("file"));
    }

    private static Disk Disk(PartitionTable table, params DiskPartition[] partitions) => new("base@virt", table, [.. partitions], []);

    private static TestContext Root(MakeRootFsRequest plan, string template) => new TestContext()
        .Asking(plan)
        .WithText("/template/images/motd", template)
        .WithTree("/package/tool", ("/usr/bin/tool", "program"))
        .WithTree("/package/shell", ("/bin/sh", "shell"));

    private static Dictionary<string, (TarEntry Entry, string Text)> Read(TestContext context)
    {
        using var reader = new TarReader(context.Store.OpenRead(context.Outputs["tar"].Digest));
        var entries = new Dictionary<string, (TarEntry, string)>(StringComparer.Ordinal);
        while (reader.GetNextEntry(copyData: true) is { } entry)
            entries.Add(entry.Name.TrimEnd('/'), (entry, entry.DataStream is { } data ? new StreamReader(data).ReadToEnd() : ""));
        return entries;
    }

    private static int Octal(string text) => Convert.ToInt32(text, 8);
}
