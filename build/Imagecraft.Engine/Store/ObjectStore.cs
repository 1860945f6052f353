// Blobs by their digest: stored, read, copied out. Unaware of trees.

using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Store;

/// <summary>The objects of a store. An object and its executable twin stand for each other: one is made of the other when only that is there.</summary>
internal sealed class ObjectStore(StoreFolder folder, ObjectTrust trust, Durability durability)
{
    private static readonly bool[] _forms = [false, true];

    internal Digest Put(ReadOnlySpan<byte> bytes)
    {
        var digest = Digest.Of(bytes);
        Put(digest, bytes, executable: false);
        return digest;
    }

    internal void Put(Digest digest, ReadOnlySpan<byte> bytes, bool executable)
    {
        using var gate = folder.Enter();
        if (trust.Holds(digest, executable, full: false))
            return;
        var temporary = folder.TemporaryPath();
        AtomicFile.Create(temporary, bytes);
        Publish(digest, executable, temporary);
    }

    /// <summary>Whether it is there, judged by stat.</summary>
    internal bool Has(Digest digest)
    {
        if (digest.SizeBytes == 0)
            return true;
        using var gate = folder.Enter();
        return trust.Holds(digest, executable: false, full: false) || trust.Holds(digest, executable: true, full: false);
    }

    /// <exception cref="ContentMissingException">Absent or damaged.</exception>
    internal byte[] Get(Digest digest)
    {
        if (digest.SizeBytes == 0)
            return [];
        foreach (var executable in _forms)
        {
            var path = folder.ObjectPath(digest, executable);
            if (Posix.TryRead(path, out _) is not { } bytes)
                continue;
            if (Digest.Of(bytes) == digest)
                return bytes;
            trust.Remove(digest, path);
        }

        throw new ContentMissingException(digest);
    }

    /// <exception cref="ContentMissingException">Absent or damaged.</exception>
    internal Stream OpenRead(Digest digest) =>
        new FileStream(PathOf(digest, executable: false), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16);

    /// <summary>The path of a usable object, hashed once a process, made from its twin when only that exists.</summary>
    /// <exception cref="ContentMissingException">Absent or damaged.</exception>
    internal string PathOf(Digest digest, bool executable)
    {
        using var gate = folder.Enter();
        var path = folder.ObjectPath(digest, executable);
        if (trust.Holds(digest, executable, full: true))
            return path;
        if (!trust.Holds(digest, !executable, full: true))
        {
            if (digest.SizeBytes != 0)
                throw new ContentMissingException(digest);
            Put(Digest.Empty, [], executable);
            return path;
        }

        var temporary = folder.TemporaryPath();
        CopyFile(folder.ObjectPath(digest, !executable), temporary, digest.SizeBytes);
        Publish(digest, executable, temporary);
        return path;
    }

    /// <summary>Copies content to a new file, hashing what is copied; holes stay holes.</summary>
    /// <exception cref="ContentMissingException">Absent, or damaged and now removed.</exception>
    internal void CopyOut(Digest digest, string destination, CancellationToken cancellationToken)
    {
        using var gate = folder.Enter();
        foreach (var executable in _forms)
        {
            var path = folder.ObjectPath(digest, executable);
            if (!trust.Holds(digest, executable, full: false))
                continue;
            using (var source = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
            using (var target = File.OpenHandle(destination, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite))
            {
                if (Hashing.HashAndCopy(source, target, cancellationToken) == digest)
                    return;
            }

            File.Delete(destination);
            trust.Remove(digest, path);
        }

        if (digest.SizeBytes != 0)
            throw new ContentMissingException(digest);
        File.WriteAllBytes(destination, []);
    }

    /// <summary>Gives a file whose content was just hashed its mode and time and renames it into place.</summary>
    internal void Publish(Digest digest, bool executable, string temporary)
    {
        var error = TryPublish(digest, executable, temporary);
        if (error != 0)
            throw Posix.Failure(error, "rename", folder.ObjectPath(digest, executable));
    }

    /// <summary>As <see cref="Publish"/>; false when the file lies on another file system.</summary>
    internal bool Adopt(Digest digest, bool executable, string path) => TryPublish(digest, executable, path) switch
    {
        0 => true,
        Posix.EXDEV => false,
        var error => throw Posix.Failure(error, "rename", folder.ObjectPath(digest, executable)),
    };

    /// <summary>Copies a file; on a full disk nothing is left of it.</summary>
    /// <exception cref="DiskFullException">No space.</exception>
    internal static void CopyFile(string from, string to, long size)
    {
        try
        {
            File.Copy(from, to, overwrite: false);
        }
        catch (Exception problem) when (DiskSpace.IsExhausted(problem))
        {
            File.Delete(to);
            throw DiskSpace.Full(to, size, problem);
        }
    }

    private int TryPublish(Digest digest, bool executable, string temporary)
    {
        Posix.ChangeMode(temporary, ObjectForm.Mode(executable));
        Posix.SetTime(temporary, ObjectForm.Time);
        var error = AtomicFile.TryPlace(temporary, folder.ObjectPath(digest, executable));
        if (error != 0)
            return error;
        trust.NoteHashed(digest, executable);
        durability.NoteWrite();
        return 0;
    }
}
