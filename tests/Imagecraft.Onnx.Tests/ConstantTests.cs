// Shapes are stated, and what depends on constants alone is computed, as long as the model does not swell.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using static Imagecraft.Onnx.Tests.TestModels;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Tests;

public sealed class ConstantTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static TensorProto Integers(string name, params long[] values) => TensorData.Make<long>(name, values, values.Length);

    [Fact]
    public void Types_and_shapes_of_values_between_are_stated()
    {
        var model = Chain([2, 3], [Node("Shape", ["x"], "s"), Node("Neg", ["x"], "n"), Node("Transpose", ["n"], "t"), Node("Reshape", ["t", "s"], "y")]);
        var index = new GraphIndex(new InferShapes(folder.Root).Apply(model, "m").Graph, "m");
        Assert.Equal([3, 2], index.ShapeOf("t")!);
        Assert.Equal([2, 3], index.ShapeOf("y")!);
        Assert.Equal([2], index.ShapeOf("s")!);
        Assert.Equal(ElementType.Int64, index.TypeOf("s"));
        Assert.Equal(["Shape", "Neg", "Transpose", "Reshape"], model.Types());
    }

    [Fact]
    public void A_stated_shape_that_is_wrong_is_put_right()
    {
        var model = Chain([2, 3], [Node("Neg", ["x"], "n"), Node("Abs", ["n"], "y")]);
        new GraphIndex(model.Graph, "m").Describe("n", ElementType.Float, [7, 7, 7]);
        Assert.Equal([2, 3], new GraphIndex(new InferShapes(folder.Root).Apply(model, "m").Graph, "m").ShapeOf("n")!);
    }

    [Fact]
    public void A_value_larger_than_any_memory_is_named()
    {
        var model = Chain([1], [Node("Expand", ["x", "huge"], "e"), Node("Neg", ["e"], "y")], Integers("huge", 1 << 20, 1 << 20));
        var problem = Assert.Throws<OnnxException>(() => new InferShapes(folder.Root).Apply(model, "m"));
        Assert.Equal("The value `e` of `m`, made by `e` (Expand), has the shape [1048576, 1048576], which needs 4194304 MiB; at most 256 MiB are allowed", problem.Message);
    }

    [Theory]
    [InlineData((1L << 32) + 8, "4294967304", 32768)]
    [InlineData((1L << 32) * 3, "12884901888", 98304)]
    public void A_dimension_of_more_than_32_bits_is_not_taken_for_what_is_left_of_it(long limit, string shown, int size)
    {
        var model = Chain([1], [Node("Range", ["zero", "limit", "one"], "r"), Node("Shape", ["r"], "s"), Node("Cast", ["s"], "y").With("to", (long)ElementType.Float)],
            TensorData.Make<long>("zero", [0]), TensorData.Make<long>("limit", [limit]), TensorData.Make<long>("one", [1]));
        var problem = Assert.Throws<OnnxException>(() => new InferShapes(folder.Root).Apply(model, "m"));
        Assert.Equal($"The value `r` of `m`, made by `r` (Range), has the shape [{shown}], which needs {size} MiB; at most 256 MiB are allowed", problem.Message);
    }

    [Fact]
    public void A_scalar_is_told_from_a_value_of_unknown_shape()
    {
        var model = Chain([4], [Node("ReduceSum", ["x"], "sum").With("keepdims", 0L), Node("Shape", ["x"], "s"), Node("Cast", ["x"], "free").With("to", (long)ElementType.Int64), Node("Reshape", ["x", "free"], "any"), Node("Add", ["sum", "any"], "y")]);
        var index = new GraphIndex(new InferShapes(folder.Root).Apply(model, "m").Graph, "m");
        Assert.Equal([], index.ShapeOf("sum")!);
        Assert.Equal([-1, -1, -1, -1], index.ShapeOf("any")!);
        model = Chain([4], [Node("Reshape", ["x", "free"], "any"), Node("Neg", ["any"], "y")]);
        model.Graph.Input.Add(Value("free", (int)ElementType.Int64, "count"));
        Assert.Null(new GraphIndex(new InferShapes(folder.Root).Apply(model, "m").Graph, "m").ShapeOf("any"));
    }

    [Fact]
    public void A_network_with_a_value_larger_than_any_memory_is_refused_before_it_is_run()
    {
        OnnxFile.Write(Chain([1], [Node("Expand", ["x", "huge"], "e"), Node("ReduceMax", ["e"], "y")], Integers("huge", 1 << 20, 1 << 20)), folder["source.onnx"]);
        var options = ModelBuilderTests.Options();
        options = options with { Shapes = options.Shapes.Clear(), Carry = options.Carry.Clear() };
        var problem = Assert.Throws<OnnxException>(() => ModelBuilder.Prepare(folder["source.onnx"], folder["model.onnx"], [], options, folder.Root, TestContext.Current.CancellationToken));
        Assert.Contains("The value `e` of `counter`, made by `e` (Expand)", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_depends_on_constants_and_fixed_shapes_is_computed()
    {
        var model = Chain(
            [2, 3],
            [Node("Shape", ["x"], "s"), Node("Gather", ["s", "one"], "width"), Node("Cast", ["width"], "w").With("to", (long)ElementType.Float), Node("Constant", [], "c"), Node("Div", ["w", "c"], "d"), Node("Mul", ["x", "d"], "y")],
            Integers("one", 1));
        model.Graph.Node[3].Attribute.Add(new AttributeProto { Name = "value_float", Type = AttributeProto.Types.AttributeType.Float, F = 4 });
        var folded = Harmless.ApplyInferred(model, new FoldConstants());
        Assert.Equal(["Mul"], folded.Types());
        Assert.Equal([0.75f], TensorData.ReadFloats(folded.Graph.Initializer.Single()));
    }

    [Fact]
    public void A_condition_on_a_shape_that_only_folding_fixes_is_decided()
    {
        // The shape for the reshape is computed, the conditional asks for the rank of the result.
        var conditional = Conditional();
        var choice = conditional.Graph.Node[1].Clone();
        choice.Input[0] = "is-flat";
        foreach (var attribute in choice.Attribute)
        {
            attribute.G.Node.Clear();
            attribute.G.Node.Add(Node(attribute.Name == "then_branch" ? "Neg" : "Abs", ["r"], $"{attribute.Name}-y"));
            attribute.G.Output[0] = new ValueInfoProto { Name = $"{attribute.Name}-y", Type = new() { TensorType = new() { ElemType = (int)ElementType.Float } } };
        }
        var model = Chain(
            [2, 3],
            [Node("Concat", ["six", "one"], "target").With("axis", 0), Node("Reshape", ["x", "target"], "r"), Node("Shape", ["r"], "s"), Node("Size", ["s"], "rank"), Node("Equal", ["rank", "two"], "is-flat"), choice],
            Integers("six", 6), Integers("one", 1), TensorData.Make("two", [2L]));
        Assert.Equal(["Reshape", "Neg"], Harmless.Apply(model, [.. StandardPasses.Make(folder.Root, OptimizationLevel.None)]).Types());
    }

    [Fact]
    public void A_part_of_a_fixed_shape_is_computed()
    {
        var model = Chain([2, 3, 5], [Node("Shape", ["x"], "s").With("start", -2).With("end", 9), Node("Reshape", ["k", "s"], "r"), Node("Mul", ["x", "r"], "y")], Weights("k", 15));
        Assert.Equal(["Mul"], Harmless.ApplyInferred(model, new FoldConstants()).Types());
    }

    [Fact]
    public void A_large_value_of_small_constants_stays_computed_and_one_of_large_constants_does_not()
    {
        var swelling = Chain([1, 1000, 1000], [Node("Expand", ["k", "size"], "e"), Node("Neg", ["e"], "n"), Node("Mul", ["x", "n"], "y")], Weights("k", 1), Integers("size", 1000, 1000));
        Assert.Equal(["Expand", "Neg", "Mul"], Harmless.ApplyInferred(swelling, new FoldConstants()).Types());
        var rearranged = Chain([1, 200, 100], [Node("Transpose", ["k"], "t"), Node("Mul", ["x", "t"], "y")], Weights("k", 100, 200));
        Assert.Equal(["Mul"], Harmless.ApplyInferred(rearranged, new FoldConstants()).Types());
    }

    [Fact]
    public void Random_numbers_quantized_weights_and_outputs_stay()
    {
        var random = Chain([1, 2], [Node("RandomNormalLike", ["k"], "r"), Node("Mul", ["x", "r"], "y")], Weights("k", 2));
        Assert.Equal(["RandomNormalLike", "Mul"], new FoldConstants().Apply(random, "m").Types());
        var quantized = Chain([1, 2], [Node("DequantizeLinear", ["q", "scale"], "w"), Node("Mul", ["x", "w"], "y")], TensorData.Make<sbyte>("q", [1, -2], 2), TensorData.Make("scale", [0.5f]));
        Assert.Equal(["DequantizeLinear", "Mul"], Harmless.ApplyInferred(quantized, new FoldConstants()).Types());
        var output = Chain([1, 2], [Node("Neg", ["k"], "y")], Weights("k", 2));
        Assert.Equal(["Neg"], Harmless.ApplyInferred(output, new FoldConstants()).Types());
    }

    [Fact]
    public void Initializers_are_inputs_no_more()
    {
        var model = Chain([1, 2], [Node("Mul", ["x", "k"], "y")], Weights("k", 2));
        model.IrVersion = 3;
        model.Graph.Input.Add(new ValueInfoProto { Name = "k", Type = new() { TensorType = new() { ElemType = (int)ElementType.Float, Shape = new() { Dim = { new TensorShapeProto.Types.Dimension { DimValue = 2 } } } } } });
        var frozen = Harmless.Apply(model, new FreezeInitializers());
        Assert.Equal(["x"], frozen.Graph.Input.Select(input => input.Name));
        Assert.Equal(4, frozen.IrVersion);
    }

    [Fact]
    public void Nodes_that_no_output_needs_disappear_with_their_constants()
    {
        var model = Chain([1, 2], [Node("Mul", ["x", "k"], "unused"), Node("Neg", ["unused"], "unused-too"), Node("Abs", ["x"], "y")], Weights("k", 2));
        var cleaned = Harmless.Apply(model, new RemoveDeadNodes());
        Assert.Equal(["Abs"], cleaned.Types());
        Assert.Empty(cleaned.Graph.Initializer);
    }
}
