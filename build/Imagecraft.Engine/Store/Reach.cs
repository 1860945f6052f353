// Which objects a result needs. Unaware of why that is asked.

using Imagecraft.Engine.Content;

namespace Imagecraft.Engine.Store;

/// <summary>Walks results to the objects they refer to.</summary>
/// <param name="store">Where the nodes are read.</param>
/// <param name="present">Whether a file's content is there; by stat or by hash, as the caller needs it.</param>
internal sealed class Reach(IContentStore store, Func<Digest, bool> present)
{
    private readonly HashSet<string> _broken = new(StringComparer.Ordinal);

    /// <summary>The hashes of all objects that a result needs and that are not in <paramref name="known"/> yet; null when one of them is missing.</summary>
    /// <param name="result">The result.</param>
    /// <param name="known">Objects that were walked: what a folder in it needs is in it too.</param>
    internal HashSet<string>? Beyond(Reapi.ActionResult result, HashSet<string> known)
    {
        var more = new HashSet<string>(StringComparer.Ordinal);
        // What was printed stays with the result, and a result is whole without it.
        foreach (var said in new[] { result.StdoutDigest, result.StderrDigest }.OfType<Reapi.Digest>())
            File(said, known, more);
        var blobs = result.OutputFiles.Select(file => file.Digest)
            .Concat(result.OutputDirectories.Select(directory => directory.TreeDigest)).OfType<Reapi.Digest>();
        var folders = result.OutputDirectories.Select(directory => directory.RootDirectoryDigest).OfType<Reapi.Digest>();
        return blobs.All(blob => File(blob, known, more)) && folders.All(folder => Folder(folder, known, more)) ? more : null;
    }

    private bool File(Reapi.Digest digest, HashSet<string> known, HashSet<string> more)
    {
        if (known.Contains(digest.Hash) || more.Contains(digest.Hash))
            return true;
        if (digest.SizeBytes != 0 && !present(digest.ToDigest()))
            return false;
        more.Add(digest.Hash);
        return true;
    }

    private bool Folder(Reapi.Digest digest, HashSet<string> known, HashSet<string> more)
    {
        if (known.Contains(digest.Hash) || more.Contains(digest.Hash))
            return true;
        if (_broken.Contains(digest.Hash) || NodeWalk.TryRead(digest.ToDigest(), Read) is not { } node)
            return false;
        if (!node.Files.All(file => File(file.Digest, known, more)) || !node.Directories.All(sub => Folder(sub.Digest, known, more)))
        {
            _broken.Add(digest.Hash);
            return false;
        }

        more.Add(digest.Hash);
        return true;
    }

    // Not from memory: whether the node is there is what is asked.
    private Reapi.Directory Read(Digest digest) => Reapi.Directory.Parser.ParseFrom(store.Read(digest));
}
