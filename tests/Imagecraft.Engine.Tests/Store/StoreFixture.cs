// A store and a scratch folder of one test, removed afterwards. Unaware of what is tested.

using System.Text;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Store;

public sealed class StoreFixture : IDisposable
{
    public StoreFixture()
    {
        // As the engine sets it: the modes of files that tests write would be others for people with a mask of their own.
        _ = FileMask.Set(0x12);
        Folder = Directory.CreateTempSubdirectory("imagecraft-store-").FullName;
        Store = new ContentStore(Cache);
    }

    public string Folder { get; }

    public string Cache => Path.Combine(Folder, "cache");

    public ContentStore Store { get; private set; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The same cache as another process would see it.</summary>
    public ContentStore Reopen()
    {
        Store.Dispose();
        return Store = new ContentStore(Cache);
    }

    /// <summary>The same cache as the first build after a restart of the machine would see it.</summary>
    public async Task<ContentStore> RestartAsync(Action<string>? tell = null)
    {
        Store.Dispose();
        Store = new ContentStore(Cache, Guid.NewGuid().ToString());
        await Store.RecoverAsync(tell, Token);
        return Store;
    }

    /// <summary>Writes files below a new folder; a key that ends in a slash is an empty folder, `path!` is executable, a value `-> x` is a link.</summary>
    public string Files(string name, params (string Path, string Content)[] files)
    {
        var root = Path.Combine(Folder, name);
        Directory.CreateDirectory(root);
        foreach (var (path, content) in files)
        {
            var full = Path.Combine(root, path.TrimEnd('!', '/'));
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            if (path.EndsWith('/'))
                Directory.CreateDirectory(full);
            else if (content.StartsWith("-> ", StringComparison.Ordinal))
                File.CreateSymbolicLink(full, content[3..]);
            else
                File.WriteAllText(full, content);
            if (path.EndsWith('!'))
                File.SetUnixFileMode(full, (UnixFileMode)Convert.ToInt32("755", 8));
        }

        return root;
    }

    public Task<Digest> Tree(string name, params (string Path, string Content)[] files) =>
        Store.PutTreeAsync(Files(name, files), move: false, Token);

    /// <summary>What is missing or damaged of a tree, its files included.</summary>
    public Task<HashSet<Digest>> LostBelowAsync(Digest tree) => Store.Lost.BelowAsync([new OutputValue(tree, OutputKind.Tree)], files: true, Token);

    public string ObjectPath(Digest digest, bool executable = false) =>
        Path.Combine(Cache, "objects", digest.Hash[..2], digest.Hash + (executable ? ".x" : ""));

    /// <summary>Flips one byte of a file; keeps the time stamp when asked to.</summary>
    public static void Flip(string path, bool keepTime)
    {
        var time = File.GetLastWriteTimeUtc(path);
        var mode = File.GetUnixFileMode(path);
        File.SetUnixFileMode(path, mode | UnixFileMode.UserWrite);
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 0x40;
        File.WriteAllBytes(path, bytes);
        File.SetUnixFileMode(path, mode);
        if (keepTime)
            File.SetLastWriteTimeUtc(path, time);
    }

    /// <summary>No temporary file or folder was left, only the processes' own folders.</summary>
    public static void AssertNothingHalfMade(string cache) =>
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(cache, "tmp")).SelectMany(Directory.EnumerateFileSystemEntries));

    /// <summary>One line for each entry: path, kind, and content or target.</summary>
    public string Show(Digest tree)
    {
        var text = new StringBuilder();
        foreach (var entry in TreeWalk.Entries(Store, tree))
        {
            text.Append(entry.Path).Append(entry.Kind switch
            {
                TreeEntryKind.Folder => "/",
                TreeEntryKind.Symlink => " -> " + entry.Target,
                _ => (entry.Executable ? "! " : " ") + Encoding.UTF8.GetString(Store.Read(entry.Digest)),
            }).Append('\n');
        }

        return text.ToString();
    }

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
