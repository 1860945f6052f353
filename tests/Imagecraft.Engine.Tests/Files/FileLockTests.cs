// Claims on paths: one owner at a time, also while lock files are removed.

using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

using Imagecraft.Engine.Tests.Store;

namespace Imagecraft.Engine.Tests.Files;

public sealed class FileLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("imagecraft-lock-").FullName;

    private string Claim => Path.Combine(_folder, "claim.lock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_new_claim_takes_another_name_when_someone_looks_at_the_first()
    {
        var folder = Directory.CreateTempSubdirectory("claims-").FullName;
        try
        {
            using var other = FileLock.TryTake(Path.Combine(folder, "0"))!;
            var next = 0;
            var (claim, path) = FileLock.TakeNew(() => Path.Combine(folder, $"{next++}"));
            using (claim)
                Assert.Equal(Path.Combine(folder, "1"), path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Scratch_folders_are_made_while_others_look_for_left_overs()
    {
        var cache = Directory.CreateTempSubdirectory("scratches-").FullName;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
                () =>
                {
                    for (var i = 0; i < 100; i++)
                    {
                        using var scratch = Imagecraft.Engine.Execution.Running.ScratchFolder.Create(cache);
                        Assert.True(Directory.Exists(scratch.New()));
                    }
                },
                StoreFixture.Token)));
            Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(cache, "scratch")));
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
    }

    [Fact]
    public void A_path_has_one_owner_until_that_is_done()
    {
        using (var first = FileLock.TryTake(Claim))
        {
            Assert.NotNull(first);
            Assert.Null(FileLock.TryTake(Claim));
        }

        Assert.False(File.Exists(Claim));
        using var second = FileLock.TryTake(Claim);
        Assert.NotNull(second);
    }

    [Fact]
    public void A_file_that_nobody_locks_is_owned_by_nobody()
    {
        File.WriteAllText(Claim, "left by a killed process");
        using var taken = FileLock.TryTake(Claim);
        Assert.NotNull(taken);
    }

    [Fact]
    public async Task Owners_that_come_and_go_at_once_are_never_two()
    {
        var (inside, most, taken) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () =>
            {
                for (var i = 0; i < 2000; i++)
                {
                    using var claim = FileLock.TryTake(Claim);
                    if (claim is null)
                        continue;
                    var now = Interlocked.Increment(ref inside);
                    if (now > 1)
                        Volatile.Write(ref most, now);
                    Interlocked.Increment(ref taken);
                    Thread.Yield();
                    Interlocked.Decrement(ref inside);
                }
            },
            StoreFixture.Token)));
        Assert.Equal(0, most);
        Assert.True(taken > 0);
    }
}
