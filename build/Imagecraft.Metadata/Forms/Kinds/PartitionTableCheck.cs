// Finds what a board's partition table cannot hold. Unaware of places and of contents.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

static class PartitionTableCheck
{
    /// <summary>Entries of an MBR without extended partitions, and of the smallest GPT, which is what is written (UEFI specification 2.10, chapter 5).</summary>
    const int MbrEntries = 4, GptEntries = 128;

    /// <summary>Reports too many partitions, names that are there twice, and types of the other kind of table.</summary>
    public static void Check(Board board, Reading reading)
    {
        var isMbr = board.PartitionTable?.Value == "mbr";
        var (table, most) = isMbr ? ("an MBR", MbrEntries) : ("a GPT", GptEntries);
        if (board.Partitions.Length > most)
            reading.Error(Codes.Contradiction, $"Board `{board.Name}` has {board.Partitions.Length} partitions, but {table} has {most}", board.Partitions[most].Name.Span, isMbr ? $"Remove some, or write `partition-table: gpt`, which has {GptEntries}" : "Remove some");
        foreach (var same in board.Partitions.GroupBy(p => p.Name.Value))
            foreach (var partition in same.Skip(1))
                reading.Error(Codes.DuplicateName, $"Partition `{same.Key}` stands twice", partition.Name.Span, $"The other is at {same.First().Name.Span}; rename one");
        foreach (var partition in board.Partitions.Where(p => !PartitionForm.IsWord(p.Type) && PartitionForm.IsMbrType(p.Type) != isMbr))
            reading.Error(Codes.Contradiction, $"Partition `{partition.Name}` has the {(isMbr ? "type GUID" : "MBR type")} `{partition.Type}`, which {table} cannot hold", partition.Type.Span,
                isMbr ? "Write a type such as `0x83`, a word, or `partition-table: gpt`" : "Write a GUID, a word, or `partition-table: mbr`");
    }
}
