// A merged root file system. Unaware of how it was merged and of the formats it is written in.

using System.Collections.Immutable;

namespace Imagecraft.Images.RootFs;

/// <summary>An entry and the package that brought it; folders that nobody declared belong to the empty name.</summary>
public sealed record OwnedEntry(RootFsEntry Entry, string Package);

/// <summary>What one package takes: bytes of file content and number of files.</summary>
public sealed record Contributor(string Package, long Bytes, int Files);

/// <summary>A root file system as a value: every entry once, the root first, folders before what lies in them.</summary>
public sealed record RootFsTree
{
    private readonly Lazy<LinkResolver> links;

    internal RootFsTree(ImmutableArray<OwnedEntry> entries)
    {
        Entries = entries;
        links = new(() => new LinkResolver(entries.Where(owned => owned.Entry.Kind == EntryKind.Symlink).Select(owned => owned.Entry)));
    }

    /// <summary>All entries in ordinal order of their paths.</summary>
    public ImmutableArray<OwnedEntry> Entries { get; }

    /// <summary>Entries of packages that other ones took the place of, in the order of their paths.</summary>
    public ImmutableArray<ReplacedEntry> Replaced { get; init; } = [];

    /// <summary>The path behind links of its folders, as entries have it: <c>/usr/bin/sh</c> of <c>/bin/sh</c>. Wildcards are names like others.</summary>
    public string Real(string path) => links.Value.Place(TargetPath.Parse(path))?.Value ?? path;

    /// <summary>Whether there is an entry of that path, links of its folders followed.</summary>
    public bool Has(string path) => Real(path) is var real && Entries.Any(owned => owned.Entry.Path.Value == real);

    /// <summary>The same tree with each entry changed, but not moved.</summary>
    public RootFsTree With(Func<RootFsEntry, RootFsEntry> change) => new([.. Entries.Select(owned => owned with { Entry = change(owned.Entry) })]) { Replaced = Replaced };

    /// <summary>Bytes of all file content.</summary>
    public long ContentBytes => Entries.Sum(owned => owned.Entry.Content?.Size ?? 0);

    /// <summary>Packages by the bytes they bring, largest first.</summary>
    public ImmutableArray<Contributor> Contributors =>
    [
        .. Entries.Where(owned => owned.Entry.Kind == EntryKind.File)
            .GroupBy(owned => owned.Package, (package, of) => (package, sizes: of.Select(owned => owned.Entry.Content!.Size).ToArray()))
            .Select(group => new Contributor(group.package, group.sizes.Sum(), group.sizes.Length))
            .OrderByDescending(contributor => contributor.Bytes).ThenBy(contributor => contributor.Package, StringComparer.Ordinal),
    ];

    /// <summary>Checks the budget.</summary>
    /// <param name="budgetBytes">Largest allowed sum of file content.</param>
    /// <returns>Null when it fits, or a message with the ten largest contributors.</returns>
    public string? OverBudget(long budgetBytes)
    {
        long bytes = ContentBytes;
        if (bytes <= budgetBytes)
            return null;
        var largest = Contributors.Take(10).Select(contributor => $"  {Mebibytes(contributor.Bytes),10}  {contributor.Package} ({contributor.Files} files)");
        return $"Root file system has {Mebibytes(bytes)} of content, {Mebibytes(bytes - budgetBytes)} more than its budget of {Mebibytes(budgetBytes)}; "
            + $"remove packages or raise `budget`. Largest packages:\n{string.Join('\n', largest)}";
    }

    private static string Mebibytes(long bytes) => bytes < 1 << 20 ? $"{bytes / 1024.0:0.0} KiB" : $"{bytes / 1048576.0:0.0} MiB";
}
