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
