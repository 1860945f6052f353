// What a server of the tests has, and how it is told to fail.

using System.Collections.Concurrent;
using Imagecraft.Engine.Content;
using Imagecraft.Remote.LongRunning;

namespace Imagecraft.Remote.Tests;

sealed class StoredContent
{
    public ConcurrentDictionary<string, byte[]> Blobs { get; } = new();

    public ConcurrentDictionary<string, byte[]> Results { get; } = new();

    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Called before each call with its name; may wait, throw or break the connection.</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>What is sent for a blob.</summary>
    public Func<byte[], byte[]> Sent { get; set; } = bytes => bytes;

    /// <summary>After so many bytes of a stream the connection breaks, once.</summary>
    public int? BreakAfter { get; set; }

    /// <summary>A header that each call must have.</summary>
    public (string Name, string Value)? Demanded { get; set; }

    public bool Compresses { get; set; }

    public long BatchBytes { get; set; }

    public bool TakesResults { get; set; } = true;

    public bool Executes { get; set; } = true;

    /// <summary>What each call that runs or waits is sent; null breaks the connection.</summary>
    public List<Operation?[]> Runs { get; init; } = [];

    /// <summary>The first call that waits is told that there is no such action.</summary>
    public bool Forgets { get; set; }

    public byte[]? Blob(string hash) => Blobs.TryGetValue(hash, out var bytes) ? Sent(bytes) : hash == Digest.Empty.Hash ? [] : null;

    public async Task CallAsync(string name)
    {
        Calls.Enqueue(name);
        await Before(name);
    }
}
