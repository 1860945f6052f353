// The form of datasets that lie in files. Unaware of images and sound.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>files:</c> of datasets.</summary>
static class DatasetFilesForm
{
    static readonly Shape<Sited<string>> Within = new Scalar<string>(
        "a path within the source such as `photos/train`", text => (text, IsWithin(text)),
        () => new() { ["type"] = new System.Text.Json.Nodes.JsonArray("string", "number"), ["pattern"] = "^[^/]" },
        _ => (Codes.WrongFormat, "Write it without a slash in front and without `..`"));

    static readonly Form<FileLabelsSpec> TableForm = new("`labels`", BindTable);

    static readonly Shape<FileLabelsSpec> Labels = new ScalarOrMap<FileLabelsSpec>(
        ScalarShapes.OneOf("folder", "none").Select(word => new FileLabelsSpec(word, "", "", "", null)), TableForm);

    static readonly Form<FileSplitSpec> SplitForm = new("a split of files", keys => new FileSplitSpec(
        keys.Maybe("folder", Within, "all files below this folder"),
        keys.Maybe("list", Within, "a text file of the source with the names of the files, one a line"),
        keys.Maybe("share", ScalarShapes.Number, "share of the files that no `folder` and no `list` takes, above 0 and up to 1; drawn by their names, so a further file moves no other"),
        keys.Maybe("labels", Labels, "labels of this split alone, with names relative to its folder")), CheckSplit);

    public static Form<DatasetContent> Form { get; } = new("`files`", Bind);

    static Func<DatasetContent?> Bind(Keys keys)
    {
        var source = keys.Required("source", SourceForm.Data, "a folder beside this file (`file:NAME`), an archive, or a `supplied:` one");
        var folder = keys.Maybe("folder", Within, "folder within the source that names of files are relative to");
        var kind = keys.Maybe("kind", ScalarShapes.OneOf("images", "sounds", "arrays", "texts"), "only files of this kind are taken, where those of others lie among them; all when absent");
        var labels = keys.Required("labels", Labels, "folder (the first folder of a name is the class), none, or `csv:`, `coco:` or `json-lines:` with the file");
        var classes = keys.List("classes", ScalarShapes.Text, "names of the classes by index; as the labels give them when absent: folders and names sorted, categories of COCO by id");
        var splits = keys.Required("splits", new SplitsShape<FileSplitSpec>(SplitForm), "parts by name, each with `folder`, `list` or `share`");
        var seed = keys.Optional("seed", ScalarShapes.PlainInteger, 0, "another seed draws other splits");
        var rate = keys.Maybe("rate", ScalarShapes.Count, "samples per second that every sound has; 16000 when absent");
        var convert = keys.Optional("convert", ScalarShapes.Flag, false, "whether sounds of other rates are resampled and channels mixed; an error when false");
        var duplicates = keys.Maybe("duplicates", ScalarShapes.OneOf("refuse", "tell"), "what is done when two splits have the same file: refuse (the default) or tell");
        return () =>
        {
            var made = new FilesSpec
            {
                Source = source,
                Folder = folder?.Value.Trim('/') ?? "",
                Kind = kind,
                Labels = labels,
                Classes = classes,
                Splits = splits,
                Seed = seed,
                Rate = rate,
                Convert = convert,
                AllowsDuplicates = duplicates?.Value == "tell",
            };
            return Check(made, keys.Reading) ? new DatasetContent.Files(made) : null;
        };
    }

