// Where a partition has the overlays of its board, as boot configurations name them. Unaware of YAML and of boot loaders.

namespace Imagecraft.Metadata.Model;

/// <summary>What <c>$OVERLAYS</c> stands for in texts of a partition.</summary>
public static class OverlayPaths
{
    /// <summary>The placeholder.</summary>
    public const string Placeholder = "$OVERLAYS";

    /// <summary>Paths in the partition, in the order in which the board lists its overlays.</summary>
    public static IEnumerable<string> Of(Board board, PartitionSpec partition) =>
        board.Overlays.SelectMany(overlay => partition.Files.Where(file => file.Artifact?.Value == overlay.Name).Select(file => file.Path.Value));
}
