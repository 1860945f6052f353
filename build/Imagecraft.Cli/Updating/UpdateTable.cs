// The table of recipes and their releases, for people and for programs. Unaware of how anything was found.

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Imagecraft.Cli.Output;

namespace Imagecraft.Cli.Updating;

/// <summary>Prints rows.</summary>
public static class UpdateTable
{
    private static readonly string[] Head = ["recipe", "version", "newest", "state", "from"];

    /// <summary>Rows with their columns; recipes that have no releases in lists of a line each, unless they were asked for by name.</summary>
    /// <param name="rows">In the order in which they are told.</param>
    /// <param name="named">The call named the recipes.</param>
    public static IEnumerable<string> Lines(IReadOnlyCollection<UpdateRow> rows, bool named)
    {
        var shown = rows.Where(row => named || row.Finding is not Finding.LeftOut).ToList();
        if (shown.Count > 0)
        {
            string[][] cells = [Head, .. shown.Select(Cells)];
            var widths = Enumerable.Range(0, Head.Length).Select(column => cells.Max(line => line[column].Length)).ToArray();
            for (var i = 0; i < cells.Length; i++)
            {
                yield return string.Join("  ", cells[i].Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd();
                foreach (var line in i == 0 ? [] : OutcomeLines(shown[i - 1]))
                    yield return $"    {line}";
            }

            yield return Counted(shown);
        }

        foreach (var group in rows.Except(shown).GroupBy(row => ((Finding.LeftOut)row.Finding).Group).OrderBy(group => group.Key))
            yield return $"{Title(group.Key)}: [{string.Join(", ", group.Select(row => row.Recipe))}]";
    }

    /// <summary>All rows.</summary>
    public static JsonArray Json(IEnumerable<UpdateRow> rows) => rows.ToJson(row => new JsonObject
    {
        ["recipe"] = row.Recipe,
        ["version"] = row.Version,
        ["newest"] = Newest(row.Finding)?.Version,
        ["state"] = State(row.Finding),
        ["from"] = Newest(row.Finding)?.From,
        ["reason"] = Reason(row.Finding),
        ["outcome"] = row.Outcome switch
        {
            BumpOutcome.Bumped bumped => new JsonObject { ["to"] = bumped.To, ["state"] = bumped.Built ? "built" : "patched", ["remarks"] = bumped.Remarks.ToJson() },
            BumpOutcome.Failed failed => new JsonObject { ["to"] = failed.To, ["state"] = failed.IsKept ? "kept" : "put back", ["reason"] = failed.Why, ["log"] = failed.Log },
            _ => null,
        },
    });

    private static string[] Cells(UpdateRow row) => [row.Recipe, row.Version, Newest(row.Finding)?.Version ?? "", State(row.Finding), FromWhere(row.Finding)];

    private static string FromWhere(Finding finding) => (Newest(finding)?.From, Reason(finding)) switch
    {
        ({ } from, { } reason) => $"{from} ({reason})",
        (var from, var reason) => from ?? reason ?? "",
    };

    private static IEnumerable<string> OutcomeLines(UpdateRow row)
    {
        switch (row.Outcome)
        {
            case BumpOutcome.Bumped bumped:
                yield return $"{row.Version} -> {bumped.To}: {(bumped.Built ? "its patches apply, and it builds" : "its patches apply; it was not built")}";
                foreach (var remark in bumped.Remarks)
                    yield return $"- {remark}";
                break;
            case BumpOutcome.Failed failed:
                yield return $"{row.Version} -> {failed.To}: {failed.Why}";
                yield return failed.IsKept ? "kept as it was changed" : "the recipe is as it was";
                if (failed.Log is { } log)
                    yield return $"whole log: {log}";
                break;
        }
    }

    private static string Counted(List<UpdateRow> rows)
    {
        var words = new[] { "newer", "current", "unknown", "left out" }.Select(state => (State: state, Count: rows.Count(row => State(row.Finding) == state))).Where(one => one.Count > 0)
            .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Count} {one.State}"));
        var hint = rows.Any(row => row is { Finding: Finding.Newer, Outcome: null }) ? "; `./build.sh update NAME --apply` takes the newest, tries the patches and builds it" : "";
        return $"{string.Join(", ", words)}{hint}";
    }

    private static Release? Newest(Finding finding) => finding switch
    {
        Finding.Current current => current.Newest,
        Finding.Newer newer => newer.Newest,
        _ => null,
    };

    private static string State(Finding finding) => finding switch
    {
        Finding.Current => "current",
        Finding.Newer => "newer",
        Finding.LeftOut => "left out",
        _ => "unknown",
    };

    private static string? Reason(Finding finding) => finding switch
    {
        Finding.Current current => current.Remark,
        Finding.Newer newer => newer.Remark,
        Finding.Unknown unknown => unknown.Reason,
        Finding.LeftOut left => left.Reason,
        _ => null,
    };

    private static string Title(LeftOutGroup group) => group switch
    {
        LeftOutGroup.Feed => "Packages of the feed, which `./build.sh lock --update` renews",
        LeftOutGroup.Sources => "Without sources from elsewhere",
        LeftOutGroup.Supplied => "Files that users get from their vendors",
        _ => "Left out, as their recipes say",
    };
}