    static Func<FileLabelsSpec?> BindTable(Keys keys)
    {
        (string Kind, Sited<string>? Path)[] files =
        [
            ("csv", keys.Maybe("csv", Within, "a table with names of columns in its first line (RFC 4180)")),
            ("coco", keys.Maybe("coco", Within, "boxes in the form of COCO's instances")),
            ("json-lines", keys.Maybe("json-lines", Within, "a JSON object a line")),
        ];
        var file = keys.Maybe("file", ScalarShapes.Text, "column or key with the name of the file; `file` when absent");
        var label = keys.Maybe("label", ScalarShapes.Text, "column or key with the label; `label` when absent");
        var words = keys.Maybe("words", ScalarShapes.Text, "column or key with what is written or spoken, instead of `label`");
        var map = keys.Maybe("map", ScalarShapes.Text, "column or key with the name of a gray image of the same size whose samples are classes, instead of `label`");
        var text = keys.Maybe("text", ScalarShapes.Text, "column or key with the text, when the lines themselves are the data");
        return () =>
        {
            var given = files.Where(each => each.Path is not null).ToArray();
            if (given.Length != 1)
            {
                keys.Reading.Error(given.Length == 0 ? Codes.MissingKey : Codes.Contradiction, "`labels` needs one of the keys [ `csv`, `coco`, `json-lines` ]", keys.Span, "Name the file with the labels, or write `labels: folder` or `labels: none`");
                return null;
            }
            var (kind, path) = given[0];
            if (kind == "coco" && (file ?? label ?? words ?? map ?? text) is { } vain)
            {
                keys.Reading.Error(Codes.Contradiction, "`file`, `label`, `words`, `map` and `text` belong to `csv` and `json-lines`; COCO has names of its own", vain.Span, "Remove it");
                return null;
            }
            if (text is not null && file is not null)
            {
                keys.Reading.Error(Codes.Contradiction, "`file` and `text` exclude each other: the datum is a file or the text itself", file.Span, "Remove one");
                return null;
            }
            Sited<string>[] labels = [.. new[] { label, words, map }.OfType<Sited<string>>()];
            if (labels.Length > 1)
            {
                keys.Reading.Error(Codes.Contradiction, "`label`, `words` and `map` exclude each other: data have one kind of labels", labels[1].Span, "Keep one");
                return null;
            }
            if (map is not null && text is not null)
            {
                keys.Reading.Error(Codes.Contradiction, "`map` and `text` exclude each other: only images have maps", map.Span, "Remove one");
                return null;
            }
            return new(new(kind, path!.Span), path.Value, file?.Value ?? "file", labels.FirstOrDefault()?.Value ?? "label", text?.Value) { Meaning = words is not null ? LabelKind.Words : map is not null ? LabelKind.Map : LabelKind.Class };
        };
    }

    static bool CheckSplit(FileSplitSpec made, Keys keys)
    {
        var count = new object?[] { made.Folder, made.List, made.Share }.Count(each => each is not null);
        if (count != 1)
            return Refuse(keys.Reading, Codes.Contradiction, "A split of files has one of the keys [ `folder`, `list`, `share` ]", keys.Span, "Say which files it takes");
        if (made.Share is { Value: not (> 0 and <= 1) } share)
            return Refuse(keys.Reading, Codes.WrongFormat, "`share` must be above 0, and at most 1", share.Span, "Write 0.2 for a fifth");
        return made.Labels is null || made.Folder is not null || Refuse(keys.Reading, Codes.Contradiction, "`labels` of a split needs its `folder`, which names are relative to", keys.Span, "Give the dataset one `labels`, or the split a `folder`");
    }

    static bool Check(FilesSpec made, Reading reading)
    {
        var shares = made.Splits.Values.Select(split => split.Share).OfType<Sited<double>>().ToArray();
        if (Math.Round(shares.Sum(share => share.Value), 9) > 1)
            return Refuse(reading, Codes.Contradiction, "The shares of the splits are more than 1 together", shares[^1].Span, "Make one smaller; what no share takes is left out");
        if (made.Classes.GroupBy(name => name.Value, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            return Refuse(reading, Codes.DuplicateName, $"The class `{twice.Key}` is listed twice", twice.Last().Span, "Each class has one index");
        if (made.Labels.Kind.Value == "none" && !made.Classes.IsEmpty && made.Splits.Values.All(split => split.Labels is null))
            return Refuse(reading, Codes.Contradiction, "`classes` without `labels` say nothing", made.Classes[0].Span, "Remove them, or say where the labels are");
        return made.Rate is null or { Value: >= 1000 and <= 768000 } || Refuse(reading, Codes.WrongFormat, "`rate` must be 1000 to 768000 samples per second", made.Rate.Span, null);
    }

    static bool Refuse(Reading reading, string code, string message, SourceSpan span, string? hint)
    {
        reading.Error(code, message, span, hint);
        return false;
    }

    static bool IsWithin(string text) => text.Length > 0 && text[0] != '/' && !text.Any(char.IsControl) && !text.Split('/').Contains("..");
}
