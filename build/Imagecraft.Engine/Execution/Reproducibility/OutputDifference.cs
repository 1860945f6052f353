// Finds the first place in which the outputs of two runs differ. Unaware of how they came about.

using System.Collections.Immutable;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Reproducibility;

/// <summary>Where two runs of an action differ.</summary>
/// <param name="Output">The output's name.</param>
/// <param name="Path">Within an output that is a tree; empty for a file.</param>
/// <param name="Words">How they differ, in words; empty when the contents do.</param>
/// <param name="First">What the first run has there, when both have a file.</param>
/// <param name="Second">What the second run has there, when both have a file.</param>
sealed record OutputDifference(string Output, string Path, string Words, Digest? First, Digest? Second)
{
    /// <summary>The first difference in the order of outputs and paths; null when there is none.</summary>
    public static OutputDifference? Find(IContentStore store, ImmutableSortedDictionary<string, OutputValue> first, ImmutableSortedDictionary<string, OutputValue> second)
    {
        foreach (var (name, value) in first)
        {
            var other = second[name];
            if (value == other)
                continue;
            if (value.Kind == OutputKind.File)
                return value.Digest == other.Digest ? new(name, "", Bits(value.Executable, other.Executable), null, null) : new(name, "", "", value.Digest, other.Digest);
            return InTrees(store, name, value.Digest, other.Digest);
        }

        return null;
    }

    static OutputDifference InTrees(IContentStore store, string output, Digest first, Digest second)
    {
        using var left = TreeWalk.Entries(store, first).GetEnumerator();
        using var right = TreeWalk.Entries(store, second).GetEnumerator();
        while (true)
        {
            var more = (left.MoveNext(), right.MoveNext());
            if (more == (false, false))
                return new(output, "", "an entry has another attribute", null, null);
            if (more.Item1 != more.Item2 || left.Current.Path != right.Current.Path)
                return OnlyInOne(output, more.Item1 ? left.Current : null, more.Item2 ? right.Current : null);
            if (InEntry(output, left.Current, right.Current) is { } difference)
                return difference;
        }
    }

    // Both walks are sorted alike, so of two different paths the smaller one is missing on the other side.
    static OutputDifference OnlyInOne(string output, TreeEntry? first, TreeEntry? second) =>
        second is null || (first is not null && DirectoryForm.CompareNames(first.Path, second.Path) < 0)
            ? new(output, first!.Path, "only the first run made it", null, null)
            : new(output, second.Path, "only the second run made it", null, null);

    static OutputDifference? InEntry(string output, TreeEntry first, TreeEntry second) =>
        first.Kind != second.Kind ? new(output, first.Path, $"it is {Kind(first)} of the first run and {Kind(second)} of the second", null, null)
        : first.Target != second.Target ? new(output, first.Path, $"it leads to `{first.Target}` after the first run and to `{second.Target}` after the second", null, null)
        : first.Executable != second.Executable ? new(output, first.Path, Bits(first.Executable, second.Executable), null, null)
        // That folders differ shows in what they hold.
        : first.Kind == TreeEntryKind.File && first.Digest != second.Digest ? new(output, first.Path, "", first.Digest, second.Digest)
        : null;

    static string Kind(TreeEntry entry) => entry.Kind switch
    {
        TreeEntryKind.File => "a file",
        TreeEntryKind.Folder => "a folder",
        _ => "a symbolic link",
    };

    static string Bits(bool first, bool second) => $"it is {(first ? "" : "not ")}executable after the first run and {(second ? "" : "not ")}executable after the second";
}
