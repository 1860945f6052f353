// What earlier builds of a workspace left to speed up later ones: keys and outputs by manifest, durations, memory peaks. Losing it costs time only.

using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution;

/// <summary>What is known of an action from earlier builds.</summary>
/// <param name="Facts">SHA-256 of the manifest text that gave <paramref name="Key"/>; 64 hexadecimal characters.</param>
/// <param name="Key">The key that text has.</param>
/// <param name="Outputs">The result of that key; empty when it is not known.</param>
/// <param name="Duration">Of the last run.</param>
/// <param name="PeakMemoryBytes">Of the last run; 0 when unknown.</param>
sealed record ActionMemory(string Facts, Digest Key, ImmutableSortedDictionary<string, OutputValue> Outputs, TimeSpan Duration, long PeakMemoryBytes);

/// <summary>One file, <c>.imagecraft/memory</c>, read at start and replaced at the end of a build.</summary>
/// <remarks>
/// It is bound to one cache by the cache's random identity: with another or an emptied cache, after results were dropped there because of damage or a restart of the machine,
/// and once a day, only durations and peaks are taken.
/// </remarks>
sealed class WorkspaceMemory
{
    const string Magic = "imagecraft memory 3";
    // While a result is known from here, the cache does not see its use; once a day it shall, or it would be collected as unused.
    static readonly TimeSpan trusted = TimeSpan.FromHours(20);
    readonly string path;
    readonly string cacheIdentity;
    DateTime confirmed = DateTime.UtcNow;
    readonly Dictionary<ActionId, ActionMemory> entries = [];
    bool changed;

    WorkspaceMemory(string path, string cacheIdentity)
    {
        this.path = path;
        this.cacheIdentity = cacheIdentity;
    }

    public ActionMemory? this[ActionId id] => entries.GetValueOrDefault(id);

    public void Set(ActionId id, ActionMemory memory)
    {
        entries[id] = memory;
        changed = true;
    }

    /// <summary>The SHA-256 of a manifest text.</summary>
    public static string FactsOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static WorkspaceMemory Load(string stateFolder, string cacheRoot)
    {
        var memory = new WorkspaceMemory(Path.Combine(stateFolder, "memory"), CacheIdentity.Of(cacheRoot));
        using var reader = CheckedFile.Open(memory.path);
        if (reader is not null)
            memory.ReadFrom(reader);
        return memory;
    }

    public void Save()
    {
        if (!changed)
            return;
        CheckedFile.Write(path, WriteTo);
        changed = false;
    }

    void ReadFrom(BinaryReader reader)
    {
        if (reader.ReadString() != Magic)
            return;
        var sameCache = reader.ReadString() == cacheIdentity;
        var written = new DateTime(reader.ReadInt64(), DateTimeKind.Utc);
        if (sameCache && DateTime.UtcNow - written < trusted && written <= DateTime.UtcNow)
            confirmed = written;
        else
            sameCache = false;
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var id = new ActionId(reader.ReadString());
            var facts = Convert.ToHexStringLower(reader.ReadBytes(32));
            var key = ReadDigest(reader);
            var duration = new TimeSpan(reader.ReadInt64());
            var peak = reader.ReadInt64();
            var outputs = ImmutableSortedDictionary.CreateBuilder<string, OutputValue>(StringComparer.Ordinal);
            for (var count = reader.ReadInt32(); count > 0; count--)
                outputs[reader.ReadString()] = new OutputValue(ReadDigest(reader), (OutputKind)reader.ReadByte(), reader.ReadBoolean());
            entries[id] = sameCache
                ? new ActionMemory(facts, key, outputs.ToImmutable(), duration, peak)
                : new ActionMemory("", key, ImmutableSortedDictionary<string, OutputValue>.Empty, duration, peak);
        }
    }

    void WriteTo(BinaryWriter writer)
    {
        writer.Write(Magic);
        writer.Write(cacheIdentity);
        writer.Write(confirmed.Ticks);
        writer.Write(entries.Count);
        foreach (var (id, entry) in entries)
        {
            writer.Write(id.Value);
            writer.Write(entry.Facts.Length == 64 ? Convert.FromHexString(entry.Facts) : new byte[32]);
            WriteDigest(writer, entry.Key);
            writer.Write(entry.Duration.Ticks);
            writer.Write(entry.PeakMemoryBytes);
            writer.Write(entry.Outputs.Count);
            foreach (var (name, value) in entry.Outputs)
            {
                writer.Write(name);
                WriteDigest(writer, value.Digest);
                writer.Write((byte)value.Kind);
                writer.Write(value.Executable);
            }
        }
    }

    static Digest ReadDigest(BinaryReader reader) => new(Convert.ToHexStringLower(reader.ReadBytes(32)), reader.ReadInt64());

    static void WriteDigest(BinaryWriter writer, Digest digest)
    {
        writer.Write(Convert.FromHexString(digest.Hash));
        writer.Write(digest.SizeBytes);
    }
}
