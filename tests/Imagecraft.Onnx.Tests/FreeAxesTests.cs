// Axes that stay free in the deployed network.

using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using static Imagecraft.Onnx.Tests.TestModels;

namespace Imagecraft.Onnx.Tests;

public sealed class FreeAxesTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static ModelOptions Options(OptimizationLevel level, params (string Input, long[] Sizes, int[] Free)[] inputs) => new()
    {
        Name = "net",
        Version = "1",
        License = "MIT",
        Optimize = level,
        Shapes = inputs.ToImmutableSortedDictionary(input => input.Input, input => input.Sizes.ToImmutableArray()),
        FreeAxes = inputs.Where(input => input.Free.Length > 0).ToImmutableSortedDictionary(input => input.Input, input => input.Free.ToImmutableArray()),
    };

    /// <summary>A product along the last axis, its rows normalized; how many rows, the input decides.</summary>
    static ModelProto Rows()
    {
        var model = Chain([1, 6, 4], [Node("MatMul", ["x", "w"], "m"), Node("Softmax", ["m"], "s").With("axis", -1L), Node("Shape", ["s"], "size"), Node("Reshape", ["s", "size"], "r"), Node("Add", ["r", "b"], "y")], Weights("w", 4, 5), Weights("b", 5));
        model.Graph.Input[0].Type.TensorType.Shape.Dim[1] = new() { DimParam = "rows" };
        model.Graph.Output[0].Type.TensorType.Shape = null;
        return model;
    }

    [Theory]
    [InlineData(OptimizationLevel.Basic)]
    [InlineData(OptimizationLevel.Extended)]
    public void An_axis_that_a_recipe_names_takes_other_sizes_in_the_deployed_network(OptimizationLevel level)
    {
        OnnxFile.Write(Rows(), folder["source.onnx"]);
        var options = Options(level, ("x", [1, 6, 4], [1]));
        IReadOnlyList<LabelledSequence> Samples(TensorPort port) => [new("noise", new([2, .. port.Shape], TensorData.ReadFloats(Weights("x", [2, .. port.Shape]))), [])];
        ModelBuilder.Prepare(folder["source.onnx"], folder["model.onnx"], Samples, options, folder.Root, TestContext.Current.CancellationToken);
        ModelBuilder.MakeGolden(folder["source.onnx"], folder["model.onnx"], Samples, new(), folder["out"], options, folder.Root, TestContext.Current.CancellationToken);

        var model = OnnxFile.Read(folder["model.onnx"], "net");
        Assert.Equal([1, -1, 4], new GraphIndex(model.Graph, "net").ShapeOf("x")!);
        foreach (var rows in new[] { 1, 6, 9 })
        {
            var x = TensorData.Make<float>("x", TensorData.ReadFloats(Weights("x", 1, rows, 4)), 1, rows, 4);
            var (before, after) = (Conformance.ConformanceRun.Run(Rows(), new Dictionary<string, TensorProto> { ["x"] = x }), Conformance.ConformanceRun.Run(model, new Dictionary<string, TensorProto> { ["x"] = x }));
            Assert.Null(Conformance.ConformanceRun.Difference(after, before));
        }
        // Whoever measures it, here or on the board, knows the usual size.
        Assert.True(HostLatency.Measure([new(folder["model.onnx"], LoadOptimization.All)], "net", TimeSpan.Zero, TestContext.Current.CancellationToken)[0].Median > 0);
        OrtFile.Convert(folder["model.onnx"], folder["model.ort"], "net");
        Assert.True(HostLatency.Measure([new(folder["model.ort"], LoadOptimization.All)], "net", TimeSpan.Zero, TestContext.Current.CancellationToken)[0].Median > 0);
        using var card = JsonDocument.Parse(File.ReadAllText(folder["out/card.json"]));
        var input = card.RootElement.GetProperty("inputs")[0];
        Assert.Equal(["[1,-1,4]", "[1,6,4]"], new[] { "shape", "usual_shape" }.Select(key => $"[{string.Join(',', input.GetProperty(key).EnumerateArray())}]"));
    }

    [Fact]
    public void A_pass_that_takes_the_usual_size_for_the_only_one_is_found()
    {
        var problem = Assert.Throws<OnnxException>(() => new PassRunner(Options(OptimizationLevel.Basic)).Run(
            Rows(), [new FixShapes(Options(OptimizationLevel.Basic, ("x", [1, 6, 4], [])).Shapes, Options(OptimizationLevel.Basic, ("x", [1, 6, 4], [1])).FreeAxes)], [new Fixer()], [], TestContext.Current.CancellationToken));
        Assert.Contains("`r` (Reshape)", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_that_takes_no_other_size_says_so()
    {
        var model = Rows();
        model.Graph.Node[3].Input[1] = "fixed";
        model.Graph.Initializer.Add(TensorData.Make<long>("fixed", [1, 6, 5], 3));
        OnnxFile.Write(model, folder["source.onnx"]);
        var problem = Assert.Throws<OnnxException>(() => ModelBuilder.Prepare(folder["source.onnx"], folder["model.onnx"], [], Options(OptimizationLevel.Basic, ("x", [1, 6, 4], [1])), folder.Root, TestContext.Current.CancellationToken));
        Assert.StartsWith("The axes of `net` that `free-axes` names take no other sizes than those in `shapes`, neither one more nor twice as many: The node `r` (Reshape) cannot be computed", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_axis_that_is_fixed_in_the_network_cannot_stay_free()
    {
        var problem = Assert.Throws<OnnxException>(() => new FixShapes(Options(OptimizationLevel.Basic, ("x", [1, 6, 4], [])).Shapes, Options(OptimizationLevel.Basic, ("x", [1, 6, 4], [2])).FreeAxes).Apply(Rows(), "net"));
        Assert.Equal("Axis 2 of input `x` of `net` cannot stay free: it is always 4; take it out of `free-axes`, or export the network with a dynamic axis", problem.Message);
    }

    /// <summary>Writes the usual size into a constant.</summary>
    sealed class Fixer : IModelPass
    {
        public string Name => "fixer";

        public ModelProto Apply(ModelProto model, string file)
        {
            model.Graph.Node.First(node => node.OpType == "Reshape").Input[1] = "fixed";
            model.Graph.Initializer.Add(TensorData.Make<long>("fixed", [1, 6, 5], 3));
            return model;
        }
    }
}
