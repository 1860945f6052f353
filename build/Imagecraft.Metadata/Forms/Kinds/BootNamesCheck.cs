// Checks what a board says of its device trees, overlays, FIT images and scripts against each other. Unaware of packages and of other documents.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

static class BootNamesCheck
{
    /// <summary>Reports what would lie at one place or is named like what the build makes, names of device trees and overlays that the board does not have, and a boot configuration that names overlays which are not there.</summary>
    public static bool Check(Board board, Reading reading)
    {
        var before = reading.Problems.Count;
        BoardFileNames.Check(board, reading);
        foreach (var name in board.Overlays.SelectMany(o => o.Onto).Concat(board.FitImages.SelectMany(f => f.DeviceTrees)))
            Known(name, "device tree", board.DeviceTrees.Select(t => t.Name), reading);
        foreach (var name in board.FitImages.SelectMany(f => f.Overlays))
            Known(name, "overlay", board.Overlays.Select(o => o.Name), reading);
        foreach (var overlay in board.Overlays.Where(overlay => overlay.Onto.IsEmpty && !board.DeviceTrees.Any(overlay.Fits)))
            reading.Error(Codes.Contradiction, $"Overlay `{overlay.Name}` fits no device tree of the board", overlay.Source.Span, "Add the one that it is for to `device-trees:`, so that the build proves that they fit");
        foreach (var partition in board.Partitions)
            foreach (var file in partition.Files.Where(file => file.Text?.Value.Contains(OverlayPaths.Placeholder, StringComparison.Ordinal) == true && !OverlayPaths.Of(board, partition).Any()))
                reading.Error(Codes.Contradiction, $"`{OverlayPaths.Placeholder}` of `{file.Path.Value}` names nothing, because partition `{partition.Name.Value}` has no overlay", file.Text!.Span, "Add one to its `files:`, e.g. `{ path: /overlays/camera.dtbo, artifact: camera.dtbo }`");
        return reading.Problems.Count == before;
    }

    static void Known(Sited<string> name, string noun, IEnumerable<string> known, Reading reading)
    {
        if (!known.Contains(name.Value))
            reading.Error(Codes.UnknownName, $"The board has no {noun} `{name.Value}`", name.Span, Nearest.Hint(name.Value, known, noun));
    }
}
