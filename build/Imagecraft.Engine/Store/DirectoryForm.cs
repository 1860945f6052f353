// The canonical form of a Merkle tree node. Unaware of storage.

using System.Text;
using Google.Protobuf.Collections;

namespace Imagecraft.Engine.Store;

/// <summary>Order and names as the Remote Execution API demands: each list sorted by the bytes of the UTF-8 names, no name twice.</summary>
public static class DirectoryForm
{
    /// <summary>Sorts the children in place and checks their names.</summary>
    /// <exception cref="StoreException">A name occurs twice, is empty, `.`, `..` or has a slash.</exception>
    public static void Canonicalize(Reapi.Directory directory)
    {
        Sort(directory.Files, static f => f.Name);
        Sort(directory.Directories, static d => d.Name);
        Sort(directory.Symlinks, static s => s.Name);
        var names = new HashSet<string>(directory.Files.Count + directory.Directories.Count + directory.Symlinks.Count, StringComparer.Ordinal);
        foreach (var name in directory.Files.Select(f => f.Name).Concat(directory.Directories.Select(d => d.Name)).Concat(directory.Symlinks.Select(s => s.Name)))
        {
            if (name is "" or "." or ".." || name.AsSpan().ContainsAny('/', '\0'))
                throw new StoreException($"`{name}` is no name for an entry of a folder");
            if (!names.Add(name))
                throw new StoreException($"A folder has two entries named `{name}`");
        }
    }

    /// <summary>Compares by the bytes of the UTF-8 form, which is not the order of UTF-16 code units.</summary>
    public static int CompareNames(string left, string right)
    {
        if (Ascii.IsValid(left) && Ascii.IsValid(right))
            return string.CompareOrdinal(left, right);
        return Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
    }

    private static void Sort<T>(RepeatedField<T> children, Func<T, string> name)
    {
        for (var i = 1; i < children.Count; i++)
        {
            if (CompareNames(name(children[i - 1]), name(children[i])) <= 0)
                continue;
            var sorted = children.ToArray();
            Array.Sort(sorted, (left, right) => CompareNames(name(left), name(right)));
            children.Clear();
            children.AddRange(sorted);
            return;
        }
    }
}
