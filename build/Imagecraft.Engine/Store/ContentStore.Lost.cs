// Finds all that a value lacks at once, judged by hash. Unaware of who makes it again.

using System.Collections.Concurrent;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Engine.Store;

public sealed partial class ContentStore
{
    /// <summary>The digests at or below <paramref name="values"/> that are missing or damaged (and are removed); each object is hashed at most once a process.</summary>
    /// <param name="values">Files and trees.</param>
    /// <param name="files">Also the content of files; otherwise nodes of trees only.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal Task<HashSet<Digest>> LostBelowAsync(IEnumerable<OutputValue> values, bool files, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var gate = _gate.Enter();
            var lost = new ConcurrentDictionary<Digest, bool>();
            var content = new HashSet<Digest>();
            var seen = new HashSet<Digest>();
            var nodes = new Stack<Digest>();
            foreach (var value in values)
            {
                if (value.Kind == OutputKind.Tree)
                    nodes.Push(value.Digest);
                else
                    content.Add(value.Digest);
            }

            while (nodes.TryPop(out var digest))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!seen.Add(digest))
                    continue;
                Reapi.Directory node;
                try
                {
                    node = Reapi.Directory.Parser.ParseFrom(Get(digest));
                }
                catch (ContentMissingException)
                {
                    lost[digest] = true;
                    continue;
                }

                content.UnionWith(node.Files.Select(file => file.Digest.ToDigest()));
                foreach (var folder in node.Directories)
                    nodes.Push(folder.Digest.ToDigest());
            }

            if (files)
            {
                Parallel.ForEach(content.Where(digest => digest.SizeBytes != 0), Parallelism(cancellationToken), digest =>
                {
                    if (!Trusted(digest, executable: false, full: true) && !Trusted(digest, executable: true, full: true))
                        lost[digest] = true;
                });
            }

            return lost.Keys.ToHashSet();
        },
        cancellationToken);
}
