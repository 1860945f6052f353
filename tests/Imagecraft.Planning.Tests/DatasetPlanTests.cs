// How datasets and the models that use them become actions.

using System.Collections.Immutable;
using System.Diagnostics;
using Imagecraft.Engine.Actions;
using Imagecraft.Planning.Recipes;
using Imagecraft.Requests.Datasets;
using Imagecraft.Requests.Models;

namespace Imagecraft.Planning.Tests;

public class DatasetPlanTests
{
    private static readonly (string Path, string Text)[] Networks =
    [
        ("images/base.yaml", "image: base\npackages: [ tool ]\nmodels: [ net, ear ]\n"),
        ("models/net.yaml", $"model: net\nversion: 1\nlicense: MIT\nsource: {{ url: \"npm:m@1/m.onnx\", sha256: {new string('a', 64)} }}\npreprocess: {{ channels: gray, mean: [ 0.5 ] }}\nlabels: [ shirt, shoe ]\nevaluate: {{ dataset: clothes, split: test, metric: top-1, min: 0.9 }}\ngolden: {{ dataset: lines, split: test, count: 3 }}\n"),
        ("models/ear.yaml", $"model: ear\nversion: 1\nlicense: MIT\nsource: {{ url: \"npm:m@1/e.onnx\", sha256: {new string('c', 64)} }}\nevaluate: {{ dataset: voices, split: test, metric: roc-auc, max-drop: 0.005 }}\n"),
        ("models/clothes.yaml", "dataset: clothes\nlicense: MIT\nidx:\n  package: { feed: trixie, name: dataset-clothes }\n  splits: { test: { images: /usr/images.gz, labels: /usr/labels.gz } }\n"),
        ("models/voices.yaml", "dataset: voices\nlicense: MIT\naudio:\n  splits:\n    test: { voices: [ en, de ], texts: [ Hello, Bye, See you ], noises: [ { kind: white, seed: 1 }, { kind: hum } ], signal-to-noise: [ 0, 10 ], noise-alone: 2 }\n"),
        ("models/lines.yaml", "dataset: lines\nlicense: MIT\ntext:\n  toolroot: drawing\n  splits:\n    test: { fonts: [ /usr/a.ttf, /usr/b.ttf ], sizes: [ 20 ], texts: [ Good morning, Bye ] }\n"),
        ("recipes/audio.yaml", "toolroot: audio\nfeed: trixie\npackages: [ espeak-ng ]\n"),
        ("recipes/drawing.yaml", "toolroot: drawing\nfeed: trixie\npackages: [ graphicsmagick ]\n"),
    ];

    private static ImageBuild Plan()
    {
        var plan = TestPlans.Plan(Networks);
        Assert.Equal([], plan.Diagnostics);
        return plan;
    }

    [Fact]
    public void A_package_of_IDX_files_is_pinned_taken_and_laid_out_by_split()
    {
        var plan = Plan();
        Assert.Contains(plan.InputsOf("dataset:clothes:package"), input => input.Reason == "package dataset-clothes 1 of the set");
        Assert.Equal("/usr/labels.gz", plan.Request<DatasetIdxRequest>("dataset:clothes").Splits["test"].Labels);
        Assert.Contains(LockSets.Debian(TestPlans.Workspace(Networks), "amd64", _ => true), request => request.Name == "dataset/clothes");
    }

    [Fact]
    public void Every_text_is_spoken_by_every_voice_while_noises_and_ratios_take_turns()
    {
        var plan = Plan();
        Assert.Equal(6, plan.Process("dataset:voices:speech").Arguments.Count(argument => argument == "/imagecraft/speak"));
        var items = plan.Request<DatasetAudioRequest>("dataset:voices").Items;
        Assert.Equal(["white 0", "hum 0", "white 10", "hum 10", "white 0", "hum 0", "white 0", "hum 0"], items.Select(item => $"{item.Noise} {item.Decibel}"));
        Assert.Equal(8, items.Select(item => item.Name).Distinct().Count());
        Assert.Equal(8, items.Select(item => (item.Noise, item.Seed)).Distinct().Count());
        Assert.Equal(2, items.Count(item => item.Speech is null));
    }

