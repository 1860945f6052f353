// What each pass does to a model, and what it says when it cannot.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Tests.Quantization;

namespace Imagecraft.Onnx.Tests;

public sealed class PassTests
{
    static ImmutableSortedDictionary<string, ImmutableArray<long>> Shape(string input, params long[] sizes) => ImmutableSortedDictionary<string, ImmutableArray<long>>.Empty.Add(input, [.. sizes]);

    static ImmutableSortedDictionary<string, double> Constant(string input, double value) => ImmutableSortedDictionary<string, double>.Empty.Add(input, value);

    [Fact]
    public void A_fixed_shape_reaches_everything_that_shares_its_symbols()
    {
        var model = new FixShapes(Shape("x", 1, 4)).Apply(TestModels.Counter(), "m");
        Assert.Equal([1L, 4L], model.Graph.Input[0].Type.TensorType.Shape.Dim.Select(dimension => dimension.DimValue));
        Assert.Equal([1L, 4L], model.Graph.Output[0].Type.TensorType.Shape.Dim.Select(dimension => dimension.DimValue));
    }

    [Fact]
    public void A_shape_of_an_unknown_input_lists_the_inputs_there_are()
    {
        var problem = Assert.Throws<OnnxException>(() => new FixShapes(Shape("audio", 1, 4)).Apply(TestModels.Counter(), "m"));
        Assert.Equal("The model `m` has no input `audio`, it has [x, state]", problem.Message);
    }

