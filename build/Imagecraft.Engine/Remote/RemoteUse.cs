// What a build had of a cache elsewhere. Unaware of how.

namespace Imagecraft.Engine.Remote;

/// <summary>Counts of one build.</summary>
/// <param name="Name">Of the cache, for people.</param>
/// <param name="Asked">Results that were asked for.</param>
/// <param name="Found">Those that it had.</param>
/// <param name="BytesDown">Content that came from it.</param>
/// <param name="Stored">Results that were given to it.</param>
/// <param name="BytesUp">Content that went to it.</param>
public sealed record RemoteUse(string Name, int Asked, int Found, long BytesDown, int Stored, long BytesUp);

/// <summary>The counts while they grow. Safe for concurrent use.</summary>
sealed class RemoteCounts
{
    int asked, found, stored;
    long down, up;

    public void Ask() => Interlocked.Increment(ref asked);

    public void Find() => Interlocked.Increment(ref found);

    public void Store() => Interlocked.Increment(ref stored);

    public void Receive(long bytes) => Interlocked.Add(ref down, bytes);

    public void Send(long bytes) => Interlocked.Add(ref up, bytes);

    public RemoteUse Read(string name) => new(name, asked, found, down, stored, up);
}
