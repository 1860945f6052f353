// How datasets from files, spectrograms and tokenizers become actions.

using Imagecraft.Engine.Actions;
using Imagecraft.Onnx.Data;
using Imagecraft.Planning.Recipes;
using Imagecraft.Requests.Datasets;
using Imagecraft.Requests.Models;

namespace Imagecraft.Planning.Tests;

public class DatasetFilesPlanTests
{
    private static readonly (string Path, string Text)[] Networks =
    [
        ("images/base.yaml", "image: base\npackages: [ tool ]\nmodels: [ net, reader ]\n"),
        ("models/net.yaml", $"model: net\nversion: 1\nlicense: MIT\nsource: {{ url: \"npm:m@1/m.onnx\", sha256: {new string('a', 64)} }}\npreprocess: {{ fit: letterbox, channels: rgb, colour: [ 0 ] }}\nlabels: [ nut, bolt ]\nquantize: {{ method: static, calibration: {{ dataset: parts, split: train, count: 9 }} }}\nevaluate: {{ dataset: parts, split: test, metric: top-1, min: 0.9 }}\n"),
        ("models/reader.yaml", $"model: reader\nversion: 1\nlicense: MIT\nsource: {{ url: \"npm:m@1/r.onnx\", sha256: {new string('c', 64)} }}\ntokenizer: {{ kind: bpe, vocabulary: {{ url: \"file:vocab.json\" }}, merges: {{ url: \"file:merges.txt\" }} }}\nevaluate: {{ dataset: mails, split: test, metric: top-1, min: 0.9 }}\n"),
        ("models/parts/dataset.yaml", "dataset: parts\nlicense: MIT\nfiles:\n  source: { url: \"file:photos\" }\n  labels: folder\n  splits: { train: { share: 0.25 }, test: { share: 0.75 } }\n"),
        ("models/mails.yaml", $"dataset: mails\nlicense: MIT\nfiles:\n  source: {{ url: \"https://example.org/mails.tbz2\", sha256: {new string('d', 64)} }}\n  labels: {{ csv: mails.csv, text: body }}\n  splits: {{ test: {{ share: 1 }} }}\n"),
    ];

    private static ImageBuild Plan(params (string Path, string Text)[] changes)
    {
        var plan = TestPlans.Plan([.. Networks, .. changes]);
        Assert.Equal([], plan.Diagnostics);
        return plan;
    }

    [Fact]
    public void A_folder_is_taken_as_it_lies_and_each_split_is_an_output_of_its_own()
    {
        var plan = Plan();
        var source = Assert.IsType<InputSource.Local>(plan.Graph!.Nodes[new("dataset:parts:source")].Inputs.Single(i => i.MountPath == "/source/000").Source);
        Assert.Equal("/workspace/models/parts/photos", source.HostPath);
        Assert.Equal(["test", "train"], plan.Graph.Nodes[new("dataset:parts")].Outputs.Select(o => o.Name));
        Assert.Equal("train", Output(plan, "net@int8:quantize", "/calibration"));
        Assert.Equal("test", Output(plan, "net@int8:evaluate", "/dataset"));
        Assert.Equal((FileLabelsKind.Folder, 0.75), (plan.Request<DatasetFilesRequest>("dataset:parts").Labels.Kind, plan.Request<DatasetFilesRequest>("dataset:parts").Splits["test"].Share));
    }

    [Fact]
    public void An_archive_is_fetched_and_unpacked_without_dropping_folders()
    {
        var plan = Plan();
        var part = Assert.Single(plan.Request<Requests.Sources.AssembleSourceRequest>("dataset:mails:source").Parts);
        Assert.Equal(("mails.tbz2", true, 0), (part.FileName, part.Unpack, part.Strip));
        Assert.Equal("body", plan.Request<DatasetFilesRequest>("dataset:mails").Labels.Text);
    }

    [Fact]
    public void Whoever_runs_a_network_is_told_its_preprocessing_and_given_its_vocabulary()
    {
        var plan = Plan();
        var images = plan.Request<OnnxEvaluateRequest>("net@int8:evaluate").Form.Preprocess!;
        Assert.Equal((ImageFit.Letterbox, ImagePlace.Centre, 0, 255.0), (images.Fit, images.Place, images.Colour[0], images.Scale));
        foreach (var step in new[] { "reader:prepare", "reader@float:evaluate", "reader:golden" })
            Assert.Superset(new HashSet<string> { "/tokenizer/vocabulary", "/tokenizer/merges" }, plan.InputsOf(step).Select(i => i.Mount).ToHashSet());
        Assert.Equal(TokenizerKind.Bpe, plan.Request<OnnxPrepareRequest>("reader:prepare").Form.Tokenizer!.Kind);
    }

    [Fact]
    public void Only_who_looks_at_labels_is_told_the_classes()
    {
        var plan = Plan();
        Assert.Equal(["nut", "bolt"], plan.Request<OnnxEvaluateRequest>("net@int8:evaluate").Form.Classes!.Value);
        Assert.Equal(["nut", "bolt"], plan.Request<OnnxQuantizeRequest>("net@int8:quantize").Form.Classes!.Value);
        Assert.Null(plan.Request<OnnxPrepareRequest>("net:prepare").Form.Classes);
    }

    [Fact]
    public void A_supplied_folder_is_taken_and_one_that_is_missing_says_where_to_get_it()
    {
        var supplied = ("models/parts/dataset.yaml", "dataset: parts\nlicense: MIT\nfiles:\n  source: { url: \"supplied:photos\", obtain: \"Ask the photographer\" }\n  labels: folder\n  splits: { train: { share: 0.25 }, test: { share: 0.75 } }\n");
        var workspace = TestPlans.Workspace([.. Networks, supplied]);
        ImageBuild With(LocalFile file) => Planner.Plan(workspace, TestPlans.Lock, new PlanOptions("/workspace", "amd64", TestPlans.Sdk) { Look = (_, _) => file }, "virt", null);
        Assert.Empty(With(new LocalFile.Unreadable("is a folder") { IsFolder = true }).Diagnostics);
        var problem = Assert.Single(With(new LocalFile.Missing()).Diagnostics);
        Assert.Equal(("`parts` needs the file `supplied/photos`, which only you can supply", "Ask the photographer"), (problem.Message, problem.Hint));
    }

    private static string Output(ImageBuild plan, string action, string mount) => Assert.IsType<InputSource.OutputOf>(plan.Graph!.Nodes[new(action)].Inputs.Single(i => i.MountPath == mount).Source).Output;
}
