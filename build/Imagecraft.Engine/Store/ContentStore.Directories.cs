// Merkle tree nodes: canonical form, storage and an in-memory copy. Unaware of files on disk.

using System.Collections.Concurrent;
using Google.Protobuf;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Engine.Store;

public sealed partial class ContentStore
{
    private readonly ConcurrentDictionary<string, Reapi.Directory> _directories = new();
    private readonly ConcurrentDictionary<string, bool> _storedDirectories = new();

    /// <summary>Stores a node; its children are put into canonical order first.</summary>
    /// <exception cref="StoreException">A name occurs twice, is empty, `.`, `..` or has a slash.</exception>
    public Digest PutDirectory(Reapi.Directory directory)
    {
        DirectoryForm.Canonicalize(directory);
        var bytes = directory.ToByteArray();
        var digest = Digest.Of(bytes);
        // A node that this process stored is not looked at again: merging asks for the same ones thousands of times.
        if (_storedDirectories.ContainsKey(digest.Hash))
            return digest;
        if (bytes.Length > 0)
            Put(digest, bytes, executable: false);
        _directories.TryAdd(digest.Hash, directory.Clone());
        _storedDirectories.TryAdd(digest.Hash, true);
        return digest;
    }

    /// <summary>A node of a tree. The message is shared: never change it, clone it.</summary>
    /// <exception cref="ContentMissingException">Absent or damaged.</exception>
    public Reapi.Directory GetDirectory(Digest digest)
    {
        if (_directories.TryGetValue(digest.Hash, out var known))
            return known;
        var directory = Reapi.Directory.Parser.ParseFrom(Get(digest));
        return _directories.GetOrAdd(digest.Hash, directory);
    }

    /// <summary>Whether the node is in memory, so that reading it cannot fail.</summary>
    internal bool Remembers(Digest directory) => _directories.ContainsKey(directory.Hash);

    /// <summary>Hashes everything a tree needs; removes what is damaged.</summary>
    /// <returns>The digests that are missing; empty when the tree is whole.</returns>
    public Task<IReadOnlyList<Digest>> VerifyTreeAsync(Digest tree, CancellationToken cancellationToken) => Task.Run<IReadOnlyList<Digest>>(
        () =>
        {
            var missing = new ConcurrentDictionary<Digest, bool>();
            var files = new HashSet<(Digest, bool)>();
            Visit(tree, []);
            Parallel.ForEach(files, Parallelism(cancellationToken), file =>
            {
                _hashed.TryRemove((file.Item1.Hash, file.Item2), out _);
                if (file.Item1.SizeBytes != 0 && !Trusted(file.Item1, file.Item2, full: true) && !Trusted(file.Item1, !file.Item2, full: true))
                    missing[file.Item1] = true;
            });
            return [.. missing.Keys];

            void Visit(Digest digest, HashSet<Digest> seen)
            {
                if (!seen.Add(digest))
                    return;
                Reapi.Directory directory;
                try
                {
                    directory = Reapi.Directory.Parser.ParseFrom(Get(digest));
                }
                catch (ContentMissingException)
                {
                    missing[digest] = true;
                    return;
                }

                foreach (var file in directory.Files)
                    files.Add((file.Digest.ToDigest(), file.IsExecutable));
                foreach (var folder in directory.Directories)
                    Visit(folder.Digest.ToDigest(), seen);
            }
        },
        cancellationToken);

    internal static ParallelOptions Parallelism(CancellationToken cancellationToken) => new()
    {
        MaxDegreeOfParallelism = Math.Max(2, Environment.ProcessorCount),
        CancellationToken = cancellationToken,
    };
}
