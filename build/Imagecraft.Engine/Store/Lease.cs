// What a running build relies on, written where a garbage collection looks. Unaware of builds.

using System.Buffers.Binary;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Engine.Store;

/// <summary>
/// A file below `leases/` that its process holds locked, so that it ends with the process however that dies: eight bytes of begin
/// (nanoseconds since 1970), then 32 bytes for each result key or tree in use. Objects are protected by their change time.
/// </summary>
public sealed class Lease : IDisposable
{
    private readonly Lock _guard = new();
    private readonly HashSet<string> _kept = new(StringComparer.Ordinal);
    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private readonly Action _ended;
    private long _length = 8;
    private int _holders = 1;

    internal Lease(string folder, Action ended)
    {
        _ended = ended;
        Begin = SyncRecord.SafelyPast;
        _path = Path.Combine(folder, $"{Environment.ProcessId}-{Random.Shared.NextInt64():x}");
        // Locked under another name first: a collection that meets an unlocked lease takes its process for dead.
        _handle = Posix.OpenForLocking(_path + ".new", create: true);
        Posix.Lock(_handle, LockKind.Exclusive);
        Span<byte> begin = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(begin, Begin);
        RandomAccess.Write(_handle, begin, 0);
        File.Move(_path + ".new", _path);
    }

    /// <summary>Nanoseconds since 1970; what changed since then is kept.</summary>
    internal long Begin { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) != 0)
            return;
        _ended();
        File.Delete(_path);
        _handle.Dispose();
    }

    /// <summary>Reads the leases of living processes, removes those of dead ones.</summary>
    internal static (long Horizon, HashSet<string> Kept, int Living) ReadAll(string folder)
    {
        var horizon = long.MaxValue;
        var kept = new HashSet<string>(StringComparer.Ordinal);
        var living = 0;
        foreach (var path in Directory.EnumerateFiles(folder).Where(path => !path.EndsWith(".new", StringComparison.Ordinal)))
        {
            try
            {
                using var handle = Posix.OpenForLocking(path, create: false);
                if (Posix.Lock(handle, LockKind.Shared, wait: false))
                {
                    File.Delete(path);
                    continue;
                }

                var bytes = new byte[RandomAccess.GetLength(handle)];
                var length = RandomAccess.Read(handle, bytes, 0);
                if (length < 8)
                    continue;
                living++;
                horizon = Math.Min(horizon, BinaryPrimitives.ReadInt64LittleEndian(bytes));
                for (var offset = 8; offset + 32 <= length; offset += 32)
                    kept.Add(Convert.ToHexStringLower(bytes.AsSpan(offset, 32)));
            }
            catch (FileNotFoundException)
            {
                // Its build ended between the listing and now.
            }
        }

        return (horizon, kept, living);
    }

    /// <summary>One more holder, each of whom disposes it once.</summary>
    internal Lease Share()
    {
        Interlocked.Increment(ref _holders);
        return this;
    }

    /// <summary>Records a result key or a tree before it is looked up, so that no collection takes it from then on.</summary>
    internal void Keep(Digest digest)
    {
        lock (_guard)
        {
            if (_handle.IsClosed || !_kept.Add(digest.Hash))
                return;
            RandomAccess.Write(_handle, Convert.FromHexString(digest.Hash), _length);
            _length += 32;
        }
    }
}
