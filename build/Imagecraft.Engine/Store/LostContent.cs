// Finds all that values lack at once, judged by hash. Unaware of who makes it again.

using System.Collections.Concurrent;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Store;

internal sealed class LostContent(StoreFolder folder, ObjectTrust trust, TreeNodes nodes)
{
    /// <summary>The digests at or below <paramref name="values"/> that are missing or damaged (and are removed); each object is hashed at most once a process.</summary>
    /// <param name="values">Files and trees.</param>
    /// <param name="files">Also the content of files; otherwise nodes of trees only.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal Task<HashSet<Digest>> BelowAsync(IEnumerable<OutputValue> values, bool files, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var gate = folder.Enter();
            var lost = new ConcurrentDictionary<Digest, bool>();
            var all = values.ToList();
            var content = all.Where(value => value.Kind == OutputKind.File).Select(value => value.Digest).ToHashSet();
            foreach (var (digest, node) in NodeWalk.Below(all.Where(value => value.Kind == OutputKind.Tree).Select(value => value.Digest), nodes.Read))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (node is null)
                    lost[digest] = true;
                else
                    content.UnionWith(node.Files.Select(file => file.Digest.ToDigest()));
            }

            if (files)
            {
                Parallel.ForEach(content, AllCores.Until(cancellationToken), digest =>
                {
                    if (!trust.HoldsEither(digest))
                        lost[digest] = true;
                });
            }

            return lost.Keys.ToHashSet();
        },
        cancellationToken);

    /// <summary>Takes back what this process believes of content that someone found missing, so that it is stored again when it is made again.</summary>
    internal void Forget(IEnumerable<Digest> missing)
    {
        foreach (var digest in missing)
        {
            nodes.Forget(digest);
            trust.Forget(digest);
        }
    }
}
