// The build folder of an action whose sources are worked on: it stays where it is from one run to the next. Unaware of what is built.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Processes;

/// <summary>
/// Holds <c>/build</c> and what was written over inputs that are in place. It is emptied when something changed that the build tool does not follow, when the last run was killed,
/// and when a change could not be seen by it: the tool goes by times of files, and what was written over a file hides it.
/// </summary>
/// <param name="store">Where folders' nodes are.</param>
/// <param name="path">Where it is.</param>
sealed class KeptFolder(IContentStore store, string path)
{
    // The first line is the key, the second the time at which the last run began; then a line for each input in place.
    string RecordFile => Path.Combine(path, "record");

    /// <summary>Absolute path on the host.</summary>
    public string Root => path;

    /// <summary>The folder for what is written over the input at <paramref name="mountPath"/>.</summary>
    public string WrittenOver(string mountPath) => Path.Combine(path, "written" + mountPath.Replace('/', '-'));

    /// <summary>Readies it for a run, which is to be followed by <see cref="Close"/>; otherwise all of it is lost.</summary>
    public void Open(ActionManifest manifest, ImmutableArray<string> follows)
    {
        var record = File.Exists(RecordFile) ? File.ReadAllLines(RecordFile) : [];
        if (!MayContinue(record, manifest, follows))
            FolderRemoval.Remove(path);
        Directory.CreateDirectory(Path.Combine(path, "build"));
        foreach (var input in manifest.Inputs.Where(i => i.InPlace is not null))
            Directory.CreateDirectory(WrittenOver(input.MountPath));
        File.Delete(RecordFile);
        Began = Now;
    }

    /// <summary>The run ended in good order, whatever came of it: what it left is a beginning for the next.</summary>
    public void Close(ActionManifest manifest, ImmutableArray<string> follows) =>
        AtomicFile.Write(RecordFile, string.Join('\n', [Key(manifest, follows), Began.ToString(CultureInfo.InvariantCulture), .. InPlace(manifest).Select(i => $"{i.Value.Digest.Hash} {i.Value.Digest.SizeBytes.ToString(CultureInfo.InvariantCulture)}")]) + "\n");

    long Began { get; set; }

    static long Now => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;

    string Key(ActionManifest manifest, ImmutableArray<string> follows) => CarriedFolder.KeyOf(store, manifest, follows).Hash;

    static IEnumerable<ManifestInput> InPlace(ActionManifest manifest) => manifest.Inputs.Where(i => i.InPlace is not null);

    bool MayContinue(string[] record, ActionManifest manifest, ImmutableArray<string> follows)
    {
        var inputs = InPlace(manifest).ToList();
        if (record.Length != 2 + inputs.Count || record[0] != Key(manifest, follows) || !long.TryParse(record[1], CultureInfo.InvariantCulture, out var began))
            return false;
        for (var i = 0; i < inputs.Count; i++)
        {
            if (record[2 + i].Split(' ') is not [var hash, var size] || !long.TryParse(size, CultureInfo.InvariantCulture, out var bytes))
                return false;
            var folder = inputs[i].InPlace!.Path;
            if (HidesAnother(WrittenOver(inputs[i].MountPath), folder) || !ChangesAreNewer(new Digest(hash, bytes), inputs[i].Value.Digest, folder, began))
                return false;
        }

        return true;
    }

    // What the build wrote over a file stays as it is when somebody changes the file below.
    static bool HidesAnother(string written, string folder)
    {
        if (!Directory.Exists(written))
            return false;
        foreach (var file in Directory.EnumerateFiles(written, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            if (Posix.TryStat(Path.Combine(folder, Path.GetRelativePath(written, file)), out var below) && Posix.TryStat(file, out var above) && Math.Max(below.Modified, below.Changed) > above.Changed)
                return true;
        }

        return false;
    }

    // A file that was put there with an older time than the last run would be taken for built.
    bool ChangesAreNewer(Digest before, Digest after, string folder, long began)
    {
        try
        {
            return before == after || FolderIsNewer(before, after, folder, began);
        }
        catch (ContentMissingException)
        {
            return false;
        }
    }

    bool FolderIsNewer(Digest before, Digest after, string folder, long began)
    {
        var was = TreeWalk.Children(store, before, "").ToDictionary(entry => entry.Path, StringComparer.Ordinal);
        foreach (var entry in TreeWalk.Children(store, after, ""))
        {
            var path = Path.Combine(folder, entry.Path);
            if (was.GetValueOrDefault(entry.Path) is { } old && old == entry)
                continue;
            var isNewer = entry.Kind switch
            {
                TreeEntryKind.Folder => FolderIsNewer(was.GetValueOrDefault(entry.Path) is { Kind: TreeEntryKind.Folder } known ? known.Digest : store.PutDirectory(new()), entry.Digest, path, began),
                // Tools look at what links lead to.
                TreeEntryKind.Symlink => false,
                _ => Posix.TryStat(path, out var stat) && stat.Modified > began,
            };
            if (!isNewer)
                return false;
        }

        return true;
    }
}
