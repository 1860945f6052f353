// Scratch folders and CPU slots survive the death of whoever had them.

using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Execution.Processes;
using Imagecraft.Engine.Execution.Running;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Execution;

public sealed class ScratchTests : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("scratch-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void The_folder_of_a_dead_build_is_removed_by_the_next_and_that_of_a_living_one_stays()
    {
        var dead = Directory.CreateDirectory(Path.Combine(root, "scratch/dead/1/work")).FullName;
        File.SetUnixFileMode(dead, UnixFileMode.None);
        File.WriteAllText(Path.Combine(root, "scratch/dead.lock"), "");
        using var living = ScratchFolder.Create(root);
        using var other = ScratchFolder.Create(root);
        Assert.False(Directory.Exists(Path.Combine(root, "scratch/dead")));
        Assert.True(Directory.Exists(living.Root));
    }

    [Fact]
    public void What_a_killed_build_was_about_to_store_is_removed_by_the_next_and_that_of_a_living_one_stays()
    {
        var dead = Directory.CreateDirectory(Path.Combine(root, "tmp/1-dead/7/tree")).FullName;
        File.WriteAllText(Path.Combine(dead, "file"), "x");
        File.SetUnixFileMode(dead, UnixFileMode.None);
        File.WriteAllText(Path.Combine(root, "tmp/1-dead.lock"), "");
        using var living = new TemporaryFolder(Path.Combine(root, "tmp"));
        var kept = living.NewPath();
        File.WriteAllText(kept, "x");
        using var scratch = ScratchFolder.Create(root);
        Assert.False(Directory.Exists(Path.Combine(root, "tmp/1-dead")));
        Assert.True(File.Exists(kept));
    }

    [Fact]
    public void Removing_does_not_follow_links()
    {
        var kept = Directory.CreateDirectory(Path.Combine(root, "kept")).FullName;
        File.WriteAllText(Path.Combine(kept, "file"), "x");
        var folder = Directory.CreateDirectory(Path.Combine(root, "folder")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(folder, "link"), kept);
        File.CreateSymbolicLink(Path.Combine(folder, "dangling"), "/nowhere/at/all");
        ScratchFolder.Remove(folder);
        Assert.False(Directory.Exists(folder));
        Assert.True(File.Exists(Path.Combine(kept, "file")));
    }

    [Fact]
    public void A_jobserver_gives_as_many_slots_as_it_has_and_replaces_lost_ones()
    {
        using var jobserver = new Jobserver(Path.Combine(root, "jobs"), 3);
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => jobserver.TryTake()));
        jobserver.Release();
        jobserver.Release();
        using (var child = File.OpenHandle(jobserver.Path))
        {
            // A child takes a token and dies with it.
            using var stream = new FileStream(child, FileAccess.Read, 1);
            Assert.NotEqual(-1, stream.ReadByte());
        }

        jobserver.Refill();
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => jobserver.TryTake()));
    }
}
