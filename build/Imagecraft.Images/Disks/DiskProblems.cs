// What is wrong with the parts of a disk, each by itself. Unaware of places.

namespace Imagecraft.Images.Disks;

internal static class DiskProblems
{
    public static IEnumerable<string> Of(Disk disk, IReadOnlyList<SizedPartition> partitions, IReadOnlyList<PlacedBlob> blobs)
    {
        PartitionTable table = disk.Table;
        if (disk.SectorSize is not (512 or 4096))
            yield return $"Sectors have 512 or 4096 bytes, not {disk.SectorSize}";
        int most = table == PartitionTable.Gpt ? GptTable.EntryCount : MbrTable.EntryCount;
        if (partitions.Count == 0 || partitions.Count > most)
            yield return $"There are {partitions.Count} partitions; {(table == PartitionTable.Gpt ? "a GPT" : "an MBR")} has 1 to {most}";
        foreach (var same in partitions.GroupBy(partition => partition.Partition.Name).Where(same => same.Count() > 1))
            yield return $"Partition `{same.Key}` is declared {same.Count()} times";
        foreach (var problem in partitions.SelectMany(partition => Of(disk, partition)))
            yield return problem;
        foreach (var (blob, content) in blobs)
        {
            if (blob.Size is { } size && content.Size > size)
                yield return $"Content of blob `{blob.Name}` has {content.Size} bytes, {content.Size - size} more than its size of {size}; raise `size:`";
            if (blob.Offset % disk.SectorSize != 0)
                yield return $"Blob `{blob.Name}` starts at byte {blob.Offset}, which is no multiple of {disk.SectorSize}, the bytes of a sector";
        }
    }

    private static IEnumerable<string> Of(Disk disk, SizedPartition sized)
    {
        PartitionTable table = disk.Table;
        DiskPartition partition = sized.Partition;
        if (partition.Name.Length is 0 or > 36)
            yield return $"Partition name `{partition.Name}` has {partition.Name.Length} characters; use 1 to 36";
        if (sized.Size <= 0)
            yield return $"Partition `{partition.Name}` has neither content nor a size above zero; give it `size:` or `content:`";
        else if (sized.Content is { } content && partition.Size is { } size && content.Size > size)
            yield return $"Content of partition `{partition.Name}` has {content.Size} bytes, {content.Size - size} more than its size of {size}; raise `size:`";
        if (partition.Offset is { } offset && offset % disk.SectorSize != 0)
            yield return $"Partition `{partition.Name}` starts at byte {offset}, which is no multiple of {disk.SectorSize}, the bytes of a sector";
        if (table == PartitionTable.Gpt ? partition.Type.Gpt is null : partition.Type.Mbr is null)
            yield return table == PartitionTable.Gpt
                ? $"Partition `{partition.Name}` has the MBR type 0x{partition.Type.Mbr:x2}, which a GPT does not have; give a GUID or a word"
                : $"Partition `{partition.Name}` has the type GUID {partition.Type.Gpt}, which an MBR does not have; give a type such as `0x83` or a word";
        if (table == PartitionTable.Mbr && (partition.Attributes & ~(PartitionAttributes.Bootable | PartitionAttributes.Grow)) != 0)
            yield return $"Partition `{partition.Name}` has attributes that an MBR cannot say; only `bootable` has a place there";
    }
}
