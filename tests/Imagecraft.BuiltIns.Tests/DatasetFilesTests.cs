// Datasets made of files with labels of every form, and what is told when they are wrong.

using System.Collections.Immutable;
using System.Text;
using Imagecraft.BuiltIns.Datasets;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx.Execution;
using Imagecraft.Requests.Datasets;

namespace Imagecraft.BuiltIns.Tests;

public class DatasetFilesTests
{
    private static FileLabels ByFolder { get; } = new(FileLabelsKind.Folder, "", "file", "label", null);

    private static FileLabels Csv { get; } = new(FileLabelsKind.Csv, "labels.csv", "file", "label", null);

    private static FileSplit All { get; } = new(null, null, 1, null);

    [Fact]
    public async Task Folders_are_classes_and_splits_by_folder_share_them()
    {
        using var context = Asking(new() { Name = "parts", Folder = "photos", Labels = ByFolder, Splits = Splits(("test", new("test", null, null, null)), ("train", new("train", null, null, null))) },
            ("/photos/train/nut/a.pgm", Image(1)), ("/photos/train/bolt/b.pgm", Image(2)), ("/photos/test/nut/c.pgm", Image(3)), ("/photos/Thumbs.db", [1]), ("/photos/.hidden.pgm", [1]));
        await context.RunAsync(new DatasetFiles());
        Assert.Equal(["/train/classes.txt", "/train/labels.tsv", "/train/train/bolt/b.pgm", "/train/train/nut/a.pgm"], context.Paths("train"));
        Assert.Equal("train/bolt/b.pgm\t0\ntrain/nut/a.pgm\t1\n", context.TextOf("train", "train/labels.tsv"));
        Assert.Equal("test/nut/c.pgm\t1\n", context.TextOf("test", "test/labels.tsv"));
        Assert.Equal("bolt\nnut\n", context.TextOf("test", "test/classes.txt"));
        Assert.Equal(["2 files are left out, because they are neither images, sounds, arrays nor texts", "test: 1 files, 2 classes", "train: 2 files, 2 classes"], context.Lines);
    }

    [Fact]
    public async Task Files_of_the_wanted_kind_are_taken_from_among_others()
    {
        using var context = Asking(new() { Name = "stamps", Kind = DataFileKind.Images, Labels = ByFolder, Splits = Splits(("test", All)) },
            ("/fruit/apple.pgm", Image(1)), ("/fruit/apple.txt", "An apple"u8.ToArray()), ("/fruit/apple.wav", [1]), ("/fruit/README", [1]));
        await context.RunAsync(new DatasetFiles());
        Assert.Equal("fruit/apple.pgm\t0\n", context.TextOf("test", "test/labels.tsv"));
        Assert.Equal(["1 files are left out, because they are neither images, sounds, arrays nor texts", "2 files are left out, because they are no images", "test: 1 files, 1 classes"], context.Lines);
    }

    [Fact]
    public async Task A_further_file_moves_no_other_from_its_split()
    {
        var request = new DatasetFilesRequest { Name = "many", Labels = new(FileLabelsKind.None, "", "file", "label", null), Splits = Splits(("test", new(null, null, 0.7, null)), ("train", new(null, null, 0.2, null))), Seed = 3 };
        var files = Enumerable.Range(0, 200).Select(i => ($"/{i:D3}.pgm", Image(i))).ToArray();
        using var before = await Asking(request, files[..199]).RunAsync(new DatasetFiles());
        using var after = await Asking(request, files).RunAsync(new DatasetFiles());
        foreach (var split in new[] { "test", "train" })
            Assert.Empty(Names(before, split).Except(Names(after, split)));
        Assert.InRange(Names(after, "test").Length, 120, 160);
        Assert.InRange(Names(after, "train").Length, 20, 60);
        Assert.Empty(Names(after, "test").Intersect(Names(after, "train")));
        using var other = await Asking(request with { Seed = 4 }, files).RunAsync(new DatasetFiles());
        Assert.NotEqual(Names(after, "test"), Names(other, "test"));
    }

