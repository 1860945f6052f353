// What a restart of the machine may have cost.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Store;

public sealed class DurabilityTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    private string Record => Path.Combine(_fixture.Cache, "synced");

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void After_a_restart_results_that_lost_content_since_the_last_sync_are_dropped_and_whole_ones_stay()
    {
        Publish("whole", "content of whole");
        Publish("cut", "content of cut");
        Publish("zeroed", "content of zeroed");
        Publish("vanished", "content of vanished");
        PretendRestart(until: 0);
        // What file systems leave of a write that did not reach the disk: a short file, zeros, or nothing; size and time may be right.
        Damage("content of cut", bytes => bytes[..3]);
        Damage("content of zeroed", bytes => new byte[bytes.Length]);
        File.Delete(_fixture.ObjectPath(Of("content of vanished")));

        var cache = new ActionCache(_fixture.Reopen());
        Assert.NotNull(cache.TryGet(Of("whole")));
        Assert.All(new[] { "cut", "zeroed", "vanished" }, name => Assert.Null(cache.TryGet(Of(name))));
        Assert.False(_fixture.Store.Has(Of("content of zeroed")));
    }

    [Fact]
    public void What_was_synced_is_not_hashed_again_after_a_restart()
    {
        using (_fixture.Store.BeginLease())
            Publish("old", "content of old");
        var until = long.Parse(File.ReadAllLines(Record)[1], null);
        Assert.InRange(until, Posix.Stat(Path.Combine(_fixture.Cache, "results", Of("old").Hash[..2], Of("old").Hash)).Changed - 5_000_000_000, long.MaxValue);
        PretendRestart(until: long.MaxValue);
        Damage("content of old", bytes => new byte[bytes.Length]);
        Assert.NotNull(new ActionCache(_fixture.Reopen()).TryGet(Of("old")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("torn")]
    [InlineData("00000000-0000-0000-0000-000000000000\n12")]
    public void A_torn_record_means_that_everything_is_hashed(string record)
    {
        Publish("zeroed", "content of zeroed");
        Damage("content of zeroed", bytes => new byte[bytes.Length]);
        File.WriteAllText(Record, record);
        Assert.Null(new ActionCache(_fixture.Reopen()).TryGet(Of("zeroed")));
        Assert.StartsWith(SyncRecord.ThisBoot, File.ReadAllText(Record), StringComparison.Ordinal);
    }

    private static Digest Of(string text) => Digest.Of(System.Text.Encoding.UTF8.GetBytes(text));

    private void Publish(string key, string content) => new ActionCache(_fixture.Store).Put(
        Of(key),
        new Reapi.ActionResult { OutputFiles = { new Reapi.OutputFile { Path = "x", Digest = _fixture.Store.Put(System.Text.Encoding.UTF8.GetBytes(content)).ToReapi() } } });

    private void PretendRestart(long until) => File.WriteAllText(Record, $"{Guid.Empty}\n{until}\n");

    private void Damage(string content, Func<byte[], byte[]> change)
    {
        var path = _fixture.ObjectPath(Of(content));
        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        File.WriteAllBytes(path, change(bytes));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddSeconds(ContentStore.FixedTime));
    }
}
