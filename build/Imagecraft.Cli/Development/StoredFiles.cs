// Trees of the store as files of an archive that may be unpacked anywhere. Unaware of what they are for.

using Imagecraft.Cli.Publishing;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;
using Imagecraft.Images.Programs;

namespace Imagecraft.Cli.Development;

/// <summary>A tree below a folder of the archive.</summary>
/// <param name="store">Has the trees.</param>
/// <param name="folder">Name of the folder.</param>
public sealed class StoredFiles(IContentStore store, string folder)
{
    private const string Real = ".real";

    private const int MostLinks = 16;

    /// <summary>The files of trees, of which the first counts where two have one. Links lead to the same place within the tree; those that lead out of it or to nothing are left out.</summary>
    /// <param name="trees">Roots.</param>
    /// <param name="takes">Which paths are wanted, without a leading slash.</param>
    public IEnumerable<ArchiveFile> Of(IEnumerable<Digest> trees, Func<string, bool> takes)
    {
        var entries = new Dictionary<string, TreeEntry>(StringComparer.Ordinal);
        foreach (var entry in trees.SelectMany(tree => TreeWalk.Entries(store, tree)))
            entries.TryAdd(entry.Path, entry);
        foreach (var entry in entries.Values.Where(entry => takes(entry.Path)))
        {
            if (entry.Kind == TreeEntryKind.File)
                yield return new ArchiveFile.OfDisk($"{folder}/{entry.Path}", entry.Executable, PathOf(entry));
            else if (entry.Kind == TreeEntryKind.Symlink && Target(entry, entries) is { } target && takes(target))
                yield return new ArchiveFile.Link($"{folder}/{entry.Path}", Path.GetRelativePath("/" + Path.GetDirectoryName(entry.Path), "/" + target));
        }
    }

    /// <summary>As <see cref="Of"/>, with each program behind a starter that gives it the tree's own loader and libraries.</summary>
    /// <param name="tree">Root.</param>
    /// <param name="machine">ELF's number of the processor of the programs; others are left alone.</param>
    /// <param name="starter">Path of the starter on this machine.</param>
    /// <param name="takes">Which paths are wanted.</param>
    public IEnumerable<ArchiveFile> Started(Digest tree, int machine, string starter, Func<string, bool> takes)
    {
        ArchiveFile.OfDisk? first = null;
        foreach (var file in Of([tree], takes).OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            if (file is not ArchiveFile.OfDisk { IsExecutable: true } disk || !IsProgram(disk, machine))
            {
                yield return file;
                continue;
            }

            yield return disk with { Name = disk.Name + Real };
            if (first is not null)
                yield return new ArchiveFile.HardLink(disk.Name, first.Name);
            else
                yield return first = disk with { Path = starter };
        }
    }

    private string PathOf(TreeEntry file) => store.FilePath(file.Digest, file.Executable);

    // Libraries that may be run as well have a loader too; whoever links with them wants them as they are.
    private static bool IsProgram(ArchiveFile.OfDisk file, int machine) =>
        !Path.GetFileName(file.Name).Contains(".so", StringComparison.Ordinal) && ElfProgram.Read(File.ReadAllBytes(file.Path)) is { Loader: not null } elf && elf.Machine == machine;

    // The path that a link leads to, with the links of folders in it followed; null: out of the tree, or to nothing.
    private static string? Target(TreeEntry link, Dictionary<string, TreeEntry> entries)
    {
        var path = Path.GetFullPath(link.Target!, "/" + Path.GetDirectoryName(link.Path))[1..];
        for (var links = 0; links < MostLinks && !entries.ContainsKey(path); links++)
        {
            var through = Parents(path).Select(entries.GetValueOrDefault).FirstOrDefault(entry => entry is { Kind: TreeEntryKind.Symlink });
            if (through is null)
                return null;
            path = Path.GetFullPath(path[(through.Path.Length + 1)..], Path.GetFullPath(through.Target!, "/" + Path.GetDirectoryName(through.Path)))[1..];
        }

        return entries.ContainsKey(path) ? path : null;
    }

    private static IEnumerable<string> Parents(string path)
    {
        for (var at = path.IndexOf('/', StringComparison.Ordinal); at > 0; at = path.IndexOf('/', at + 1))
            yield return path[..at];
    }
}