    [Theory]
    [InlineData("x", new long[] { 4 }, "it has 2 dimensions")]
    [InlineData("state", new long[] { 1, 2 }, "dimension 1 is always 1")]
    [InlineData("x", new long[] { 0, 2 }, "sizes begin at 1")]
    public void A_shape_that_does_not_fit_says_why(string input, long[] sizes, string reason) =>
        Assert.Contains(reason, Assert.Throws<OnnxException>(() => new FixShapes(Shape(input, sizes)).Apply(TestModels.Counter(), "m")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_constant_is_an_input_no_more()
    {
        var model = new FixConstants(Constant("rate", 16000)).Apply(TestModels.Conditional(), "m");
        Assert.Equal(["x"], OnnxFile.Inputs(model).Select(input => input.Name));
        Assert.Equal(16000, BitConverter.ToInt64(model.Graph.Initializer.Single(tensor => tensor.Name == "rate").RawData.Span));
    }

    [Theory]
    [InlineData("rate", 0.5, "does not fit input `rate`")]
    [InlineData("x", 1, "is no scalar")]
    [InlineData("sr", 1, "has no input `sr`")]
    public void A_constant_that_does_not_fit_says_why(string input, double value, string reason) =>
        Assert.Contains(reason, Assert.Throws<OnnxException>(() => new FixConstants(Constant(input, value)).Apply(TestModels.Conditional(), "m")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(16000, "inner")]
    [InlineData(8000, "narrow-y")]
    public void The_branch_that_is_taken_replaces_a_decided_conditional(double rate, string survivor)
    {
        using var folder = new TemporaryFolder();
        var model = new FixConstants(Constant("rate", rate)).Apply(TestModels.Conditional(), "m");
        model = new FoldConditions().Apply(model, "m");
        Assert.Contains(model.Graph.Node, node => node.Name == survivor);
        Assert.DoesNotContain(model.Graph.Node, node => node.Name == "choice" || node.OpType == "Equal" && node.Output.Contains("is-wide"));
        Assert.DoesNotContain(model.Graph.Initializer, tensor => tensor.Name is "rate" or "wide");
    }

    [Theory]
    [InlineData(true, "SequenceConstruct, ConcatFromSequence")]
    [InlineData(false, "SequenceConstruct, ConcatFromSequence")]
    public void A_branch_that_gives_a_sequence_is_taken_below_operator_set_14(bool taken, string left)
    {
        using var folder = new TemporaryFolder();
        GraphProto Made(string prefix) => new()
        {
            Name = prefix,
            // One branch makes the sequence, and names a value as the conditional names its result; the other passes on one from outside.
            Node = { taken ? [TestModels.Node("Neg", ["x"], "s"), TestModels.Node("SequenceConstruct", ["x", "s"], $"{prefix}-s")] : Array.Empty<NodeProto>() },
            Output = { new ValueInfoProto { Name = taken ? $"{prefix}-s" : "outside" } },
        };
        var model = TestModels.Chain(11, [2, 3],
            [TestModels.Node("SequenceConstruct", ["x", "x"], "outside"), TestModels.If("choice", "yes", "s", Made("then"), Made("else")), TestModels.Node("ConcatFromSequence", ["s"], "y").With("axis", 0L)],
            new TensorProto { Name = "yes", DataType = (int)TensorProto.Types.DataType.Bool, RawData = Google.Protobuf.ByteString.CopyFrom(1) });
        model = new InferShapes(folder.Root).Apply(new FoldConditions().Apply(model, "m"), "m");
        Assert.Equal(left, string.Join(", ", model.Types().Where(type => type != "Neg")));
        Assert.Equal([4, 3], Conformance.ConformanceRun.Run(model, new Dictionary<string, TensorProto> { ["x"] = TestModels.Weights("x", 2, 3) })[0].Dims);
    }

    [Fact]
    public void A_conditional_on_an_input_stays()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(new FoldConditions().Apply(TestModels.Conditional(), "m").Graph.Node, node => node.Name == "choice");
    }

    [Fact]
    public void A_pass_that_changes_the_outputs_is_named()
    {
        using var folder = new TemporaryFolder();
        var runner = new PassRunner(ModelBuilderTests.Options());
        var problem = Assert.Throws<OnnxException>(() => runner.Run(TestModels.Counter(), [new FixShapes(ModelBuilderTests.Options().Shapes)], [new Doubler()], [], TestContext.Current.CancellationToken));
        Assert.Contains("The pass `doubler` changes the outputs of `counter`", problem.Message, StringComparison.Ordinal);
        Assert.EndsWith("; leave it out in `passes`, or allow more by `tolerance`", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deviations_of_passes_add_up_until_one_is_too_many()
    {
        using var folder = new TemporaryFolder();
        var runner = new PassRunner(ModelBuilderTests.Options() with { Tolerance = 0.25 });
        // Each step moves outputs for values up to 1 by less than the tolerance, two steps by more.
        IModelPass[] passes = [new Stretcher("first"), new Stretcher("second"), new Stretcher("third")];
        var problem = Assert.Throws<OnnxException>(() => runner.Run(TestModels.Counter(), [new FixShapes(ModelBuilderTests.Options().Shapes)], passes, [], TestContext.Current.CancellationToken));
        Assert.Contains("The pass `second` changes", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_find_what_noise_does_not()
    {
        using var folder = new TemporaryFolder();
        var runner = new PassRunner(ModelBuilderTests.Options());
        ModelProto Run(params FloatTensor[] samples) => runner.Run(TestModels.Counter(), [new FixShapes(ModelBuilderTests.Options().Shapes)], [new Limiter()], samples, TestContext.Current.CancellationToken);
        Assert.Equal(5, Run().Graph.Node.Count);
        var loud = new FloatTensor([1, 1, 20], [.. Enumerable.Repeat(5f, 20)]);
        Assert.Contains("The pass `limiter` changes the outputs of `counter` by 3", Assert.Throws<OnnxException>(() => Run(FloatTensor.Zeros([3, 1, 20]), loud)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_standard_pass_can_be_left_out_and_an_unknown_one_lists_those_there_are()
    {
        var names = StandardPasses.Make("/scratch", OptimizationLevel.Basic).Select(pass => pass.Name).ToList();
        Assert.Equal(names.Where(name => name is not ("fold-affine" or "merge-casts")), StandardPasses.Make("/scratch", OptimizationLevel.Basic, "fold-affine", "merge-casts").Select(pass => pass.Name));
        var problem = Assert.Throws<OnnxException>(() => StandardPasses.Make("/scratch", OptimizationLevel.Basic, "fold-afine"));
        Assert.StartsWith("There are no passes [`fold-afine`], there are [`fold-conditions`, ", problem.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Names => [.. StandardPasses.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_network_goes_its_way_to_integers_without_any_one_pass(string name)
    {
        using var folder = new TemporaryFolder();
        var net = new TestNetwork(1, 3, 8, 8);
        net.Node("Identity", [net.Convolve("x", "a", 3, 16)], "i");
        net.Node("BatchNormalization", ["i", .. new[] { "scale", "shift", "mean" }.Select(of => net.Weights(of, 16)), net.Constant("variance", [.. Enumerable.Repeat(2f, 16)], 16)], "n");
        net.Node("Flatten", ["n"], "f");
        net.Node("MatMul", ["f", net.Weights("w", 1024, 4)], "p");
        net.Node("Add", ["p", net.Weights("b", 1, 4)], "y");
        OnnxFile.Write(net.Build("y"), folder["source.onnx"]);
        foreach (var level in new[] { OptimizationLevel.Basic, OptimizationLevel.Extended })
        {
            Assert.DoesNotContain(StandardPasses.Make(folder.Root, level, name), pass => pass.Name == name);
            ModelBuilder.Prepare(folder["source.onnx"], folder["model.onnx"], [], new() { Name = "net", Version = "1", License = "MIT", Optimize = level, WithoutPasses = [name] }, folder.Root, TestContext.Current.CancellationToken);
            Assert.InRange(Quantizing.Run(net.Model, TestNetwork.Frames(net.Model))["y"].Deviation(Quantizing.Run(OnnxFile.Read(folder["model.onnx"]), TestNetwork.Frames(net.Model))["y"]), 0, 1e-4);
        }
        ModelBuilder.Prepare(folder["source.onnx"], folder["model.onnx"], [], new() { Name = "net", Version = "1", License = "MIT", Optimize = OptimizationLevel.Basic, WithoutPasses = [name] }, folder.Root, TestContext.Current.CancellationToken);
        Assert.InRange(Quantizing.Decibels(net.Model, Quantizing.Quantize(OnnxFile.Read(folder["model.onnx"])).Model), 26, 70);
    }

    [Fact]
    public void Activations_are_found_behind_the_one_linear_operator_they_belong_to()
    {
        var model = TestModels.Chain(
            [1, 4, 5, 5],
            [
                TestModels.Node("Conv", ["x", "w"], "a"), TestModels.Node("Clip", ["a", "zero", "six"], "b"),
                TestModels.Node("Conv", ["b", "w"], "c"), TestModels.Node("HardSwish", ["c"], "d"),
                TestModels.Node("Conv", ["d", "w"], "e"), TestModels.Node("Relu", ["e"], "f"), TestModels.Node("Add", ["e", "f"], "g"), TestModels.Node("Softmax", ["g"], "y"),
            ],
            TestModels.Weights("w", 4, 4, 1, 1), TensorData.Make("zero", [0f]), TensorData.Make("six", [6f]));
        var found = FusedActivations.Find(new(model.Graph, "m"));
        Assert.Equal([("a", "b", true), ("c", "d", false)], found.Select(pair => (pair.Linear.Name, pair.Activation.Name, pair.Saturates)));
    }

    /// <summary>Makes the counter louder by a fifth.</summary>
    sealed class Stretcher(string name) : IModelPass
    {
        public string Name => name;

        public ModelProto Apply(ModelProto model, string file)
        {
            var gain = model.Graph.Initializer.Single(tensor => tensor.Name == "gain");
            gain.RawData = Google.Protobuf.ByteString.CopyFrom(BitConverter.GetBytes(TensorData.ReadFloats(gain)[0] + 0.2f));
            return model;
        }
    }

    /// <summary>Cuts off what is louder than 2, which noise never is.</summary>
    sealed class Limiter : IModelPass
    {
        public string Name => "limiter";

        public ModelProto Apply(ModelProto model, string file)
        {
            var index = new GraphIndex(model.Graph, file);
            index.ReplaceUses("loudness", "limited");
            index.Add(TensorData.Make("two", [2f]));
            index.Add(TestModels.Node("Min", ["loudness", "two"], "limited"));
            index.Finish();
            return model;
        }
    }

    sealed class Doubler : IModelPass
    {
        public string Name => "doubler";

        public ModelProto Apply(ModelProto model, string file)
        {
            model.Graph.Initializer.Single(tensor => tensor.Name == "gain").RawData = Google.Protobuf.ByteString.CopyFrom(BitConverter.GetBytes(2f));
            return model;
        }
    }
}
