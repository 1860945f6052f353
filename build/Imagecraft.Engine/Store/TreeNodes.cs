// Nodes of trees: canonical form, storage and an in-memory copy. Unaware of files on disk.

using System.Collections.Concurrent;
using Google.Protobuf;
using Imagecraft.Engine.Content;

namespace Imagecraft.Engine.Store;

internal sealed class TreeNodes
{
    private readonly ConcurrentDictionary<string, Reapi.Directory> _known = new();
    private readonly ConcurrentDictionary<string, bool> _stored = new();
    private readonly ObjectStore _objects;

    internal TreeNodes(ObjectStore objects, ObjectTrust trust)
    {
        _objects = objects;
        trust.Removed += (digest, _) => Forget(digest);
    }

    /// <exception cref="StoreException">A name occurs twice, is empty, `.`, `..` or has a slash.</exception>
    internal Digest Put(Reapi.Directory directory)
    {
        DirectoryForm.Canonicalize(directory);
        var bytes = directory.ToByteArray();
        var digest = Digest.Of(bytes);
        // A node that this process stored is not looked at again: merging asks for the same ones thousands of times.
        if (_stored.ContainsKey(digest.Hash))
            return digest;
        if (bytes.Length > 0)
            _objects.Put(digest, bytes, executable: false);
        _known.TryAdd(digest.Hash, directory.Clone());
        _stored.TryAdd(digest.Hash, true);
        return digest;
    }

    /// <exception cref="ContentMissingException">Absent or damaged.</exception>
    internal Reapi.Directory Get(Digest digest) => _known.TryGetValue(digest.Hash, out var known) ? known : _known.GetOrAdd(digest.Hash, Read(digest));

    /// <summary>As <see cref="Get"/>, but never from memory: what is in the store itself.</summary>
    /// <exception cref="ContentMissingException">Absent or damaged.</exception>
    internal Reapi.Directory Read(Digest digest) => Reapi.Directory.Parser.ParseFrom(_objects.Get(digest));

    internal bool Remembers(Digest directory) => _known.ContainsKey(directory.Hash);

    /// <summary>The node is missing: it is stored again when it is made again.</summary>
    internal void Forget(Digest digest)
    {
        _known.TryRemove(digest.Hash, out _);
        _stored.TryRemove(digest.Hash, out _);
    }
}
