// Real files, links, folders and pipes where a user's file is looked for.

using System.Security.Cryptography;
using CliWrap;
using Imagecraft.Cli.Building;
using Imagecraft.Planning.Recipes;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Tests;

public sealed class LocalFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("imagecraft-test").FullName;

    [Fact]
    public void A_file_is_hashed_on_demand_and_told_from_one_of_zeros()
    {
        // The one byte that counts lies behind what is read at once.
        byte[] late = [.. new byte[200_000], 1];

        Assert.Equal(new LocalFile.Readable(200_001, false, null), Look(Write("late", late), hash: false));
        Assert.Equal(new LocalFile.Readable(200_001, false, Convert.ToHexStringLower(SHA256.HashData(late))), Look("late", hash: true));
        Assert.Equal(new LocalFile.Readable(200_000, true, Convert.ToHexStringLower(SHA256.HashData(late[..^1]))), Look(Write("zeros", late[..^1]), hash: true));
        Assert.Equal(new LocalFile.Readable(0, true, null), Look(Write("empty", []), hash: false));
    }

    [Fact]
    public void A_link_is_what_it_leads_to()
    {
        Write("file", [1]);
        Link("link", "file");
        Link("chain", "link");
        Link("dangling", "nowhere");
        Link("circle", "circle");

        Assert.Equal(new LocalFile.Readable(1, false, null), Look("chain", hash: false));
        Assert.IsType<LocalFile.Missing>(Look("dangling", hash: false));
        Assert.IsType<LocalFile.Unreadable>(Look("circle", hash: false));
        Assert.IsType<LocalFile.Missing>(Look("file/below", hash: false));
    }

    [Fact]
    public async Task Neither_a_folder_nor_a_pipe_is_waited_for()
    {
        await CliWrap.Cli.Wrap("mkfifo").WithArguments([Path.Combine(_folder, "pipe")]).ExecuteAsync(TestContext.Current.CancellationToken);

        Assert.Equal(new LocalFile.Readable(0, true, null), Look("pipe", hash: false));
        Assert.Equal(new LocalFile.Unreadable("is a folder") { IsFolder = true }, Look(".", hash: true));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_told_with_the_reason()
    {
        // Files of sysfs that are only written refuse root too.
        Link("written", Directory.EnumerateFiles("/sys/bus", "uevent", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }).First());

        Assert.StartsWith("cannot be read: ", Assert.IsType<LocalFile.Unreadable>(Look("written", hash: false)).Why, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private LocalFile Look(string name, bool hash) => LocalFiles.Look(Path.Combine(_folder, name), hash);

    private void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(_folder, name), target);

    private string Write(string name, byte[] content)
    {
        File.WriteAllBytes(Path.Combine(_folder, name), content);
        return name;
    }
}