    // The script of the plan, with a program that only notes what it is told.
    [Theory]
    [InlineData("en+calm", 0, "-v en+calm -w out.wav Good morning\n")]
    [InlineData("en+windy", 1, "The voice `en+windy` breathes, with noise that differs each time; take one without, such as `en+f1` or `en+m2`\n")]
    public void A_voice_that_never_sounds_the_same_twice_is_refused(string voice, int code, string said)
    {
        var folder = Directory.CreateTempSubdirectory("imagecraft-voices-").FullName;
        var variants = Directory.CreateDirectory(Path.Combine(folder, "espeak-ng-data/voices/!v")).FullName;
        File.WriteAllText(Path.Combine(variants, "calm"), "name calm\n//breath 0 2\necho 120 10\n");
        File.WriteAllText(Path.Combine(variants, "windy"), "name windy\nbreath 0 2 3\n");
        File.WriteAllText(Path.Combine(folder, "espeak-ng"), "#!/bin/sh\necho \"$@\"\n");
        File.SetUnixFileMode(Path.Combine(folder, "espeak-ng"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(folder, "speak"), Assert.IsType<InputSource.Inline>(Plan().Graph!.Nodes[new("dataset:voices:speech")].Inputs.Single(input => input.MountPath == "/imagecraft/speak").Source).Text);
        var start = new ProcessStartInfo("bash", [Path.Combine(folder, "speak"), voice, "out.wav", "Good morning"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{folder}:{start.Environment["PATH"]}";
        start.Environment["ESPEAK_DATA_PATH"] = folder;
        using var process = Process.Start(start)!;
        Assert.Equal(said, process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd());
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(code, process.ExitCode);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Every_line_is_drawn_in_every_font()
    {
        var plan = Plan();
        var batch = Assert.IsType<InputSource.Inline>(plan.Graph!.Nodes[new("dataset:lines:draw")].Inputs.Single(input => input.MountPath == "/imagecraft/draw").Source).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, batch.Distinct().Count());
        Assert.Equal("convert -background white -fill black -font /usr/b.ttf -pointsize 20 \"label:Bye\" -type Grayscale -depth 8 /out/lines/test-0001.pgm", batch[1]);
        Assert.Equal("test-0001.pgm", plan.Request<DatasetTextRequest>("dataset:lines").Splits[0].Files[1]);
    }

    [Fact]
    public void Lines_with_words_carry_what_is_drawn_and_the_gate_gets_what_classes_write()
    {
        var plan = TestPlans.Plan([
            .. Networks.Select(file => file.Path switch
            {
                "models/lines.yaml" => (file.Path, file.Text.Replace("fonts:", "labels: words, fonts:", StringComparison.Ordinal)),
                "models/net.yaml" => (file.Path, file.Text.Replace("dataset: clothes, split: test, metric: top-1, min: 0.9", $"dataset: lines, split: test, metric: cer, max-drop: 0.1, alphabet: {{ source: {{ url: \"npm:m@1/keys.txt\", sha256: {new string('b', 64)} }}, more: [ \" \" ] }}", StringComparison.Ordinal)),
                _ => file,
            })]);
        Assert.Equal([], plan.Diagnostics);
        Assert.Equal(["Good morning", "Bye", "Good morning", "Bye"], plan.Request<DatasetTextRequest>("dataset:lines").Splits[0].Words!.Value);
        Assert.Equal([" "], plan.Request<OnnxEvaluateRequest>("net@float:evaluate").Goal.MoreAlphabet!.Value);
        Assert.Contains(("/alphabet", "what its classes write"), plan.InputsOf("net@float:evaluate"));
    }

    [Fact]
    public void A_network_is_judged_before_its_golden_outputs_and_the_figures_go_to_its_card()
    {
        var plan = Plan();
        Assert.Contains(("/dataset", "the test data of clothes"), plan.InputsOf("net@float:evaluate"));
        Assert.Contains(("/accuracy.json", "the figures on the card"), plan.InputsOf("net:golden"));
        Assert.Contains(("/golden", "golden frames of lines"), plan.InputsOf("net:golden"));
        var whole = plan.Request<OnnxGoldenRequest>("net:golden");
        Assert.Equal((3, "shoe"), (whole.Samples.Golden!.Count, whole.Labels[1]));
    }

    [Fact]
    public void Words_for_the_card_neither_prepare_nor_judge_a_network_anew()
    {
        var other = TestPlans.Plan([.. Networks, ("models/net.yaml", Networks[1].Text + "origin: elsewhere\ntrained-on: other clothes\n")]);
        foreach (var (step, same) in new[] { ("net:prepare", true), ("net:fuse", true), ("net@float:evaluate", true), ("net:golden", false) })
            Assert.Equal(same, Plan().RequestText(step) == other.RequestText(step));
    }
}
