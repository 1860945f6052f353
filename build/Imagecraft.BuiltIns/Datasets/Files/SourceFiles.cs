// The files of a dataset's source by name. Unaware of labels and splits.

using System.Collections.Immutable;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Data.Images;
using Imagecraft.Requests.Datasets;

namespace Imagecraft.BuiltIns.Datasets.Files;

/// <summary>What lies below a folder of a tree.</summary>
/// <param name="Data">Files with endings of data, by their names seen from the folder.</param>
/// <param name="Empty">Folders with no data anywhere below them.</param>
/// <param name="Others">How many files are left out, because they have no such ending.</param>
/// <param name="Unwanted">How many are left out, because they are data of another kind than the wanted.</param>
internal sealed record SourceFiles(ImmutableSortedDictionary<string, OutputValue> Data, ImmutableArray<string> Empty, int Others, int Unwanted)
{
    private static readonly ImmutableHashSet<string> Endings = [.. Enum.GetValues<DataFileKind>().SelectMany(Of)];

    /// <summary>Lists them. Links are followed within the source; one that leads out of it is a problem.</summary>
    public static SourceFiles Of(IContentStore store, Digest root, string folder, DataFileKind? kind, Problems problems)
    {
        var wanted = kind is { } only ? [.. Of(only)] : Endings;
        var prefix = folder.Length == 0 ? "" : $"{folder}/";
        var tree = new StoredTree(store, root);
        var data = ImmutableSortedDictionary.CreateBuilder<string, OutputValue>(StringComparer.Ordinal);
        var (folders, others, unwanted) = (new List<string>(), 0, 0);
        foreach (var entry in TreeWalk.Entries(store, root).Where(e => e.Path.StartsWith(prefix, StringComparison.Ordinal)))
        {
            var name = entry.Path[prefix.Length..];
            if (entry.Kind == TreeEntryKind.Folder)
            {
                folders.Add(name);
                continue;
            }

            if (name.Split('/')[^1].StartsWith('.') || !Endings.Contains(Path.GetExtension(name).ToLowerInvariant()))
                others++;
            else if (!wanted.Contains(Path.GetExtension(name).ToLowerInvariant()))
                unwanted++;
            else if (name.Any(char.IsControl))
                problems.Add(name, $"`{entry.Path.ReplaceLineEndings("\\n").Replace("\t", "\\t", StringComparison.Ordinal)}` has a control character in its name; rename it");
            else if (tree.File(entry.Path) is { } file)
                data.Add(name, file with { Executable = false });
            else
                problems.Add(name, $"`{entry.Path}` is a link to `{entry.Target}`, where the source has no file; lay the file itself there");
        }

        var filled = data.Keys.SelectMany(Above).ToHashSet(StringComparer.Ordinal);
        return new(data.ToImmutable(), [.. folders.Where(f => !filled.Contains(f))], others, unwanted);
    }

    private static IEnumerable<string> Of(DataFileKind kind) => kind switch
    {
        DataFileKind.Images => ImageFile.Endings,
        DataFileKind.Sounds => SoundFile.Endings,
        DataFileKind.Arrays => [NpyFile.Ending],
        _ => [DatasetFolder.TextEnding],
    };

    private static IEnumerable<string> Above(string name)
    {
        for (var slash = name.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = name.IndexOf('/', slash + 1))
            yield return name[..slash];
    }
}
