// What earlier builds of a workspace left to speed up later ones and to explain them. Losing it costs time only.

using Google.Protobuf;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Memory;

/// <summary>One file, <c>.imagecraft/memory</c>, read at start and replaced when a build ends, and now and then while it runs. Its form is `remembered.proto`.</summary>
/// <remarks>
/// It is bound to one cache by the cache's random identity: with another or an emptied cache, after results were dropped there because of damage or a restart of the machine,
/// and once a day, keys and outputs are not taken; durations, peaks, manifests and reasons are.
/// </remarks>
sealed class WorkspaceMemory
{
    // Raised too when the same manifest gets another key: what is known by its text would still be looked for under the old one.
    const int Version = 6;
    const string FileName = "memory";
    // While a result is known from here, the cache does not see its use; once a day it shall, or it would be collected as unused.
    static readonly TimeSpan trusted = TimeSpan.FromHours(20);
    static readonly TimeSpan saveEvery = TimeSpan.FromSeconds(30);
    readonly string path;
    readonly string cacheIdentity;
    readonly DateTime confirmed = DateTime.UtcNow;
    readonly Dictionary<ActionId, ActionMemory> entries = [];
    DateTime saved = DateTime.UtcNow;
    bool changed;

    WorkspaceMemory(string path, string cacheIdentity, string boot)
    {
        this.path = path;
        this.cacheIdentity = cacheIdentity;
        var memory = CheckedFile.Read(path, Remembered.Memory.Parser);
        if (memory?.Version != Version)
            memory = null;
        Files = new FileHashes(memory?.Files, boot);
        if (memory is null)
            return;
        var written = new DateTime(Math.Clamp(memory.Confirmed, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc);
        var sameCache = memory.Cache == cacheIdentity && DateTime.UtcNow - written < trusted && written <= DateTime.UtcNow;
        if (sameCache)
            confirmed = written;
        foreach (var record in memory.Actions)
            entries[new ActionId(record.Id)] = ActionMemory.Of(record, sameCache);
    }

    /// <summary>Hashes of files of the workspace.</summary>
    public FileHashes Files { get; }

    public ActionMemory? this[ActionId id] => entries.GetValueOrDefault(id);

    /// <param name="stateFolder">The workspace's <c>.imagecraft</c>.</param>
    /// <param name="cacheRoot">The cache in use.</param>
    /// <param name="boot">The identity of this boot of the machine.</param>
    public static WorkspaceMemory Load(string stateFolder, string cacheRoot, string boot) => new(Path.Combine(stateFolder, FileName), CacheIdentity.Of(cacheRoot), boot);

    /// <summary>Keys of the results that actions last had, without whatever else a workspace remembers.</summary>
    /// <param name="stateFolder">The workspace's <c>.imagecraft</c>.</param>
    public static Dictionary<ActionId, Digest> KeysIn(string stateFolder) => CheckedFile.Read(Path.Combine(stateFolder, FileName), Remembered.Memory.Parser) is { Version: Version } memory
        ? memory.Actions.Where(record => !record.Key.IsEmpty).ToDictionary(record => new ActionId(record.Id), record => new Digest(Convert.ToHexStringLower(record.Key.Span), record.KeySize))
        : [];

    public void Set(ActionId id, ActionMemory memory)
    {
        entries[id] = memory;
        changed = true;
    }

    /// <summary>What is known of an action when it last succeeded with the very same manifest and its result is still to be believed; null otherwise.</summary>
    public ActionMemory? Answer(ActionId id, ByteString manifest) => this[id] is { Outputs.IsEmpty: false } known && known.Manifest.Equals(manifest) ? known : null;

    /// <summary>Why an action with this manifest would run: how it differs from the last one.</summary>
    public RunReason Compare(ActionManifest manifest)
    {
        if (this[manifest.Id] is not { Manifest.IsEmpty: false } last)
            return new RunReason("never built in this workspace");
        var difference = ManifestText.FirstDifference(ManifestText.Read(last.Manifest.ToStringUtf8()), [.. ManifestText.Facts(manifest)]);
        if (difference is null)
            return new RunReason("its result is no longer in the cache");
        var producer = difference.After?.Producer;
        return new RunReason(difference.Words, string.IsNullOrEmpty(producer) ? null : new ActionId(producer));
    }

    /// <summary>Writes it when something changed.</summary>
    /// <exception cref="DiskFullException">No space; the file is as before.</exception>
    /// <exception cref="IOException">It cannot be written; the file is as before.</exception>
    public void Save()
    {
        if (!changed && !Files.IsChanged)
            return;
        saved = DateTime.UtcNow;
        var memory = new Remembered.Memory { Version = Version, Cache = cacheIdentity, Confirmed = confirmed.Ticks, Files = Files.ToList() };
        memory.Actions.AddRange(entries.Select(e => e.Value.ToRecord(e.Key)));
        CheckedFile.Write(path, memory);
        changed = false;
    }

    /// <summary>Writes it when that was not done for a while, so that a build that is killed leaves its reasons.</summary>
    public void SaveNowAndThen()
    {
        if (DateTime.UtcNow - saved > saveEvery)
            Save();
    }
}
