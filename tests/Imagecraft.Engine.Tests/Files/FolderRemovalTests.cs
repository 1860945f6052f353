// Folders that no path leads through are removed all the same.

using System.Diagnostics;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Files;

public sealed class FolderRemovalTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("imagecraft-removal-").FullName;

    public void Dispose() => FolderRemoval.Remove(_root);

    [Fact]
    public void Nothing_happens_when_there_is_none() => FolderRemoval.Remove(Path.Combine(_root, "none"));

    [Fact]
    public void Names_that_are_not_UTF8_are_removed() => Gone("touch $'\\xff' $'a\\xe9b'; mkdir $'\\xfe'; touch $'\\xfe/\\xfd'; ln -s nowhere $'\\xfc'");

    [Fact]
    public void What_lies_deeper_than_a_path_may_be_long_is_removed() => Gone("python3 -c 'import os\nfor i in range(60): os.mkdir(\"n\" * 200); os.chdir(\"n\" * 200); open(\"file\", \"w\")\n'");

    [Fact]
    public void More_levels_than_a_process_may_open_files_are_removed() => Gone("python3 -c 'import os\nfor i in range(3000): os.mkdir(\"d\"); os.chdir(\"d\")\n'");

    [Fact]
    public void Modes_are_no_hindrance() => Gone("mkdir -p a/b/c d; touch a/b/c/file d/file; chmod 0 a/b/c a/b d; chmod 0500 a");

    [Fact]
    public void Sockets_pipes_and_empty_folders_are_removed() => Gone("mkfifo pipe; mkdir empty; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"socket\")'");

    [Fact]
    public void A_name_that_looks_like_those_that_are_set_aside_is_removed() => Gone("mkdir -p .removed-0/.removed-1/x a/.removed-0");

    [Fact]
    public void Thousands_of_entries_are_removed() => Gone("for d in {1..40}; do mkdir $d; (cd $d; touch {1..400}); done");

    [Fact]
    public void Links_are_removed_and_what_they_lead_to_stays()
    {
        var kept = Directory.CreateDirectory(Path.Combine(_root, "kept")).FullName;
        File.WriteAllText(Path.Combine(kept, "file"), "x");
        Gone($"ln -s {kept} link; mkdir sub; ln -s {kept} sub/link; ln -s / sub/root");
        Assert.True(File.Exists(Path.Combine(kept, "file")));
    }

    [Fact]
    public void A_link_in_the_folders_place_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(_root, "real"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "link"), Path.Combine(_root, "real"));
        Assert.Throws<IOException>(() => FolderRemoval.Remove(Path.Combine(_root, "link")));
        Assert.True(Directory.Exists(Path.Combine(_root, "real")));
    }

    /// <summary>Fills a folder by a shell script and removes it.</summary>
    private void Gone(string script)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, "folder")).FullName;
        var start = new ProcessStartInfo("bash") { WorkingDirectory = folder };
        start.ArgumentList.Add("-euc");
        start.ArgumentList.Add(script);
        using (var process = Process.Start(start)!)
        {
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }

        Assert.NotEmpty(Directory.EnumerateFileSystemEntries(folder));
        FolderRemoval.Remove(folder);
        Assert.False(Path.Exists(folder));
    }
}
