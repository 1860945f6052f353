// Results by key; what is torn or flipped is a miss.

using Google.Protobuf;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Store;

public sealed class ActionCacheTests : IDisposable
{
    private static readonly Digest _key = Digest.Of("key"u8);
    private readonly StoreFixture _fixture = new();
    private readonly Reapi.ActionResult _result = new()
    {
        ExitCode = 0,
        StdoutRaw = ByteString.CopyFromUtf8("out"),
        OutputFiles = { new Reapi.OutputFile { Path = "out/x", Digest = Digest.Of("x"u8).ToReapi(), IsExecutable = true } },
    };

    private string EntryPath => Path.Combine(_fixture.Cache, "results", _key.Hash[..2], _key.Hash);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_result_comes_back_until_it_is_removed()
    {
        var cache = new ActionCache(_fixture.Store);
        Assert.Null(cache.TryGet(_key));
        cache.Put(_key, _result);
        Assert.Equal(_result, new ActionCache(_fixture.Reopen()).TryGet(_key));
        cache.Remove(_key);
        cache.Remove(Digest.Of("never recorded"u8));
        Assert.Null(cache.TryGet(_key));
    }

    [Fact]
    public void An_entry_with_any_byte_flipped_or_any_tail_missing_is_a_miss_and_can_be_written_again()
    {
        var cache = new ActionCache(_fixture.Store);
        cache.Put(_key, _result);
        var entry = File.ReadAllBytes(EntryPath);
        for (var i = 0; i < entry.Length; i++)
        {
            var bad = (byte[])entry.Clone();
            bad[i] ^= 1;
            File.WriteAllBytes(EntryPath, bad);
            Assert.Null(cache.TryGet(_key));
            File.WriteAllBytes(EntryPath, entry[..i]);
            Assert.Null(cache.TryGet(_key));
        }

        Assert.False(File.Exists(EntryPath));
        cache.Put(_key, _result);
        Assert.Equal(_result, cache.TryGet(_key));
    }

    [Fact]
    public void A_hit_is_noted_once_a_day()
    {
        var cache = new ActionCache(_fixture.Store);
        cache.Put(_key, _result);
        var recent = DateTime.UtcNow.AddHours(-5);
        File.SetLastWriteTimeUtc(EntryPath, recent);
        cache.TryGet(_key);
        Assert.Equal(recent, File.GetLastWriteTimeUtc(EntryPath), TimeSpan.FromSeconds(1));
        File.SetLastWriteTimeUtc(EntryPath, DateTime.UtcNow.AddDays(-2));
        cache.TryGet(_key);
        Assert.True(File.GetLastWriteTimeUtc(EntryPath) > DateTime.UtcNow.AddHours(-1));
    }
}