    [Fact]
    public async Task A_changed_file_changes_its_own_split_alone()
    {
        var request = new DatasetFilesRequest { Name = "parts", Labels = ByFolder, Splits = Splits(("test", new(null, null, 0.5, null)), ("train", new(null, null, 0.5, null))) };
        var files = Enumerable.Range(0, 20).Select(i => ($"/c{i % 2}/{i:D3}.pgm", Image(i))).ToArray();
        using var before = await Asking(request, files).RunAsync(new DatasetFiles());
        var changed = Array.FindIndex(files, f => Names(before, "test").Contains(f.Item1[1..]));
        files[changed].Item2 = Image(99);
        using var after = await Asking(request, files).RunAsync(new DatasetFiles());
        Assert.Equal(before.Outputs["train"], after.Outputs["train"]);
        Assert.NotEqual(before.Outputs["test"], after.Outputs["test"]);
    }

    [Fact]
    public async Task A_table_a_list_and_given_classes_make_labels()
    {
        using var context = Asking(new() { Name = "parts", Labels = Csv with { File = "image", Label = "kind" }, Classes = ["nut", "bolt"], Splits = Splits(("test", new(null, "test.txt", null, null)), ("train", All)) },
            ("/labels.csv", Encoding.UTF8.GetBytes("\uFEFFid,image,kind\r\n1,\"a, first.pgm\",bolt\r\n2,b.pgm,nut\r\n\r\n")), ("/test.txt", "./b.pgm\r\n"u8.ToArray()), ("/a, first.pgm", Image(1)), ("/b.pgm", Image(2)), ("/c.pgm", Image(3)));
        await context.RunAsync(new DatasetFiles());
        Assert.Equal("a, first.pgm\t1\n", context.TextOf("train", "train/labels.tsv"));
        Assert.Equal("b.pgm\t0\n", context.TextOf("test", "test/labels.tsv"));
        Assert.Contains("1 files are left out, because `labels.csv` does not name them", context.Lines);
    }

    [Fact]
    public async Task Lines_of_JSON_may_be_the_texts_themselves()
    {
        using var context = Asking(new() { Name = "mails", Labels = new(FileLabelsKind.JsonLines, "mails.jsonl", "file", "spam", "body"), Splits = Splits(("test", All)) },
            ("/mails.jsonl", "{\"body\":\"Dear Sir,\\nbuy\",\"spam\":1}\n\n{\"body\":\"Hello\",\"spam\":0}\n"u8.ToArray()));
        await context.RunAsync(new DatasetFiles());
        Assert.Equal("line-0000001.txt\t1\nline-0000003.txt\t0\n", context.TextOf("test", "test/labels.tsv"));
        Assert.Equal("Dear Sir,\nbuy", context.TextOf("test", "test/line-0000001.txt"));
    }

