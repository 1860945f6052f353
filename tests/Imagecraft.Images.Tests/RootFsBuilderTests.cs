// The merging rules of root file systems.

using Imagecraft.Images.RootFs;

namespace Imagecraft.Images.Tests;

public class RootFsBuilderTests
{
    [Fact]
    public void Two_packages_may_share_a_folder_and_an_equal_file()
    {
        var builder = new RootFsBuilder();
        foreach (string package in (string[])["one", "two"])
        {
            builder.Add(package, RootFsEntry.Folder("/usr/share"));
            builder.Add(package, RootFsEntry.File("/usr/share/copyright", FileContent.Of("same")));
        }

        RootFsTree tree = builder.Build();
        Assert.Equal(["/", "/usr", "/usr/share", "/usr/share/copyright"], tree.Entries.Select(owned => owned.Entry.Path.Value));
    }

    [Fact]
    public void All_conflicts_are_reported_at_once_with_path_and_both_packages()
    {
        var builder = new RootFsBuilder();
        builder.Add("busybox", RootFsEntry.File("/usr/bin/vi", FileContent.Of("small")));
        builder.Add("vim", RootFsEntry.File("/usr/bin/vi", FileContent.Of("large")));
        builder.Add("busybox", RootFsEntry.Folder("/tmp", Convert.ToInt32("1777", 8)));
        builder.Add("vim", RootFsEntry.Folder("/tmp"));
        builder.Add("vim", RootFsEntry.Symlink("/usr/bin/ex", "vim"));
        builder.Add("busybox", RootFsEntry.Symlink("/usr/bin/ex", "vi"));

        string message = Assert.Throws<ImageInputException>(builder.Build).Message;
        Assert.Contains("in 3 paths", message);
        Assert.Contains("`/usr/bin/vi` of packages [`busybox`, `vim`]: different content", message);
        Assert.Contains("`/tmp` of packages [`busybox`, `vim`]: mode 1777 and 0755", message);
        Assert.Contains("`/usr/bin/ex` of packages [`busybox`, `vim`]: link to `vi` and to `vim`", message);
    }

    [Fact]
    public void What_lies_below_a_linked_folder_is_placed_where_the_link_leads()
    {
        var builder = new RootFsBuilder();
        builder.AddMergedUsr("base-files");
        builder.Add("base-files", RootFsEntry.Symlink("/var/run", "../run"));
        builder.Add("libc", RootFsEntry.Folder("/lib"));
        builder.Add("libc", RootFsEntry.File("/lib/libc.so.6", FileContent.Of("libc")));
        builder.Add("service", RootFsEntry.File("/var/run/service/pid", FileContent.Of("1")));

        string[] paths = [.. builder.Build().Entries.Select(owned => owned.Entry.Path.Value)];
        Assert.Contains("/usr/lib/libc.so.6", paths);
        Assert.Contains("/run/service/pid", paths);
        Assert.DoesNotContain("/lib/libc.so.6", paths);
        Assert.Equal(paths.Order(StringComparer.Ordinal), paths);
    }

    [Fact]
    public void The_same_file_below_a_link_and_at_its_real_place_is_a_conflict_when_it_differs()
    {
        var builder = new RootFsBuilder();
        builder.AddMergedUsr("base-files");
        builder.Add("one", RootFsEntry.File("/bin/sh", FileContent.Of("1")));
        builder.Add("two", RootFsEntry.File("/usr/bin/sh", FileContent.Of("2")));
        Assert.Contains("`/usr/bin/sh` of packages [`one`, `two`]", Assert.Throws<ImageInputException>(builder.Build).Message);
    }

    [Fact]
    public void Links_in_a_circle_and_files_used_as_folders_are_told()
    {
        var builder = new RootFsBuilder();
        builder.Add("loop", RootFsEntry.Symlink("/a", "b"));
        builder.Add("loop", RootFsEntry.Symlink("/b", "a"));
        builder.Add("loop", RootFsEntry.File("/a/file", FileContent.Of("")));
        builder.Add("one", RootFsEntry.File("/etc/conf", FileContent.Of("")));
        builder.Add("two", RootFsEntry.File("/etc/conf/part", FileContent.Of("")));

        string message = Assert.Throws<ImageInputException>(builder.Build).Message;
        Assert.Contains("`/a/file` of package `loop` lies below symbolic links that lead in a circle", message);
        Assert.Contains("`/etc/conf` of package `one` is a file, yet `/etc/conf/part` of package `two` lies below it", message);
    }

    [Fact]
    public void A_declared_folder_wins_over_an_implied_one()
    {
        var builder = new RootFsBuilder();
        builder.Add("a", RootFsEntry.File("/root/.profile", FileContent.Of("")));
        builder.Add("z", RootFsEntry.Folder("/root", Convert.ToInt32("700", 8)));
        Assert.Equal(Convert.ToInt32("700", 8), builder.Build().Entries.Single(owned => owned.Entry.Path.Value == "/root").Entry.Mode);
    }

    [Fact]
    public void An_exceeded_budget_names_the_largest_packages()
    {
        var builder = new RootFsBuilder();
        builder.Add("small", RootFsEntry.File("/s", FileContent.Of(new byte[1000])));
        builder.Add("large", RootFsEntry.File("/l", FileContent.Of(new byte[3 << 20])));
        RootFsTree tree = builder.Build();

        Assert.Null(tree.OverBudget(4 << 20));
        string? message = tree.OverBudget(1 << 20);
        Assert.NotNull(message);
        Assert.True(message.IndexOf("large (1 files)", StringComparison.Ordinal) < message.IndexOf("small (1 files)", StringComparison.Ordinal));
        Assert.Contains("2.0 MiB more than its budget of 1.0 MiB", message);
    }

    [Theory]
    [InlineData("etc/passwd")]
    [InlineData("/etc/../passwd")]
    [InlineData("/a/./b")]
    [InlineData("")]
    public void A_path_that_is_not_absolute_and_normal_is_refused(string path) =>
        Assert.Throws<ImageInputException>(() => TargetPath.Parse(path));
}
