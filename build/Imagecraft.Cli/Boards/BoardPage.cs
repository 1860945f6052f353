// What a board brings, on one page: architecture, kernel, accelerators, disk, machine, images. Unaware of consoles.

using Imagecraft.Cli.Rendering;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Checks;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Boards;

/// <summary>Writes the page.</summary>
public static class BoardPage
{
    private const int Indent = 14;

    /// <summary>The lines of the page.</summary>
    /// <param name="workspace">Where names are looked up.</param>
    /// <param name="board">The board.</param>
    /// <param name="last">The last check of an image in this workspace, in QEMU or on a board (<see cref="CheckRecord.BoardFolder"/>); null when it was not checked so.</param>
    public static IEnumerable<string> Lines(Workspace workspace, Board board, Func<string, string, CheckRecord?> last)
    {
        yield return $"{board.Name}: {board.Summary}".TrimEnd(' ', ':');
        yield return "";
        foreach (var line in Section("architecture", Architecture(workspace, board)))
            yield return line;
        foreach (var line in Section("kernel", Kernel(workspace, board)))
            yield return line;
        foreach (var line in Section("accelerators", board.Accelerators.Where(a => workspace.Accelerators.ContainsKey(a)).Select(a => Accelerator(workspace, board, workspace.Accelerators[a]))))
            yield return line;
        foreach (var line in Section("firmware", board.Artifacts.Select(a => $"{a.Name} ({a.Source.File} of {a.Source.Package})")))
            yield return line;
        foreach (var line in Section("disk", DiskDrawing.Lines(board)))
            yield return line;
        foreach (var line in Section("QEMU", board.Qemu is { } qemu ? [Machine(qemu)] : ["has no machine for it"]))
            yield return line;
        foreach (var line in Section("images", board.Images.Append(board.DefaultImage).Select(i => i.Value).Distinct(StringComparer.Ordinal).Select(i => Image(board, i, last(i, CheckRecord.Folder), last(i, CheckRecord.BoardFolder)))))
            yield return line;
        foreach (var line in Section("flashing", board.Flashing?.TrimEnd('\n').Split('\n') ?? []))
            yield return line;
    }

    private static IEnumerable<string> Section(string title, IEnumerable<string> lines) =>
        lines.Select((line, index) => $"{(index == 0 ? title : "").PadRight(Indent)}{line}".TrimEnd());

    private static IEnumerable<string> Architecture(Workspace workspace, Board board)
    {
        var flags = board.CpuFlags.IsEmpty ? "" : $", {string.Join(' ', board.CpuFlags)}";
        yield return workspace.Architectures.TryGetValue(board.Architecture, out var a) ? $"{a.Name} ({a.Triplet}{flags}), {(a.DotnetRid is null ? "no C# runtime" : "C# runtime")}" : board.Architecture;
    }

    private static IEnumerable<string> Kernel(Workspace workspace, Board board)
    {
        yield return workspace.Recipes.TryGetValue(board.Kernel, out var kernel) ? $"{kernel.Name} {kernel.Version}" : board.Kernel;
        yield return $"command line: {board.CommandLine}";
        foreach (var fragment in board.KernelFragments)
            yield return $"fragment: {fragment}";
        foreach (var tree in board.DeviceTrees)
            yield return $"device tree: {tree.Source}{string.Concat(tree.Overlays.Select(o => $" + {o}"))}{(tree.OwnName is null ? "" : $" as {tree.Name}")}";
        foreach (var overlay in board.Overlays)
            yield return $"overlay: {overlay.Source}{(overlay.OwnName is null ? "" : $" as {overlay.Name}")}";
    }

    private static string Accelerator(Workspace workspace, Board board, Accelerator accelerator)
    {
        var version = workspace.Recipes.GetValueOrDefault(board.Kernel.Value)?.Version.Value;
        if (!CheckPlanner.Accelerators(workspace, board).Contains(accelerator))
            return $"{accelerator.Name}: needs kernel {accelerator.SinceKernel}, which {board.Kernel} {version} is not";
        var modules = accelerator.Modules.IsEmpty ? "no module" : $"modules {string.Join(' ', accelerator.Modules)}";
        var packages = accelerator.Packages.IsEmpty ? "no firmware or packages" : $"packages {string.Join(' ', accelerator.Packages)}";
        var devices = accelerator.Devices.IsEmpty ? "" : $"; {string.Join(' ', accelerator.Devices.Select(d => d.Path.Value))}";
        return $"{accelerator.Name}: {modules}; {packages}{devices}";
    }

    private static string Machine(QemuSpec qemu)
    {
        var arguments = qemu.Arguments.Select(a => a.Value).ToArray();
        var machine = Array.FindIndex(arguments, a => a is "-machine" or "-M");
        return $"qemu-system-{qemu.System}{(machine >= 0 && machine + 1 < arguments.Length ? $", machine {arguments[machine + 1]}" : "")}";
    }

    // Only what was seen here.
    private static string Image(Board board, string image, CheckRecord? record, CheckRecord? onBoard)
    {
        var matrix = board.Images.Any(i => i.Value == image) ? "" : ", and not in the test matrix";
        return $"{image}{(board.DefaultImage.Value == image ? " (default)" : "")}: {(record is null ? $"not checked here yet{matrix}" : Seen(record))}{(onBoard is null ? "" : $"; on a board it {Seen(onBoard)}")}";
    }

    private static string Seen(CheckRecord record)
    {
        var login = record.Boot is { } boot ? $", login after {Quantities.Duration(boot)}" : "";
        var skipped = record.Skipped == 0 ? "" : $", {record.Skipped} not run or known to fail";
        return record.Failed == 0 ? $"passes: {record.Passed} checks{skipped}{login}" : $"fails: {record.Failed} of {record.Passed + record.Failed} checks{skipped}{login}";
    }
}
