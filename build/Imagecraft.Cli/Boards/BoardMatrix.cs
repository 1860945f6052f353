// Every board with every image that is to pass on it: built, its disk examined, booted and checked where QEMU has it, and put into a table. Unaware of how checks run.

using System.Collections.Immutable;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.Checking;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Output;
using Imagecraft.Cli.Rendering;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata;
using Imagecraft.Planning.Recipes;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Boards;

/// <summary>A board with an image, and what came of it.</summary>
/// <param name="Board">The board.</param>
/// <param name="Image">The image.</param>
/// <param name="Boot">What QEMU starts first; empty when it does not have the board.</param>
/// <param name="Record">The check; null when there was none.</param>
/// <param name="Sizes">Bytes of disk, kernel and packed root file system; null when they were not built.</param>
/// <param name="Faults">What is wrong with the disk.</param>
public sealed record MatrixRow(string Board, string Image, string Boot, CheckRecord? Record, (long Disk, long Kernel, long Root)? Sizes, ImmutableArray<string> Faults)
{
    /// <summary>Not even tried: the board needs files that only its user can supply, and nobody asked for just this board.</summary>
    public bool LeftOut { get; init; }

    /// <summary>A boot was clearly worse than the one before, and nobody put up with that.</summary>
    public bool IsWorse { get; init; }

    /// <summary>The disk is as the board says; every check passed, and there was one, unless QEMU does not have the board.</summary>
    public bool Passed => Sizes is not null && Faults.IsEmpty && !IsWorse && (Boot.Length == 0 || Record is { Passed: > 0, Failed: 0 });
}

/// <summary>Runs the wider matrix, <c>test --all-boards</c>.</summary>
public sealed class BoardMatrix(Session session)
{
    /// <summary>Runs all one after the other; a board that fails does not stop the next.</summary>
    /// <param name="reading">Its boards; those that could not be read fail.</param>
    /// <param name="boards">Names of boards; none for all.</param>
    /// <param name="request">How each is built, whatever its board and image.</param>
    /// <param name="demand">How each is checked.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProblemException">No board has one of the names.</exception>
    public async Task<IReadOnlyList<MatrixRow>> RunAsync(WorkspaceReading reading, IReadOnlyList<string> boards, BuildRequest request, CheckDemand demand, CancellationToken cancellationToken)
    {
        var (workspace, all) = (reading.Workspace, reading.NamesOf(KindNames.Board));
        if (boards.FirstOrDefault(b => !all.Contains(b)) is { } unknown)
            throw ProblemException.Unknown("board", unknown, all);
        var rows = new List<MatrixRow>();
        foreach (var broken in all.Where(b => !workspace.Boards.ContainsKey(b) && (boards.Count == 0 || boards.Contains(b))))
        {
            Composition.Report(session, reading.Reach(new DocumentId(KindNames.Board, broken)).Problems);
            rows.Add(new(broken, "", "", null, null, []));
        }

        foreach (var (board, image) in Pairs(workspace).Where(p => boards.Count == 0 || boards.Contains(p.Board.Name)))
        {
            var leftOut = false;
            CheckedImage? outcome = null;
            cancellationToken.ThrowIfCancellationRequested();
            var folder = session.OutputFolder(board.Name, image);
            // Nothing of an earlier run counts.
            foreach (var old in new[] { Path.Combine(CheckRecord.Folder, CheckRecord.FileName), "disk.img" }.Select(n => Path.Combine(folder, n)).Where(File.Exists))
                File.Delete(old);
            session.Console.Out.WriteLine($"Checking {board.Name}/{image}");
            try
            {
                using var workshop = await Workshop.OpenAsync(session, request with { Board = board.Name, Image = image }).ConfigureAwait(false);
                // A board that QEMU lacks is only built.
                if (board.Qemu is null)
                    await new ImageDelivery(session, workshop).BuildAsync(_ => []).ConfigureAwait(false);
                else
                    outcome = (await ImageCheck.RunAsync(session, workshop, demand).ConfigureAwait(false)).Checked;
            }
            catch (Exception problem) when (Faults.Of(problem, session.CacheRoot) is { } fault)
            {
                session.Console.WriteError(fault.Message, fault.Hint);
            }
            catch (DiagnosticsException problems)
            {
                Composition.Report(session, problems.Diagnostics);
                leftOut = boards.Count == 0 && problems.Diagnostics.All(d => d.Code == SourcePlanner.SuppliedFileMissing);
            }

            // Without its architecture it was not built.
            var kernel = workspace.Architectures.GetValueOrDefault(board.Architecture) is { } architecture ? board.KernelImageOf(architecture) : null;
            var sizes = kernel is null ? null : Sizes(folder, kernel);
            ImmutableArray<string> faults = sizes is null ? [] : [.. DiskExamination.Problems(board, kernel!, workspace.Recipes[board.Kernel].Version, folder)];
            foreach (var fault in faults)
                session.Console.WriteError($"{board.Name}/{image}: {fault}", null);
            var record = outcome is null ? null : CheckRecord.Of(outcome.Boots, DateTimeOffset.UtcNow);
            rows.Add(new(board.Name, image, Boot(board), record, sizes, faults) { LeftOut = leftOut, IsWorse = outcome is { IsWorse: true } });
        }

        return rows;
    }

    /// <summary>The pairs, by board.</summary>
    public static IEnumerable<(Board Board, string Image)> Pairs(Workspace workspace) =>
        workspace.Boards.Values.SelectMany(b => b.Images.Select(i => (b, i.Value)));

    /// <summary>The results as a Markdown table.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<MatrixRow> rows)
    {
        yield return "| board | image | started with | disk layout | checks | login after | disk | kernel | root file system |";
        yield return "| --- | --- | --- | --- | --- | --- | --- | --- | --- |";
        foreach (var row in rows)
        {
            var layout = row.LeftOut ? "needs supplied files" : row.Sizes is null ? "**not built**" : row.Faults.IsEmpty ? "good" : $"**{row.Faults.Length} faults**";
            var checks = row.Boot.Length == 0 || row.LeftOut ? "" : row.Record is { } record ? Counts(record, row.IsWorse) : "**not run**";
            var boot = row.Record?.Boot is { } time ? Quantities.Duration(time) : "";
            var sizes = row.Sizes is { } s ? $"{Quantities.Size(s.Disk)} | {Quantities.Size(s.Kernel)} | {Quantities.Size(s.Root)}" : " | | ";
            yield return $"| {row.Board} | {row.Image} | {row.Boot} | {layout} | {checks} | {boot} | {sizes} |";
        }
    }

    private static string Counts(CheckRecord record, bool isWorse) =>
        $"{record.Passed} passed{(record.Skipped == 0 ? "" : $", {record.Skipped} not run or known to fail")}{(record.Failed == 0 ? "" : $", **{record.Failed} failed**")}{(isWorse ? ", **worse boot**" : "")}";

    private static string Boot(Board board)
    {
        if (board.Qemu is null)
            return "";
        var files = board.Artifacts.Select(a => a.Name.Value).Where(n => board.Qemu.Arguments.Any(a => a.Value.Contains($"${{FILE:{n}}}", StringComparison.Ordinal))).ToList();
        return files.Count == 0 ? "kernel" : string.Join(", ", files);
    }

    private static (long Disk, long Kernel, long Root)? Sizes(string folder, string kernel)
    {
        var files = new[] { "disk.img", kernel, "rootfs.tar" }.Select(n => new FileInfo(Path.Combine(folder, n))).ToArray();
        return files.All(f => f.Exists) ? (files[0].Length, files[1].Length, files[2].Length) : null;
    }
}
