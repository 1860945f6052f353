// The store of a machine: composes layout, objects, nodes, trees, ingestion and durability. Unaware of actions.

using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Store;

/// <summary>The store below a cache folder; shared by all workspaces and safe for concurrent builds.</summary>
/// <remarks>
/// <para>`objects/ab/HASH` (mode 0444) holds a blob, `objects/ab/HASH.x` (mode 0555) its executable twin: hard links share
/// their mode, so one inode cannot serve both. `trees/ab/HASH` is a materialized tree, `results/` the action cache.</para>
/// <para>Every object has the same time stamp, so size, time and mode tell by one stat whether anyone touched it; content
/// is hashed whenever they do not fit, before it is first read or enters a materialized tree, on export, by `cache verify`, and a
/// share of it by each build that runs something.</para>
/// <para>Durability: an object is a temporary file that is renamed, so a killed process leaves it whole or not at all. Against a power
/// failure stands one syncfs at the end of each build (<see cref="Store.Durability.Sync"/>) instead of one fsync for each object and folder: syncfs
/// writes all data and all renames that came before it, and `synced` then records the time and the boot. The first build after a
/// restart of the machine hashes all objects of a later time, and drops trees and results of a later time that lost something
/// (<see cref="RecoverAsync"/>). So nothing lost is ever used, and no action waits for the disk.</para>
/// </remarks>
public sealed class ContentStore : IContentStore, IDisposable
{
    private readonly Ingestion _ingestion;

    /// <summary>Opens the store below <paramref name="root"/> and makes its folders.</summary>
    /// <exception cref="StoreException">The folder cannot be written by the current user.</exception>
    public ContentStore(string root)
        : this(root, SyncRecord.ThisBoot)
    {
    }

    /// <summary>As the other, in a machine whose identity of this boot is <paramref name="boot"/>.</summary>
    internal ContentStore(string root, string boot)
    {
        Folder = new StoreFolder(root);
        Durability = new Durability(Folder, boot);
        Leases = new Leases(Folder, Durability.Sync);
        Trust = new ObjectTrust(Folder, Leases);
        Objects = new ObjectStore(Folder, Trust, Durability);
        Nodes = new TreeNodes(Objects, Trust);
        Trees = new MaterializedTrees(Folder, Trust, Objects, Nodes, Leases, Durability);
        Lost = new LostContent(Folder, Trust, Nodes);
        Attributes = new LostAttributes(Folder.Root);
        _ingestion = new Ingestion(Folder, Trust, Objects, Nodes, Attributes);
    }

    /// <summary>A damaged object was found and removed: its digest and the path at which it was found. May be raised from any thread.</summary>
    public event Action<Digest, string>? Damaged
    {
        add => Trust.Removed += value;
        remove => Trust.Removed -= value;
    }

    /// <summary>The cache folder.</summary>
    public string Root => Folder.Root;

    internal StoreFolder Folder { get; }

    internal Durability Durability { get; }

    internal Leases Leases { get; }

    internal ObjectTrust Trust { get; }

    internal ObjectStore Objects { get; }

    internal TreeNodes Nodes { get; }

    internal MaterializedTrees Trees { get; }

    internal LostContent Lost { get; }

    internal LostAttributes Attributes { get; }

    /// <inheritdoc/>
    public Digest Put(ReadOnlySpan<byte> bytes) => Objects.Put(bytes);

    /// <inheritdoc/>
    public Task<Digest> PutFileAsync(string path, bool executable, bool move, CancellationToken cancellationToken) => _ingestion.PutFileAsync(path, executable, move, cancellationToken);

    /// <inheritdoc/>
    public Task<Digest> PutTreeAsync(string folder, bool move, CancellationToken cancellationToken) => _ingestion.PutTreeAsync(folder, move, Unstorable.Refused, cancellationToken);

    /// <summary>As the other; what a tree cannot hold is left out when <paramref name="unstorable"/> says so.</summary>
    internal Task<Digest> PutTreeAsync(string folder, bool move, Unstorable unstorable, CancellationToken cancellationToken) => _ingestion.PutTreeAsync(folder, move, unstorable, cancellationToken);

    /// <inheritdoc/>
    public Digest PutDirectory(Reapi.Directory directory) => Nodes.Put(directory);

    /// <inheritdoc/>
    public bool Has(Digest digest) => Objects.Has(digest);

    /// <inheritdoc/>
    public bool Remembers(Digest directory) => Nodes.Remembers(directory);

    /// <inheritdoc/>
    public byte[] Read(Digest digest) => Objects.Get(digest);

    /// <inheritdoc/>
    public Reapi.Directory GetDirectory(Digest digest) => Nodes.Get(digest);

    /// <inheritdoc/>
    public Stream OpenRead(Digest digest) => Objects.OpenRead(digest);

    /// <inheritdoc/>
    public string FilePath(Digest digest, bool executable) => Objects.PathOf(digest, executable);

    /// <inheritdoc/>
    /// <remarks>It is made of hard links to the objects; <see cref="MaterializedTrees"/> has the rules.</remarks>
    public Task<string> MaterializeAsync(Digest tree, CancellationToken cancellationToken) => Trees.MaterializeAsync(tree, cancellationToken);

    /// <summary>
    /// From now until the lease is disposed or the process ends, no garbage collection takes what is stored, found or read through this object.
    /// Its end makes what was stored survive a power failure.
    /// </summary>
    public Lease BeginLease() => Leases.Begin();

    /// <summary>After a restart of the machine, finds what was written after the last sync and did not reach the disk. To be called before content is relied on; costs one small read otherwise.</summary>
    /// <param name="tell">Told once, in words for the user, when there is something to check.</param>
    /// <param name="cancellationToken">Ends it; the next call begins anew.</param>
    public Task RecoverAsync(Action<string>? tell, CancellationToken cancellationToken) => new RestartRecovery(this).RunAsync(tell, cancellationToken);

    /// <summary>Ends the store's lease, when one is held, and removes what was left half-made.</summary>
    public void Dispose()
    {
        Leases.Current?.Dispose();
        Folder.Dispose();
    }
}