    [Fact]
    public async Task Boxes_of_COCO_go_with_their_images_to_the_input_of_a_network()
    {
        using var context = Asking(new() { Name = "street", Folder = "images", Labels = new(FileLabelsKind.Coco, "instances.json", "file", "label", null), Splits = Splits(("test", All)) },
            ("/instances.json", Encoding.UTF8.GetBytes("""
                {"images":[{"id":7,"file_name":"b.pgm","width":4,"height":2},{"id":5,"file_name":"a.pgm","width":4,"height":2}],
                 "categories":[{"id":9,"name":"car"},{"id":3,"name":"dog"}],
                 "annotations":[{"id":1,"image_id":7,"category_id":9,"bbox":[1,0,2,2]},{"id":2,"image_id":7,"category_id":3,"bbox":[0,0,1,1],"iscrowd":1}]}
                """)), ("/images/a.pgm", Image(1)), ("/images/b.pgm", Image(2)));
        await context.RunAsync(new DatasetFiles());
        Assert.Equal("dog\ncar\n", context.TextOf("test", "test/classes.txt"));
        var options = new ModelOptions { Name = "net", Version = "1", License = "MIT", Preprocess = new() { Fit = ImageFit.Letterbox } };
        var sequence = Assert.Single(new DatasetFolder(new Tree(context, "test"), "street").Read("test", new TensorPort("x", "float32", [1, 1, 8, 8]), options, null, Xunit.TestContext.Current.CancellationToken));
        Assert.Equal("a.pgm\tboxes:\nb.pgm\tboxes:1,0,2,2,1\n", context.TextOf("test", "test/labels.tsv"));
        Assert.Empty(Assert.IsType<FrameLabel.Boxes>(sequence.Truths[0]).Items);
        Assert.Equal([new LabelledBox(2, 2, 4, 4, 1)], Assert.IsType<FrameLabel.Boxes>(sequence.Truths[1]).Items);
        var found = new FloatTensor([2, 1, 6], [0, 0, 1, 1, 0, 0, 2, 2, 6, 6, 0.9f, 1]);
        Assert.Equal(1, Metric.Named("coco-map").Of([new(found, [], found) { Truths = sequence.Truths }]), 9);
        Assert.Contains("write `classes:` of the dataset in the order of the network's outputs", Assert.Throws<OnnxException>(() => new DatasetFolder(new Tree(context, "test"), "street").Read("test", new("x", "float32", [1, 1, 8, 8]), options with { Labels = ["car", "dog"] }, null, Xunit.TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_are_no_classes_and_reach_the_metrics_that_read()
    {
        var labels = Csv with { Label = "text", Meaning = FileLabelMeaning.Words };
        using var context = Asking(new() { Name = "plates", Labels = labels, Splits = Splits(("test", All)) },
            ("/labels.csv", "file,text\na.pgm,AB 1\nb.pgm,BB\n"u8.ToArray()), ("/a.pgm", Image(1)), ("/b.pgm", Image(2)));
        await context.RunAsync(new DatasetFiles());
        Assert.Equal(["/test/a.pgm", "/test/b.pgm", "/test/labels.tsv"], context.Paths("test"));
        Assert.Equal("a.pgm\twords:AB 1\nb.pgm\twords:BB\n", context.TextOf("test", "test/labels.tsv"));
        var sequence = Assert.Single(new DatasetFolder(new Tree(context, "test"), "plates").Read("test", new("x", "float32", [1, 1, 2, 4]), new() { Name = "net", Version = "1", License = "MIT", Preprocess = new() }, null, Xunit.TestContext.Current.CancellationToken));
        Assert.Equal([new FrameLabel.Words("AB 1"), new FrameLabel.Words("BB")], sequence.Truths);
        Assert.Empty(sequence.Labels);

        using var broken = Asking(new() { Name = "plates", Labels = labels, Splits = Splits(("test", All)) }, ("/labels.csv", "file,text\na.pgm,A\tB\n"u8.ToArray()), ("/a.pgm", Image(1)));
        Assert.Equal("The dataset `plates`: `labels.csv`, line 2 has words with a tab or a line break; write a space instead", await broken.FailureAsync(new DatasetFiles()));
    }

    [Fact]
    public async Task Maps_go_with_their_images_to_the_metric_that_covers()
    {
        var request = new DatasetFilesRequest { Name = "roads", Labels = Csv with { Label = "mask", Meaning = FileLabelMeaning.Map }, Splits = Splits(("test", All)) };
        using var context = Asking(request, ("/labels.csv", "file,mask\na.pgm,./masks/a.pgm\n"u8.ToArray()), ("/a.pgm", Image(1)), ("/masks/a.pgm", [.. "P5 4 2 255\n"u8, 0, 0, 1, 1, 0, 0, 1, 255]), ("/b.pgm", Image(2)));
        await context.RunAsync(new DatasetFiles());
        Assert.Equal("a.pgm\tmap:masks/a.pgm\n", context.TextOf("test", "test/labels.tsv"));
        Assert.Contains("1 files are left out, because `labels.csv` does not name them", context.Lines);
        var sequence = Assert.Single(new DatasetFolder(new Tree(context, "test"), "roads").Read("test", new("x", "float32", [1, 1, 2, 4]), new() { Name = "net", Version = "1", License = "MIT", Preprocess = new() }, null, Xunit.TestContext.Current.CancellationToken));
        var said = new FloatTensor([1, 1, 2, 4], [0, 1, 1, 1, 0, 0, 1, 0]);
        Assert.Equal(3 / 4.0, Metric.Named("iou").Of([new(said, [], said) { Truths = sequence.Truths }]), 9);

        using var small = Asking(request, ("/labels.csv", "file,mask\na.pgm,masks/a.pgm\n"u8.ToArray()), ("/a.pgm", Image(1)), ("/masks/a.pgm", [.. "P5 1 1 255\n"u8, 0]));
        Assert.Equal("The dataset `roads`: `labels.csv`, line 2 names the map `masks/a.pgm` of 1 x 1 pixels and 1 channels, but `a.pgm` has 4 x 2; save a gray image of that size whose samples are the classes", await small.FailureAsync(new DatasetFiles()));
        using var absent = Asking(request, ("/labels.csv", "file,mask\na.pgm,masks/a.pgm\n"u8.ToArray()), ("/a.pgm", Image(1)));
        Assert.Equal("The dataset `roads`: `labels.csv`, line 2 names the map `masks/a.pgm`, but there is no such image; names are seen from the root of the source, which `folder` changes", await absent.FailureAsync(new DatasetFiles()));
    }

    [Fact]
    public async Task Sounds_have_the_rate_that_is_wanted_or_are_told_with_the_remedy()
    {
        var request = new DatasetFilesRequest { Name = "words", Labels = ByFolder, Splits = Splits(("test", All)) };
        using var context = Asking(request, ("/yes/a.wav", Wav(44100)));
        Assert.Equal("The dataset `words`: `yes/a.wav` has 44100 samples per second, but 16000 are expected; write `rate: 44100`, resample it, e.g. by `sox`, or let the build do it by `convert: true`", await context.FailureAsync(new DatasetFiles()));
        using var converted = await Asking(request with { Convert = true }, ("/yes/a.wav", Wav(44100))).RunAsync(new DatasetFiles());
        using var rated = await Asking(request with { Rate = 44100 }, ("/yes/a.wav", Wav(44100))).RunAsync(new DatasetFiles());
        Assert.Equal(converted.Outputs["test"], rated.Outputs["test"]);
    }

    [Fact]
    public async Task The_same_file_in_two_splits_is_told()
    {
        var request = new DatasetFilesRequest { Name = "parts", Labels = new(FileLabelsKind.None, "", "file", "label", null), Splits = Splits(("test", new("test", null, null, null)), ("train", new("train", null, null, null))) };
        using var context = Asking(request, ("/train/a.pgm", Image(1)), ("/test/b.pgm", Image(1)), ("/test/c.pgm", Image(1)));
        Assert.Equal("The dataset `parts`: `test/b.pgm` of the split `test` and `train/a.pgm` of `train` are the same, so what is learned on one is judged on the other; remove one, or allow it by `duplicates: tell`", await context.FailureAsync(new DatasetFiles()));
        using var told = await Asking(request with { AllowsDuplicates = true }, ("/train/a.pgm", Image(1)), ("/test/b.pgm", Image(1))).RunAsync(new DatasetFiles());
        Assert.Contains("`test/b.pgm` of the split `test` and `train/a.pgm` of `train` are the same, so what is learned on one is judged on the other", told.Lines);
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once()
    {
        using var context = Asking(new() { Name = "parts", Labels = Csv, Classes = ["nut"], Splits = Splits(("test", All)) },
            ("/labels.csv", "file,label\na.jpg,nut\nb.pgm,bolt\nabsent.pgm,nut\nb.pgm,nut\nc.pgm\n"u8.ToArray()), ("/a.jpg", [0xFF, 0xD8, 0xFF, 0xD9]), ("/b.pgm", Image(1)), ("/c.pgm", Image(2)));
        Assert.Equal(
            """
            The dataset `parts` has 3 problems:
              `labels.csv`, line 6 has 1 cells, but there are 2 columns; put text with commas in quotation marks
              `labels.csv`, line 4 names `absent.pgm`, but there is no such file; names are seen from the root of the source, which `folder` changes
              `labels.csv`, line 5 names `b.pgm`, which `labels.csv`, line 3 does too; keep one of them
            """, await context.FailureAsync(new DatasetFiles()));
    }

    [Theory]
    [InlineData("/labels.csv", "name,label\na.pgm,nut\n", "`labels.csv`, line 1 has the columns [name, label], but no `file`; name the right one by `file:` in `labels`")]
    [InlineData("/labels.csv", "file,label\na.pgm,bolt\n", "`labels.csv`, line 2 has the label `bolt`, but the classes are [nut]; correct it, or add the class to `classes`")]
    [InlineData("/labels.csv", "file,label\n\"a.pgm,nut\n", "`labels.csv` is no table: line 2 has a quotation that is not closed; write two quotation marks for one within a quotation")]
    [InlineData("/labels.csv", "", "`labels.csv` is empty; its first line names the columns")]
    [InlineData("/label.csv", "file,label\n", "the source has no file `labels.csv`; correct `labels`, whose names are seen from the root of the source")]
    [InlineData("/labels.csv", "file,label\n", "the split `test` is empty; give it a larger `share`, or add files")]
    [InlineData("/labels.csv", "file,label\n../../etc/a.pgm,nut\n", "`labels.csv`, line 2 names `../../etc/a.pgm`, but there is no such file; names are seen from the root of the source, which `folder` changes")]
    public async Task A_wrong_table_is_told_with_line_and_remedy(string path, string text, string message)
    {
        using var context = Asking(new() { Name = "parts", Labels = Csv, Classes = ["nut"], Splits = Splits(("test", All)) }, (path, Encoding.UTF8.GetBytes(text)), ("/a.pgm", Image(1)));
        Assert.Equal($"The dataset `parts`: {message}", await context.FailureAsync(new DatasetFiles()));
    }

    [Theory]
    [InlineData("{\"images\":[],\"categories\":[]}", "`c.json` has no list `annotations`, which COCO's instances have; export the annotations in that form")]
    [InlineData("{\"images\":", "`c.json` is no JSON:")]
    [InlineData("{\"images\":[{\"id\":1,\"file_name\":\"a.pgm\"}],\"categories\":[{\"id\":1,\"name\":\"x\"}],\"annotations\":[{\"image_id\":2,\"category_id\":1,\"bbox\":[0,0,1,1]}]}", "`c.json`, entry 0 of `annotations` is of the image 2, but `images` has none with that id; remove it, or add the image")]
    [InlineData("{\"images\":[{\"id\":1,\"file_name\":\"a.pgm\"}],\"categories\":[{\"id\":1,\"name\":\"x\"}],\"annotations\":[{\"image_id\":1,\"category_id\":4,\"bbox\":[0,0,1,1]}]}", "`c.json`, entry 0 of `annotations` is of the category 4, but `categories` has [1]; correct it, or add the category")]
    [InlineData("{\"images\":[{\"id\":1,\"file_name\":\"a.pgm\"}],\"categories\":[{\"id\":1,\"name\":\"x\"}],\"annotations\":[{\"image_id\":1,\"category_id\":1,\"bbox\":[0,0,1]}]}", "`c.json`, entry 0 of `annotations` has no `bbox` of [left, top, width, height] with a size above 0; remove it, or correct its box")]
    [InlineData("{\"images\":[{\"id\":1,\"file_name\":\"a.pgm\",\"width\":9,\"height\":9}],\"categories\":[{\"id\":1,\"name\":\"x\"}],\"annotations\":[]}", "`c.json`, entry 0 of `images` says that `a.pgm` has 9 x 9 pixels, but it has 4 x 2 as it is seen;")]
    public async Task Wrong_annotations_are_told_with_entry_and_remedy(string json, string message)
    {
        using var context = Asking(new() { Name = "street", Labels = new(FileLabelsKind.Coco, "c.json", "file", "label", null), Splits = Splits(("test", All)) }, ("/c.json", Encoding.UTF8.GetBytes(json)), ("/a.pgm", Image(1)));
        Assert.StartsWith($"The dataset `street`: {message}", await context.FailureAsync(new DatasetFiles()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"images\":[{\"id\":1,\"file_name\":\"a.pgm\"}],\"categories\":[{\"id\":1,\"name\":\"x\"},{\"id\":2,\"name\":\"x\"}],\"annotations\":[]}", "`c.json`, entry 1 of `categories` has the name `x` a second time; give each category its own")]
    [InlineData("{\"images\":[{\"id\":1,\"file_name\":\"\\ud800.pgm\"}],\"categories\":[],\"annotations\":[]}", "`c.json` has half a character (such as `\\ud800` alone) in a text; export the annotations anew")]
    [InlineData("{\"images\":[{\"id\":1,\"file_name\":\"caf\u00e9.pgm\"}],\"categories\":[],\"annotations\":[]}", "`c.json` is no text in UTF-8; convert it, e.g. by `iconv`")]
    [InlineData("{\"images\":[{\"id\":1,\"file_name\":\"a.pgm\"}],\"categories\":[{\"id\":1,\"name\":\"x\"}],\"annotations\":[{\"image_id\":1,\"category_id\":1,\"bbox\":[0,0,1e999,1]}]}", "`c.json`, entry 0 of `annotations` has no `bbox` of [left, top, width, height] with a size above 0; remove it, or correct its box")]
    public async Task Annotations_that_are_no_text_or_ambiguous_are_told(string json, string message)
    {
        using var context = Asking(new() { Name = "street", Labels = new(FileLabelsKind.Coco, "c.json", "file", "label", null), Splits = Splits(("test", All)) }, ("/c.json", Encoding.Latin1.GetBytes(json)), ("/a.pgm", Image(1)));
        Assert.Equal($"The dataset `street`: {message}", await context.FailureAsync(new DatasetFiles()));
    }

    [Fact]
    public async Task Annotations_may_begin_with_a_mark_of_byte_order()
    {
        using var context = Asking(new() { Name = "street", Labels = new(FileLabelsKind.Coco, "c.json", "file", "label", null), Splits = Splits(("test", All)) },
            ("/c.json", Encoding.UTF8.GetBytes("\uFEFF{\"images\":[{\"id\":1,\"file_name\":\"a.pgm\"}],\"categories\":[{\"id\":1,\"name\":\"x\"}],\"annotations\":[]}")), ("/a.pgm", Image(1)));
        await context.RunAsync(new DatasetFiles());
        Assert.Equal("a.pgm\tboxes:\n", context.TextOf("test", "test/labels.tsv"));
    }

    [Fact]
    public async Task Labels_in_another_encoding_and_half_characters_are_told()
    {
        using var table = Asking(new() { Name = "parts", Labels = Csv, Splits = Splits(("test", All)) }, ("/labels.csv", Encoding.Latin1.GetBytes("file,label\na.pgm,\u00c9crou\n")), ("/a.pgm", Image(1)));
        Assert.Equal("The dataset `parts`: `labels.csv` is no text in UTF-8; convert it, e.g. by `iconv`", await table.FailureAsync(new DatasetFiles()));
        using var lines = Asking(new() { Name = "parts", Labels = new(FileLabelsKind.JsonLines, "l.jsonl", "file", "label", null), Splits = Splits(("test", All)) }, ("/l.jsonl", "{\"file\":\"a.pgm\",\"label\":\"x\"}\n{\"file\":\"\\ud800\",\"label\":\"x\"}\n"u8.ToArray()), ("/a.pgm", Image(1)));
        Assert.Equal("The dataset `parts`: `l.jsonl`, line 2 has half a character (such as `\\ud800` alone) in a text; write the lines anew", await lines.FailureAsync(new DatasetFiles()));
    }

    [Fact]
    public async Task A_map_that_is_a_photograph_is_refused()
    {
        var request = new DatasetFilesRequest { Name = "roads", Labels = Csv with { Label = "mask", Meaning = FileLabelMeaning.Map }, Splits = Splits(("test", All)) };
        using var context = Asking(request, ("/labels.csv", "file,mask\na.pgm,a.jpg\n"u8.ToArray()), ("/a.pgm", Image(1)), ("/a.jpg", Image(2)));
        Assert.Equal("The dataset `roads`: `labels.csv`, line 2 names the map `a.jpg`, but a JPEG does not keep samples, which are the classes, as they are; save a gray PNG", await context.FailureAsync(new DatasetFiles()));
    }

    [Fact]
    public async Task A_damaged_photograph_is_told_by_its_name_and_a_stray_one_too()
    {
        var request = new DatasetFilesRequest { Name = "parts", Labels = ByFolder, Splits = Splits(("test", All)) };
        using var damaged = Asking(request, ("/nut/a.jpg", [0xFF, 0xD8, 0xFF, 0xC0, 0, 17]), ("/nut/b.pgm", Image(1)));
        Assert.StartsWith("The dataset `parts`: `nut/a.jpg` is not a usable JPEG image: ", await damaged.FailureAsync(new DatasetFiles()), StringComparison.Ordinal);
        using var stray = Asking(request, ("/a.pgm", Image(1)), ("/nut/b.pgm", Image(2)));
        Assert.Equal("The dataset `parts`: `a.pgm` lies in no folder of a class; move it into one, or write `labels: none`", await stray.FailureAsync(new DatasetFiles()));
        using var disguised = Asking(request, ("/nut/a.png", "GIF89a"u8.ToArray()), ("/nut/b.pgm", Image(2)));
        Assert.Contains("`nut/a.png` is no image that is read", await disguised.FailureAsync(new DatasetFiles()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_class_folders_and_links_out_of_the_source_are_told()
    {
        var request = new DatasetFilesRequest { Name = "parts", Labels = ByFolder, Splits = Splits(("test", All)) };
        using var empty = new TestContext().Asking(request).WithModes("/source", ("/nut/a.pgm", Encoding.Latin1.GetString(Image(1)), "0644"), ("/bolt/", "", "0755"));
        Assert.Equal("The dataset `parts`: the folder `bolt` of a class has no file that is read; fill it, or remove it", await empty.FailureAsync(new DatasetFiles()));
        using var links = new TestContext().Asking(request).WithLinks("/source", [("/nut/in.pgm", "a.pgm"), ("/nut/out.pgm", "../../../../etc/passwd")], ("/nut/a.pgm", Image(1)));
        Assert.Equal("The dataset `parts`: `nut/out.pgm` is a link to `../../../../etc/passwd`, where the source has no file; lay the file itself there", await links.FailureAsync(new DatasetFiles()));
    }

    private static TestContext Asking(DatasetFilesRequest request, params (string Path, byte[] Bytes)[] files) => new TestContext().Asking(request).WithBytes("/source", files);

    private static ImmutableSortedDictionary<string, FileSplit> Splits(params (string Name, FileSplit Split)[] splits) => splits.ToImmutableSortedDictionary(s => s.Name, s => s.Split, StringComparer.Ordinal);

    private static string[] Names(TestContext context, string split) => [.. context.TextOf(split, $"{split}/labels.tsv").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t')[0])];

    /// <summary>4 x 2 gray pixels, other ones for each number.</summary>
    private static byte[] Image(int number) => [.. "P5 4 2 255\n"u8, (byte)(number & 127), (byte)(number >> 7 & 127), 1, 2, 3, 4, 5, 6];

    private static byte[] Wav(int rate)
    {
        var path = Path.GetTempFileName();
        WavWriter.Write(path, new(rate, new NoiseGenerator(1).Take(rate / 10, 0.5f)));
        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return bytes;
    }

    private sealed class Tree(TestContext context, string output) : IDatasetFiles
    {
        private readonly Engine.Store.StoredTree tree = new(context.Store, context.Outputs[output].Digest);

        public IEnumerable<string> Folders => tree.Folders("");

        public byte[]? Read(string path) => tree.Read(path);
    }
}
