// Copies an object out of the store. Unaware of its destination's meaning.

using Imagecraft.Engine.Actions;

namespace Imagecraft.Engine.Store;

public sealed partial class ContentStore
{
    /// <summary>Copies content to a new file, hashing what is copied; holes stay holes.</summary>
    /// <exception cref="ContentMissingException">Absent, or damaged and now removed.</exception>
    internal void CopyOut(Digest digest, string destination, CancellationToken cancellationToken)
    {
        using var gate = _gate.Enter();
        foreach (var executable in new[] { false, true })
        {
            var path = ObjectPath(digest, executable);
            if (!Trusted(digest, executable, full: false))
                continue;
            using (var source = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
            using (var target = File.OpenHandle(destination, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite))
            {
                if (Hashing.HashAndCopy(source, target, cancellationToken) == digest)
                    return;
            }

            File.Delete(destination);
            Remove(digest, path);
        }

        if (digest.SizeBytes != 0)
            throw new ContentMissingException(digest);
        File.WriteAllBytes(destination, []);
    }
}
