// What those who work with content need of a store. Unaware of where it lies.

using Imagecraft.Engine.Content;
using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Store;

/// <summary>Content by its digest: files, and trees of files as nodes that name their children by digest (the Remote Execution API's <c>Directory</c>). Safe for concurrent use.</summary>
public interface IContentStore
{
    /// <summary>Stores bytes.</summary>
    /// <exception cref="DiskFullException">No space.</exception>
    Digest Put(ReadOnlySpan<byte> bytes);

    /// <summary>Stores a file.</summary>
    /// <param name="path">The file; symbolic links are not followed.</param>
    /// <param name="executable">Store it as executable, so that its use needs no second copy.</param>
    /// <param name="move">The file is given away: it becomes the object without a copy when it lies on the store's file system, and is gone afterwards.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreException">Not a regular file.</exception>
    Task<Digest> PutFileAsync(string path, bool executable, bool move, CancellationToken cancellationToken);

    /// <summary>Stores a folder with all regular files (executable when any x bit is set), symbolic links, empty folders, and the modes that are not ordinary (<see cref="NodeModes"/>).</summary>
    /// <returns>The digest of the root <c>Directory</c>.</returns>
    /// <param name="folder">The folder.</param>
    /// <param name="move">The folder is given away: files become objects without a copy when they lie on the store's file system, and the folder is gone afterwards.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreException">A device, socket or named pipe, a name or link target that is not UTF-8, or an extended attribute that a tree cannot hold; the path is named.</exception>
    Task<Digest> PutTreeAsync(string folder, bool move, CancellationToken cancellationToken);

    /// <summary>Stores a node; its children are put into canonical order first.</summary>
    /// <exception cref="StoreException">A name occurs twice, is empty, `.`, `..` or has a slash.</exception>
    Digest PutDirectory(Reapi.Directory directory);

    /// <summary>Whether the content is there, judged by stat (and by its hash when the stat does not fit).</summary>
    bool Has(Digest digest);

    /// <summary>Whether the node is in memory, so that reading it cannot fail.</summary>
    bool Remembers(Digest directory);

    /// <summary>The whole content, hashed while read.</summary>
    /// <exception cref="ContentMissingException">Absent or damaged.</exception>
    byte[] Read(Digest digest);

    /// <summary>A node of a tree. The message is shared: never change it, clone it.</summary>
    /// <exception cref="ContentMissingException">Absent or damaged.</exception>
    Reapi.Directory GetDirectory(Digest digest);

    /// <summary>A stream of the content.</summary>
    /// <exception cref="ContentMissingException">Absent or damaged.</exception>
    Stream OpenRead(Digest digest);

    /// <summary>The path of the content, hashed once a process, to be read only; it stays until the next garbage collection without a lease.</summary>
    /// <exception cref="ContentMissingException">Absent or damaged.</exception>
    string FilePath(Digest digest, bool executable);

    /// <summary>A folder with the tree's content, made once for all builds. To be read only: its files are the content itself.</summary>
    /// <exception cref="ContentMissingException">Content is absent or damaged; all of it is named.</exception>
    Task<string> MaterializeAsync(Digest tree, CancellationToken cancellationToken);
}
