// What the program that grows and mounts partitions is told of them, and the folders that they are mounted in. Unaware of the partitions' content.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Images.RootFs;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

internal static class PartitionFiles
{
    private const string Table = "/usr/share/disk-init/partitions";

    /// <summary>A line a partition: number, <c>grow</c>, file system, folder, options, name, between tabs; <c>-</c> stands for what is not said.</summary>
    public static IEnumerable<RootFsEntry> Of(ImmutableArray<BootPartition> partitions) => partitions.IsEmpty ? [] :
    [
        RootFsEntry.File(Table, FileContent.Of(string.Concat(partitions.Select(Line)))),
        .. partitions.Where(partition => partition.Mount is not null).Select(partition => RootFsEntry.Folder(partition.Mount!)),
    ];

    // The name last: it may be anything.
    private static string Line(BootPartition partition) =>
        string.Create(CultureInfo.InvariantCulture, $"{partition.Number}\t{(partition.Grows ? "grow" : "-")}\t{partition.Format ?? "-"}\t{partition.Mount ?? "-"}\t{partition.Options ?? "-"}\t{partition.Name}\n");
}
