// Carries the build folder from one run of an action to the next, for tools that bring a folder up to date. Unaware of which tool that is.

using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Execution.Running;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Processes;

/// <summary>
/// Folders are content of the store, so they are hashed when they are taken out, collected by their last use and survive what the store survives.
/// Their key is the key that the action would have without the inputs that its tool follows.
/// </summary>
sealed class CarriedFolder(ContentStore store, ActionCache cache)
{
    const string Folder = "folder", Times = "times";

    /// <summary>Makes a folder with what the last run left. False, and the folder is empty, when there was none or some of it is lost.</summary>
    public async Task<bool> RestoreAsync(ActionManifest manifest, ImmutableArray<string> follows, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var key = KeyOf(manifest, follows);
        if (cache.TryGet(key) is not { OutputDirectories: [{ Path: Folder } tree], OutputFiles: [{ Path: Times } times] })
            return false;
        try
        {
            await Task.Run(() => FillAsync(tree.RootDirectoryDigest.ToDigest(), times.Digest.ToDigest(), folder, cancellationToken), cancellationToken);
            return true;
        }
        catch (ContentMissingException)
        {
            cache.Remove(key);
            ScratchFolder.Remove(folder);
            Directory.CreateDirectory(folder);
            return false;
        }
    }

    /// <summary>Keeps a folder for the next run, without what a tree cannot hold; it is given away. False: it cannot be kept, which only makes the next run start anew.</summary>
    public async Task<bool> KeepAsync(ActionManifest manifest, ImmutableArray<string> follows, string folder, CancellationToken cancellationToken)
    {
        try
        {
            await PutAsync(manifest, follows, folder, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is StoreException or DiskFullException or IOException or UnauthorizedAccessException)
        {
            // What an action leaves behind for its own use does not change how it ended; what an earlier run left stays.
            return false;
        }
    }

    async Task PutAsync(ActionManifest manifest, ImmutableArray<string> follows, string folder, CancellationToken cancellationToken)
    {
        var times = store.Put(Encoding.UTF8.GetBytes(TimesBelow(folder)));
        var tree = await store.PutTreeAsync(folder, move: true, Unstorable.LeftOut, cancellationToken);
        var result = new Reapi.ActionResult();
        result.OutputDirectories.Add(new Reapi.OutputDirectory { Path = Folder, RootDirectoryDigest = tree.ToReapi() });
        result.OutputFiles.Add(new Reapi.OutputFile { Path = Times, Digest = times.ToReapi() });
        cache.Put(KeyOf(manifest, follows), result);
    }

    Digest KeyOf(ActionManifest manifest, ImmutableArray<string> follows) => KeyOf(store, manifest, follows);

    /// <summary>Changes with everything that the tool does not follow.</summary>
    public static Digest KeyOf(IContentStore store, ActionManifest manifest, ImmutableArray<string> follows) => ManifestKey.Of(
        manifest with
        {
            Inputs = manifest.Inputs.RemoveAll(input => follows.Contains(input.MountPath)),
            TimeLimit = null,
            Properties = manifest.Properties.Add("build-folder", string.Join(' ', follows)),
        },
        store).Key;

    async Task FillAsync(Digest tree, Digest timesDigest, string folder, CancellationToken cancellationToken)
    {
        var times = Parse(Encoding.UTF8.GetString(store.Read(timesDigest)));
        // After the clock was set back, files of then must not be newer than those of this run.
        var now = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
        await TreeCopy.ToAsync(store, tree, folder, path => Math.Min(times.TryGetValue(path, out var known) ? known : throw new ContentMissingException(timesDigest), now), cancellationToken);
    }

    // Links are not followed: they lead to places that only the sandbox has.
    static readonly EnumerationOptions _files = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    // One line a file: nanoseconds since 1970, a tab, the path. A line break in a name is written as NUL, which no name has.
    static string TimesBelow(string folder)
    {
        var text = new StringBuilder();
        foreach (var path in Directory.EnumerateFiles(folder, "*", _files).Order(StringComparer.Ordinal))
        {
            if (Posix.TryStat(path, out var stat) && stat.IsFile)
                text.Append(CultureInfo.InvariantCulture, $"{stat.Modified}\t{Path.GetRelativePath(folder, path).Replace('\n', '\0')}\n");
        }

        return text.ToString();
    }

    static Dictionary<string, long> Parse(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split('\t', 2))
        .ToDictionary(parts => parts[1].Replace('\0', '\n'), parts => long.Parse(parts[0], CultureInfo.InvariantCulture), StringComparer.Ordinal);
}
