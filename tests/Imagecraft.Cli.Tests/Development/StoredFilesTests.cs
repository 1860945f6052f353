// Trees of the store as files that may lie anywhere: links within them, and programs behind a starter.

using System.Diagnostics;
using Imagecraft.Cli.Development;
using Imagecraft.Cli.Publishing;
using Imagecraft.Engine.Store;

namespace Imagecraft.Cli.Tests.Development;

public sealed class StoredFilesTests : IDisposable
{
    // ELF's numbers of x86-64 and AArch64.
    private const int X86 = 62, Arm64 = 183;

    private static readonly string[] Everything = [""];

    private readonly string _base = Directory.CreateTempSubdirectory("imagecraft-stored-").FullName;
    private readonly ContentStore _store;

    public StoredFilesTests() => _store = new(Path.Combine(_base, "cache"));

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_base, recursive: true);
    }

    [Fact]
    public async Task Links_lead_to_the_same_place_within_the_tree_and_others_are_left_out()
    {
        var tree = Folder("tree", "usr/lib/a/libx.so.1");
        Link(tree, "lib", "usr/lib");
        Link(tree, "usr/lib/a/libx.so", "/lib/a/libx.so.1");
        Link(tree, "usr/lib/near", "a/libx.so.1");
        Link(tree, "usr/lib/gone", "/etc/alternatives/x");
        Link(tree, "usr/lib/out", "../../../../etc/passwd");
        Link(tree, "usr/lib/round", "round");

        var files = await FilesAsync([tree], Everything);

        Assert.Equal(
            ["sdk/lib -> usr/lib", "sdk/usr/lib/a/libx.so -> libx.so.1", "sdk/usr/lib/a/libx.so.1", "sdk/usr/lib/near -> a/libx.so.1", "sdk/usr/lib/round -> round"],
            files.Select(file => file is ArchiveFile.Link link ? $"{file.Name} -> {link.Target}" : file.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_first_tree_counts_and_what_is_not_wanted_is_left_out_with_links_to_it()
    {
        var (first, second) = (Folder("first", "usr/include/a.h"), Folder("second", "usr/include/a.h", "usr/include/b.h", "usr/share/doc/b"));
        File.WriteAllText(Path.Combine(second, "usr/include/a.h"), "another");
        Link(second, "usr/include/readme", "../share/doc/b");

        var files = await FilesAsync([first, second], ["usr/include"]);

        Assert.Equal(["sdk/usr/include/a.h", "sdk/usr/include/b.h"], files.Select(file => file.Name).Order(StringComparer.Ordinal));
        Assert.Equal("usr/include/a.h", File.ReadAllText(Assert.IsType<ArchiveFile.OfDisk>(files.First(file => file.Name.EndsWith("a.h", StringComparison.Ordinal))).Path));
    }

    [Fact]
    public async Task Programs_of_the_host_get_a_starter_and_nothing_else_does()
    {
        var tree = Folder("programs", "usr/bin/text");
        var program = Directory.GetFiles("/usr/bin").First(path => new FileInfo(path).LinkTarget is null && Imagecraft.Images.Programs.ElfProgram.Read(File.ReadAllBytes(path)) is { Loader: not null });
        foreach (var name in (string[])["usr/bin/one", "usr/bin/two", "usr/bin/libc.so.6"])
            File.Copy(program, Path.Combine(tree, name));
        File.WriteAllText(Path.Combine(tree, "usr/bin/script"), "#!/bin/sh\n");
        File.SetUnixFileMode(Path.Combine(tree, "usr/bin/script"), (UnixFileMode)0b111_101_101);
        var starter = Path.Combine(_base, "starter");
        File.WriteAllText(starter, "starts");
        var stored = await _store.PutTreeAsync(tree, move: false, TestContext.Current.CancellationToken);
        var machine = Imagecraft.Images.Programs.ElfProgram.Read(File.ReadAllBytes(program))!.Machine;

        var files = new StoredFiles(_store, "sdk").Started(stored, machine, starter, _ => true).ToList();

        Assert.Equal(
            ["sdk/usr/bin/libc.so.6", "sdk/usr/bin/one", "sdk/usr/bin/one.real", "sdk/usr/bin/script", "sdk/usr/bin/text", "sdk/usr/bin/two", "sdk/usr/bin/two.real"],
            files.Select(file => file.Name).Order(StringComparer.Ordinal));
        Assert.Equal(starter, Assert.IsType<ArchiveFile.OfDisk>(files.Single(file => file.Name == "sdk/usr/bin/one")).Path);
        Assert.Equal("sdk/usr/bin/one", Assert.IsType<ArchiveFile.HardLink>(files.Single(file => file.Name == "sdk/usr/bin/two")).Of);
        Assert.DoesNotContain(new StoredFiles(_store, "sdk").Started(stored, machine == X86 ? Arm64 : X86, starter, _ => true), file => file.Name.EndsWith(".real", StringComparison.Ordinal));
    }

    // GNU tar reads the archive, and gives a second name the same content.
    [Fact]
    public async Task An_archive_with_second_names_long_names_and_links_is_unpacked_by_tar()
    {
        var deep = string.Join('/', Enumerable.Repeat("a-folder-with-a-name", 12)) + "/file";
        ArchiveFile[] files = [new ArchiveFile.OfText("z/first", IsExecutable: true, "content"), new ArchiveFile.HardLink("a/second", "z/first"), new ArchiveFile.OfText(deep, IsExecutable: false, "deep"), new ArchiveFile.Link("link", deep)];
        var archive = Path.Combine(_base, "archive.tar.gz");
        await using (var stream = File.Create(archive))
            ToolArchive.Write(stream, "sdk", files);

        using (var tar = Process.Start("tar", ["-xzf", archive, "-C", _base]))
        {
            await tar.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, tar.ExitCode);
        }

        Assert.Equal("content", await File.ReadAllTextAsync(Path.Combine(_base, "sdk/a/second"), TestContext.Current.CancellationToken));
        Assert.True((File.GetUnixFileMode(Path.Combine(_base, "sdk/a/second")) & UnixFileMode.GroupExecute) != 0);
        Assert.Equal("deep", await File.ReadAllTextAsync(Path.Combine(_base, "sdk/link"), TestContext.Current.CancellationToken));
    }

    // Busybox takes what GNU has there for the beginning of the name.
    [Fact]
    public void Headers_have_nothing_where_other_readers_of_tar_look_for_a_part_of_the_name()
    {
        var archive = new MemoryStream();
        ToolArchive.WriteTar(archive, [new ArchiveFile.OfText("file", IsExecutable: false, "text")]);

        Assert.Equal("ustar", System.Text.Encoding.ASCII.GetString(archive.ToArray(), 257, 5));
        Assert.All(archive.ToArray()[345..512], value => Assert.Equal(0, value));
    }

    private string Folder(string name, params string[] files)
    {
        var folder = Path.Combine(_base, name);
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, file))!);
            File.WriteAllText(Path.Combine(folder, file), file);
        }

        return folder;
    }

    private static void Link(string folder, string name, string target) => File.CreateSymbolicLink(Path.Combine(folder, name), target);

    private async Task<List<ArchiveFile>> FilesAsync(IEnumerable<string> folders, string[] wanted)
    {
        var trees = new List<Engine.Content.Digest>();
        foreach (var folder in folders)
            trees.Add(await _store.PutTreeAsync(folder, move: false, TestContext.Current.CancellationToken));
        return [.. new StoredFiles(_store, "sdk").Of(trees, path => wanted.Any(path.StartsWith))];
    }
}
