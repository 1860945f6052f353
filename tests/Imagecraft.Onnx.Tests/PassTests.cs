// What each pass does to a model, and what it says when it cannot.

using System.Collections.Immutable;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;

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
        model = new FoldConditions(folder.Root).Apply(model, "m");
        Assert.Contains(model.Graph.Node, node => node.Name == survivor);
        Assert.DoesNotContain(model.Graph.Node, node => node.Name == "choice" || node.OpType == "Equal" && node.Output.Contains("is-wide"));
        Assert.DoesNotContain(model.Graph.Initializer, tensor => tensor.Name is "rate" or "wide");
    }

    [Fact]
    public void A_conditional_on_an_input_stays()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(new FoldConditions(folder.Root).Apply(TestModels.Conditional(), "m").Graph.Node, node => node.Name == "choice");
    }

    [Fact]
    public void A_pass_that_changes_the_outputs_is_named()
    {
        using var folder = new TemporaryFolder();
        var runner = new PassRunner(ModelBuilderTests.Options(), folder.Root);
        var problem = Assert.Throws<OnnxException>(() => runner.Run(TestModels.Counter(), [new FixShapes(ModelBuilderTests.Options().Shapes)], [new Doubler()], TestContext.Current.CancellationToken));
        Assert.Contains("The pass `doubler` changes the outputs of `counter`", problem.Message, StringComparison.Ordinal);
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
