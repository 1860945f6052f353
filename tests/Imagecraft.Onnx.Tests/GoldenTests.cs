// Golden frames for any network, and the rules by which outputs are held against them.

using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.Onnx.Audio;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Golden;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Tests.Quantization;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Tests;

public sealed class GoldenTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    static ModelOptions Typed => new()
    {
        Name = "typed",
        Version = "1",
        License = "MIT",
        Carry = ImmutableSortedDictionary<string, string>.Empty.Add("state", "next").Add("memory", "remembered"),
    };

    static ModelOptions Plain => new() { Name = "net", Version = "1", License = "MIT" };

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_network_of_any_inputs_gets_golden_frames_by_itself()
    {
        OnnxFile.Write(TypedModel.Make(), folder["source.onnx"]);
        ModelBuilder.Prepare(folder["source.onnx"], folder["model.onnx"], (Func<TensorPort, IReadOnlyList<LabelledSequence>>?)null, Typed with { Optimize = OptimizationLevel.Extended }, folder.Root, TestContext.Current.CancellationToken);
        var result = Assert.Single(Golden(folder["source.onnx"], folder["model.onnx"], Typed));

        Assert.Equal(("noise", 16), (result.Sample, result.Frames));
        Assert.Equal(["ids.npy", "image.npy", "mask.npy", "memory.npy", "state.npy"], Names("noise/inputs"));
        Assert.Equal(["best.npy", "head%2Fscores.npy", "head_scores.npy", "next.npy", "remembered.npy"], Names("noise/expected"));
        Assert.Contains("'descr': '<i8', 'fortran_order': False, 'shape': (16, 1, 4)", Text("noise/inputs/ids.npy"), StringComparison.Ordinal);
        Assert.Contains("'descr': '|b1'", Text("noise/inputs/mask.npy"), StringComparison.Ordinal);
        Assert.Contains("'descr': '|u1', 'fortran_order': False, 'shape': (16, 1, 2, 2, 3)", Text("noise/inputs/image.npy"), StringComparison.Ordinal);
        // Steps of 3, sixteen of them.
        Assert.Equal(48, BitConverter.ToInt32(File.ReadAllBytes(folder["out/golden/noise/expected/remembered.npy"]).AsSpan(^4)));
        // The mean of the first output that is not carried: states 0 to 15, and something for the tokens. That of the states alone would be 16.
        Assert.InRange(result.Mean, 7.5, 8.4);
        using var card = Card();
        Assert.Equal(0, card.RootElement.GetProperty("tolerance").GetProperty("best").GetProperty("relative").GetDouble());
        Assert.Equal(1e-4, card.RootElement.GetProperty("tolerance").GetProperty(TypedModel.Scores).GetProperty("relative").GetDouble());
    }

    [Fact]
    public void Generated_indices_stay_within_the_table_and_masks_hide_not_all()
    {
        var frames = GeneratedFrames.Make(TypedModel.Make(), [new("ids", "int64", [1, 500]), new("mask", "bool", [1, 4]), new("image", "uint8", [1, 4, 4, 3]), new("kinds", "int32", [1, 100])], carries: false);
        var ids = frames.Inputs["ids"].Floats().Values;
        Assert.Equal((0, TypedModel.Vocabulary - 1), (ids.Min(), ids.Max()));
        Assert.Equal((1, 1), (frames.Inputs["mask"].Slice(0).At(0), frames.Inputs["mask"].Slice(1).At(0)));
        Assert.InRange(frames.Inputs["image"].Floats().Values.Max(), 200, 255);
        Assert.Equal([0f, 1], frames.Inputs["kinds"].Floats().Values.Distinct().Order());
        Assert.Equal(frames.Inputs["ids"].Bytes, GeneratedFrames.Make(TypedModel.Make(), [new("ids", "int64", [1, 500])], carries: false).Inputs["ids"].Bytes);
    }

    [Fact]
    public void A_second_head_that_computes_something_else_is_refused_by_name()
    {
        OnnxFile.Write(TypedModel.Make(), folder["source.onnx"]);
        OnnxFile.Write(TypedModel.Make(gain: 0), folder["model.onnx"]);
        var problem = Assert.Throws<OnnxException>(() => Golden(folder["source.onnx"], folder["model.onnx"], Typed));
        Assert.Contains($"in the output `{TypedModel.Means}` on the sample `noise`", problem.Message, StringComparison.Ordinal);
        var pass = Assert.Throws<OnnxException>(() => new PassRunner(Typed).Run(TypedModel.Make(), [], [new Replace(TypedModel.Make(gain: 0))], [], TestContext.Current.CancellationToken));
        Assert.Contains($"The pass `replace` changes the outputs of `typed` by ", pass.Message, StringComparison.Ordinal);
        Assert.Contains($"(`{TypedModel.Means}`)", pass.Message, StringComparison.Ordinal);
    }

    [Theory]
    // Outputs of thousands that differ by 3e-7 of themselves are the same.
    [InlineData(3000, 1 + 3e-7, true)]
    [InlineData(3000, 1.001, false)]
    // An embedding of small values is held to its own size.
    [InlineData(0.02, 1.01, false)]
    [InlineData(0.02, 1 + 1e-6, true)]
    public void The_usual_tolerance_goes_by_the_size_of_outputs(double size, double factor, bool passes)
    {
        OnnxFile.Write(Scaled((float)size), folder["source.onnx"]);
        OnnxFile.Write(Scaled((float)(size * factor)), folder["model.onnx"]);
        if (passes)
            Golden(folder["source.onnx"], folder["model.onnx"], Plain);
        else
            Assert.Contains("choose a lower `optimize` level or a larger `tolerance`", Assert.Throws<OnnxException>(() => Golden(folder["source.onnx"], folder["model.onnx"], Plain)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Outliers_may_pass_the_bound_up_to_their_worst_and_no_number_never()
    {
        var expected = new Dictionary<string, TypedTensor> { ["y"] = Floats(1, 2, 3, 4) };
        bool Passes(OutputTolerance rule, params float[] actual) => Closeness.Of(expected, new Dictionary<string, TypedTensor> { ["y"] = Floats(actual) }, new() { All = rule })[0].Passes;
        Assert.True(Passes(new(0.1, 0, 0.25, 5), 1, 2, 3, 8.9f));
        Assert.False(Passes(new(0.1, 0, 0.25, 5), 1, 2, 3, 9.1f));
        Assert.False(Passes(new(0.1, 0, 0.25, 5), 1, 2, 4, 5));
        Assert.False(Passes(new(0.1, 0, 0.5, 1e9), 1, 2, 3, float.NaN));
        Assert.False(Passes(new(0.1, 0, 0.5, 1e9), 1, 2, 3, float.PositiveInfinity));
    }

    [Fact]
    public void The_tolerance_of_integers_is_what_the_build_measured()
    {
        OnnxFile.Write(Scaled(1), folder["source.onnx"]);
        OnnxFile.Write(Scaled(1.01f), folder["model.onnx"]);
        var deviation = Assert.Single(Golden(folder["source.onnx"], folder["model.onnx"], Plain, new() { Quantization = "{}" })).Deviation;
        using var card = Card();
        var absolute = card.RootElement.GetProperty("tolerance").GetProperty("y").GetProperty("absolute").GetDouble();
        Assert.InRange(absolute, deviation, deviation * 1.1);
        // What the recipe says comes first.
        Directory.Delete(folder["out"], recursive: true);
        Golden(folder["source.onnx"], folder["model.onnx"], Plain with { Tolerance = 0.25 }, new() { Quantization = "{}" });
        using var own = Card();
        Assert.Equal(0.25, own.RootElement.GetProperty("tolerance").GetProperty("y").GetProperty("absolute").GetDouble());
    }

    [Fact]
    public void A_head_of_which_quantization_leaves_nothing_is_refused_unless_the_recipe_allows_it()
    {
        OnnxFile.Write(Heads(2), folder["source.onnx"]);
        OnnxFile.Write(Heads(0), folder["model.onnx"]);
        IReadOnlyList<LabelledSequence> Data(TensorPort input) => [new("some", new([2, 1, 3], [1, 2, 3, 4, 5, 6]), [])];
        void Make(ModelOptions options, string model) => ModelBuilder.MakeGolden(folder["source.onnx"], folder[model], Data, new() { Quantization = "{}" }, folder["out"], options, folder.Root, TestContext.Current.CancellationToken);
        Assert.Contains("Quantization leaves next to nothing of the output `z` of `net`", Assert.Throws<OnnxException>(() => Make(Plain, "model.onnx")).Message, StringComparison.Ordinal);
        Make(Plain with { Tolerance = new() { Outputs = ImmutableSortedDictionary<string, OutputTolerance>.Empty.Add("z", new(20)) } }, "model.onnx");
        OnnxFile.Write(Heads(1.9f), folder["near.onnx"]);
        Make(Plain, "near.onnx");

        static ModelProto Heads(float second)
        {
            var net = new TestNetwork(1, 3);
            net.Node("Mul", ["x", net.Constant("one", [1], 1)], "y");
            net.Node("Mul", ["x", net.Constant("second", [second], 1)], "z");
            return net.Build("y", "z");
        }
    }

    [Theory]
    [InlineData("top-1", null, "arg-max", 0, 1)]
    [InlineData("roc-auc", null, "side", 0, 1)]
    [InlineData("iou", null, "overlap", 0.3, 0.98)]
    [InlineData("iou", 0.6, "overlap", 0.6, 0.98)]
    [InlineData("cosine", null, "direction", 0, 0.999)]
    public void The_card_tells_what_is_decided_by_the_output(string metric, double? threshold, string kind, double told, double least)
    {
        OnnxFile.Write(Scaled(1), folder["source.onnx"]);
        Golden(folder["source.onnx"], folder["source.onnx"], Plain with { Goal = new(metric, threshold) });
        using var card = Card();
        var decision = card.RootElement.GetProperty("decision");
        Assert.Equal((metric, "y", kind, told, least), (decision.GetProperty("metric").GetString(), decision.GetProperty("output").GetString(), decision.GetProperty("kind").GetString(), decision.GetProperty("threshold").GetDouble(), decision.GetProperty("least").GetDouble()));
    }

    [Theory]
    [InlineData(new long[] { 1, 3, 2, 2 }, "map-arg-max")]
    [InlineData(new long[] { 3, 2, 2 }, "map-arg-max")]
    [InlineData(new long[] { 1, 1, 4, 3 }, "overlap")]
    [InlineData(new long[] { 1, 4, 3 }, "overlap")]
    [InlineData(new long[] { 1, 4, 3, 1 }, "overlap")]
    [InlineData(new long[] { 4, 3, 1 }, "overlap")]
    public void Maps_of_several_classes_are_decided_by_the_largest_at_each_pixel(long[] shape, string kind)
    {
        var net = new TestNetwork(shape);
        net.Node("Neg", ["x"], "y");
        OnnxFile.Write(net.Build("y"), folder["source.onnx"]);
        ModelBuilder.MakeGolden(folder["source.onnx"], folder["source.onnx"], null, new(), folder["out"], Plain with { Goal = new("iou", null) }, folder.Root, TestContext.Current.CancellationToken);
        using var card = Card();
        var decision = card.RootElement.GetProperty("decision");
        Assert.Equal((kind, 0.98), (decision.GetProperty("kind").GetString(), decision.GetProperty("least").GetDouble()));
    }

    [Fact]
    public void As_many_labels_as_classes_are_needed()
    {
        OnnxFile.Write(Scaled(1), folder["source.onnx"]);
        var problem = Assert.Throws<OnnxException>(() => Golden(folder["source.onnx"], folder["source.onnx"], Plain with { Labels = ["a", "b"], Goal = new("top-1", null) }));
        Assert.Equal("`labels` of `net` has 2 names, but its output `y` of the shape [1, 3] tells 3 classes; give one name for each, in the order of the classes", problem.Message);
        Assert.Contains("has 4 names", Assert.Throws<OnnxException>(() => Golden(folder["source.onnx"], folder["source.onnx"], Plain with { Labels = ["a", "b", "c", "d"] })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 1, "Frame 1 of `some` of the dataset `clothes/test` has the label 3, but the network tells the classes 0 to 2")]
    [InlineData(-1, 1, "has the label -1")]
    [InlineData(1, 2, "has 2 frames, but 3 labels")]
    public void A_label_that_no_output_can_match_is_named(float label, int surplus, string message)
    {
        OnnxFile.Write(Scaled(1), folder["source.onnx"]);
        var sequence = new LabelledSequence("some", new([2, 1, 3], new float[6]), [0, .. Enumerable.Repeat(label, surplus)]);
        var problem = Assert.Throws<OnnxException>(() => new AccuracyGate(folder["source.onnx"], Plain, new(Metric.Named("top-1"), 0, null), [sequence], "clothes/test", TestContext.Current.CancellationToken));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sounds_that_would_take_too_much_memory_are_refused_before_they_do()
    {
        AudioSample Silence(int rate, int samples) => new("long", new(rate, new float[samples]));
        var slow = Assert.Throws<OnnxException>(() => Framing.Cut(Silence(1000, 5_000_000), new("x", "float32", [1, 512]), 0, 16000));
        Assert.Equal("The sample `long` would have 80000000 samples at 16000 Hz, more than the 67108864 that are computed; cut it, or leave it out", slow.Message);
        var overlapping = Assert.Throws<OnnxException>(() => Framing.Cut(Silence(16000, 5_000_000), new("x", "float32", [1, 512]), 511, 16000));
        Assert.Equal("The frames of the sample `long` would have 2560000000 values altogether, more than the 134217728 that are computed; cut it, or let frames overlap less", overlapping.Message);
        var spectrogram = Plain with { Spectrogram = new() { Window = 400, Fft = 400, Hop = 1, Mels = 80 } };
        Assert.Contains("would have 400000080 values altogether", Assert.Throws<OnnxException>(() => Framing.Cut(Silence(16000, 5_000_000), new("x", "float32", [1, 80, 100]), spectrogram)).Message, StringComparison.Ordinal);
        spectrogram = Plain with { Spectrogram = new() { Window = 400, Fft = 400, Hop = 1 << 20, Mels = 80 } };
        Assert.Equal("A frame of the input `x` takes 5000 windows, 5242880000 samples of sound, more than the 67108864 that are computed; correct `hop` in `spectrogram`, or `shapes`", Assert.Throws<OnnxException>(() => Framing.Cut(Silence(16000, 500), new("x", "float32", [1, 80, 5000]), spectrogram)).Message);
    }

    [Fact]
    public void Two_samples_of_one_name_are_refused()
    {
        OnnxFile.Write(Scaled(1), folder["source.onnx"]);
        IReadOnlyList<LabelledSequence> Twice(TensorPort input) => [new("one", new([1, 1, 3], [1, 2, 3]), []), new("one", new([1, 1, 3], [4, 5, 6]), [])];
        var problem = Assert.Throws<OnnxException>(() => ModelBuilder.MakeGolden(folder["source.onnx"], folder["source.onnx"], Twice, new(), folder["out"], Plain, folder.Root, TestContext.Current.CancellationToken));
        Assert.Contains("Two samples of `net` have the name `one`", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tolerance_for_an_output_that_is_not_there_lists_those_that_are()
    {
        OnnxFile.Write(Scaled(1), folder["source.onnx"]);
        var options = Plain with { Tolerance = new() { Outputs = ImmutableSortedDictionary<string, OutputTolerance>.Empty.Add("z", new(1)) } };
        Assert.Equal("`tolerance` of `net` names the output `z`, but it has [y]", Assert.Throws<OnnxException>(() => Golden(folder["source.onnx"], folder["source.onnx"], options)).Message);
    }

    [Fact]
    public void An_output_whose_shape_its_values_decide_is_told_with_the_remedy()
    {
        var net = new TestNetwork(1, 40);
        net.Node("Relu", ["x"], "r");
        net.Node("NonZero", ["r"], "y");
        var model = net.Build("y");
        model.Graph.Output[0].Type.TensorType.ElemType = (int)ElementType.Int64;
        OnnxFile.Write(model, folder["source.onnx"]);
        Assert.Contains("Output `y` of `net` changes its shape between frames", Assert.Throws<OnnxException>(() => Golden(folder["source.onnx"], folder["source.onnx"], Plain)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain", "plain.npy")]
    [InlineData("a/b", "a%2Fb.npy")]
    [InlineData("a_b", "a_b.npy")]
    [InlineData("a%2Fb", "a%252Fb.npy")]
    public void Every_tensor_has_a_file_name_of_its_own(string tensor, string name) => Assert.Equal(name, GoldenNames.Of(tensor));

    [Fact]
    public void Long_names_stay_apart_and_short_enough_for_a_file_system()
    {
        var (one, other) = (new string('ä', 300) + "1", new string('ä', 300) + "2");
        Assert.NotEqual(GoldenNames.Of(one), GoldenNames.Of(other));
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(GoldenNames.Of(one)), 100, 255);
    }

    [Fact]
    public void Networks_of_any_inputs_are_measured_and_a_measurement_can_be_stopped()
    {
        OnnxFile.Write(TypedModel.Make(), folder["source.onnx"]);
        Assert.True(HostLatency.Measure([new(folder["source.onnx"], LoadOptimization.All)], "typed", TimeSpan.Zero, TestContext.Current.CancellationToken)[0].Median > 0);
        // A loop that never ends by itself.
        OnnxFile.Write(Endless(), folder["endless.onnx"]);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        Assert.ThrowsAny<OperationCanceledException>(() => HostLatency.Measure([new(folder["endless.onnx"], LoadOptimization.All)], "endless", stop.Token));
        using var again = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var network = new Recurrence(new(Endless(), "endless"), ImmutableSortedDictionary<string, string>.Empty, "endless");
        Assert.ThrowsAny<OperationCanceledException>(() => network.Run(new FloatTensor([1, 1], [1]), again.Token));
    }

    static TypedTensor Floats(params float[] values) => TypedTensor.Of(new FloatTensor([1, values.Length], values), ElementType.Float);

    static ModelProto Scaled(float size)
    {
        var net = new TestNetwork(1, 3);
        net.Node("Mul", ["x", net.Constant("size", [size], 1)], "y");
        var model = net.Build("y");
        model.Graph.Output[0] = TestNetwork.Value("y", 1, 3);
        return model;
    }

    static ModelProto Endless()
    {
        var net = new TestNetwork(1);
        net.Model.Graph.Initializer.Add(TensorData.Make<long>("most", [long.MaxValue]));
        net.Model.Graph.Initializer.Add(TensorData.Make<bool>("on", [true]));
        var body = new GraphProto
        {
            Name = "body",
            Input = { Scalar("step", ElementType.Int64), Scalar("go", ElementType.Bool), TestNetwork.Value("before", 1) },
            Output = { Scalar("go-on", ElementType.Bool), TestNetwork.Value("after", 1) },
            Node = { TestModels.Node("Identity", ["go"], "go-on"), TestModels.Node("Abs", ["before"], "after") },
        };
        var loop = net.Node("Loop", ["most", "on", "x"], "y");
        loop.Attribute.Add(new AttributeProto { Name = "body", Type = AttributeProto.Types.AttributeType.Graph, G = body });
        var model = net.Build("y");
        model.Graph.Output[0] = TestNetwork.Value("y", 1);
        return model;

        static ValueInfoProto Scalar(string name, ElementType type) => new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)type, Shape = new() } } };
    }

    IReadOnlyList<SampleResult> Golden(string source, string model, ModelOptions options, CardFacts? facts = null) =>
        ModelBuilder.MakeGolden(source, model, null, facts ?? new(), folder["out"], options, folder.Root, TestContext.Current.CancellationToken);

    JsonDocument Card() => JsonDocument.Parse(File.ReadAllBytes(folder["out/card.json"]));

    string[] Names(string path) => [.. Directory.EnumerateFiles(folder[$"out/golden/{path}"]).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    string Text(string path) => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(folder[$"out/golden/{path}"]));

    sealed class Replace(ModelProto by) : IModelPass
    {
        public string Name => "replace";

        public ModelProto Apply(ModelProto model, string file) => by;
    }
}
