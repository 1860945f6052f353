// Checks what a board says of its device trees, overlays, FIT images and scripts against each other. Unaware of packages and of other documents.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

static class BootNamesCheck
{
    /// <summary>Reports what would lie at one place, names of device trees and overlays that the board does not have, and a boot configuration that names overlays which are not there.</summary>
    public static bool Check(Board board, Reading reading)
    {
        var before = reading.Problems.Count;
        NoNameTwice(board, reading);
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

    static void NoNameTwice(Board board, Reading reading)
    {
        var all = board.DeviceTrees.Select(t => (Noun: "Device tree", Name: t.Name, (t.OwnName ?? t.Source).Span))
            .Concat(board.Overlays.Select(o => (Noun: "Overlay", Name: o.Name, (o.OwnName ?? o.Source).Span)))
            .Concat(board.FitImages.Select(f => (Noun: "FIT image", Name: f.Name.Value, f.Name.Span)))
            .Concat(board.BootScripts.Select(s => (Noun: "Boot script", Name: s.Name.Value, s.Name.Span)));
        foreach (var (noun, name, span) in all.GroupBy(one => one.Name).SelectMany(same => same.Skip(1)))
            reading.Error(Codes.DuplicateName, $"{noun} `{name}` stands twice", span, "Give one of them a `name` of its own");
    }

    static void Known(Sited<string> name, string noun, IEnumerable<string> known, Reading reading)
    {
        if (!known.Contains(name.Value))
            reading.Error(Codes.UnknownName, $"The board has no {noun} `{name.Value}`", name.Span, Nearest.Hint(name.Value, known, noun));
    }
}
