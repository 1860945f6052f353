// A board's disk as text: what lies where, from the first byte on. Unaware of partition tables' bytes.

using System.Globalization;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Boards;

/// <summary>Draws blobs and partitions as boxes under each other.</summary>
public static class DiskDrawing
{
    private const long MebiByte = 1 << 20;

    /// <summary>The lines; none for a board without a disk.</summary>
    public static IEnumerable<string> Lines(Board board)
    {
        if (board.Partitions.IsEmpty)
            yield break;
        var boxes = Boxes(board).ToList();
        var widths = new[] { 0, 1, 2, 3 }.Select(column => boxes.Max(box => box[column].Length)).ToArray();
        var edge = $"+-{new string('-', widths[1..].Sum() + 4)}-+";
        foreach (var box in boxes)
        {
            yield return $"{new string(' ', widths[0])} {edge}";
            yield return $"{box[0].PadLeft(widths[0])} | {box[1].PadRight(widths[1])}  {box[2].PadLeft(widths[2])}  {box[3].PadRight(widths[3])} |";
        }

        yield return $"{new string(' ', widths[0])} {edge}";
    }

    // Place, name, size, content.
    private static IEnumerable<string[]> Boxes(Board board)
    {
        yield return ["0", board.PartitionTable?.Value ?? "gpt", "", $"partition table{(board.SectorSize is { Value: not 512 } sector ? $", in sectors of {sector.Value} bytes" : "")}"];
        foreach (var blob in board.Blobs.OrderBy(b => b.Offset.Value))
            yield return [Bytes(blob.Offset), blob.Name, blob.Size is { } size ? Bytes(size) : "", $"{blob.Source.File} of {blob.Source.Package}"];
        // Known as long as all before has a size.
        long? next = MebiByte;
        foreach (var partition in board.Partitions)
        {
            var start = partition.Offset?.Value ?? next;
            yield return [start is { } place ? Bytes(place) : "", partition.Name, partition.Size is { } size ? Bytes(size) : "", Content(partition)];
            next = start is { } from && partition.Size is { } length ? (from + length + MebiByte - 1) / MebiByte * MebiByte : null;
        }
    }

    private static string Content(PartitionSpec partition) => partition switch
    {
        { Raw: { } raw } => $"{raw.File} of {raw.Package}",
        { Files.IsEmpty: false } => $"{partition.Content}: {string.Join(' ', partition.Files.Select(f => f.Path.Value))}",
        { Content: { } content } => content,
        _ => "empty",
    };

    private static string Bytes(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB"];
        var unit = 0;
        while (unit < units.Length - 1 && bytes >= 1024 && bytes % 1024 == 0)
        {
            bytes /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes} {units[unit]}");
    }
}
