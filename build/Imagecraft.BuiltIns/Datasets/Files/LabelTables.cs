// Reads labels from tables and lines of JSON. Unaware of the files that they name.

using System.Globalization;
using System.Text.Json;
using Imagecraft.Requests.Datasets;

namespace Imagecraft.BuiltIns.Datasets.Files;

internal static class LabelTables
{
    /// <summary>A row each; problems are noted.</summary>
    public static IEnumerable<LabelledItem> Csv(string text, FileLabels labels, Problems problems)
    {
        (int Line, string[] Cells)[] rows;
        try
        {
            rows = [.. CsvTable.Rows(text)];
        }
        catch (FormatException problem)
        {
            throw problems.Fatal($"`{labels.Path}` is no table: {problem.Message}; write two quotation marks for one within a quotation");
        }

        if (rows.Length == 0)
            throw problems.Fatal($"`{labels.Path}` is empty; its first line names the columns");
        var columns = rows[0].Cells;
        var (datum, label) = (Array.IndexOf(columns, labels.Text ?? labels.File), Array.IndexOf(columns, labels.Label));
        foreach (var (index, key, name) in new[] { (datum, labels.Text is null ? "file" : "text", labels.Text ?? labels.File), (label, LabelKey(labels), labels.Label) })
            if (index < 0)
                problems.Add("", $"`{labels.Path}`, line {rows[0].Line} has the columns [{string.Join(", ", columns)}], but no `{name}`; name the right one by `{key}:` in `labels`");
        if (datum < 0 || label < 0)
            yield break;
        foreach (var (line, cells) in rows.Skip(1))
        {
            var where = Where(labels, line);
            if (cells.Length == columns.Length)
                yield return Item(labels, cells[datum], cells[label], where, line);
            else
                problems.Add(Order(line), $"{where} has {cells.Length} cells, but there are {columns.Length} columns; put text with commas in quotation marks");
        }
    }

    /// <summary>A line each; problems are noted.</summary>
    public static IEnumerable<LabelledItem> JsonLines(string text, FileLabels labels, Problems problems)
    {
        var line = 0;
        foreach (var each in text.Split('\n'))
        {
            line++;
            if (string.IsNullOrWhiteSpace(each))
                continue;
            LabelledItem? item = null;
            try
            {
                using var document = JsonDocument.Parse(each);
                item = Of(document.RootElement, line);
            }
            catch (JsonException problem)
            {
                problems.Add(Order(line), $"{Where(labels, line)} is no JSON object: {problem.Message}; write one a line");
            }
            catch (InvalidOperationException)
            {
                // An escape of half a character is JSON, but no text.
                problems.Add(Order(line), $"{Where(labels, line)} has half a character (such as `\\ud800` alone) in a text; write the lines anew");
            }

            if (item is not null)
                yield return item;
        }

        LabelledItem? Of(JsonElement root, int number)
        {
            var key = labels.Text ?? labels.File;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(key, out var datum) || datum.ValueKind != JsonValueKind.String)
            {
                problems.Add(Order(number), $"{Where(labels, number)} has no text `{key}`; name the right key by `{(labels.Text is null ? "file" : "text")}:` in `labels`");
                return null;
            }

            if (!root.TryGetProperty(labels.Label, out var label) || label.ValueKind is not (JsonValueKind.String or JsonValueKind.Number or JsonValueKind.Null))
            {
                problems.Add(Order(number), $"{Where(labels, number)} has no text or number `{labels.Label}`; name the right key by `{LabelKey(labels)}:` in `labels`");
                return null;
            }

            return Item(labels, datum.GetString()!, label.ToString(), Where(labels, number), number);
        }
    }

    private static LabelledItem Item(FileLabels labels, string datum, string label, string where, int line)
    {
        var item = labels.Text is null ? new LabelledItem(datum.Replace('\\', '/'), where) : new(string.Create(CultureInfo.InvariantCulture, $"line-{line:D7}.txt"), where) { Text = datum };
        return labels.Meaning switch
        {
            FileLabelMeaning.Words => item with { Words = label.Trim() },
            FileLabelMeaning.Map => item with { Map = label.Trim().Replace('\\', '/') },
            _ => item with { Label = label.Trim() },
        };
    }

    private static string LabelKey(FileLabels labels) => labels.Meaning switch { FileLabelMeaning.Words => "words", FileLabelMeaning.Map => "map", _ => "label" };

    private static string Where(FileLabels labels, int line) => string.Create(CultureInfo.InvariantCulture, $"`{labels.Path}`, line {line}");

    private static string Order(int line) => line.ToString("D9", CultureInfo.InvariantCulture);
}
