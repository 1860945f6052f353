// Equal constants, outputs that nobody reads, and pads before windows.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using static Imagecraft.Onnx.Tests.TestModels;

namespace Imagecraft.Onnx.Tests;

public sealed class SimplifyTests
{
    static TensorProto Integers(string name, params long[] values) => TensorData.Make<long>(name, values, values.Length);

    static TensorProto Number(string name, float value) => TensorData.Make<float>(name, [value]);

    [Fact]
    public void Constants_of_the_same_content_are_stored_once_and_others_are_not()
    {
        var model = Chain(
            [1, 2],
            [Node("Add", ["x", "a"], "b"), Node("Add", ["b", "same"], "c"), Node("Add", ["c", "other"], "d"), Node("Add", ["d", "flat"], "y")],
            TensorData.Make<float>("a", [1, 2], 1, 2), TensorData.Make<float>("same", [1, 2], 1, 2), TensorData.Make<float>("other", [2, 1], 1, 2), TensorData.Make<float>("flat", [1, 2], 2));
        var merged = Harmless.Apply(model, new MergeConstants());
        Assert.Equal(["a", "other", "flat"], merged.Graph.Initializer.Select(tensor => tensor.Name));
    }

    [Fact]
    public void Outputs_that_nobody_reads_are_left_out()
    {
        var pool = Node("MaxPool", ["x"], "p").With("kernel_shape", 2, 2);
        pool.Output.Add("places");
        var dropout = Node("Dropout", ["p"], "y");
        dropout.Output.Add("mask");
        var model = Harmless.Apply(Chain([1, 2, 4, 4], [pool, dropout]), new RemoveDeadNodes());
        Assert.All(model.Graph.Node, node => Assert.Single(node.Output));
    }

    [Fact]
    public void An_output_that_somebody_reads_stays_and_keeps_its_place()
    {
        var lstm = Node("LSTM", ["x", "w", "r"], "all").With("hidden_size", 2);
        lstm.Output.Add(["last", "cell"]);
        var model = Harmless.Apply(Chain([3, 1, 2], [lstm, Node("Neg", ["cell"], "y")], Weights("w", 1, 8, 2), Weights("r", 1, 8, 2)), new RemoveDeadNodes());
        Assert.Equal(["all", "", "cell"], model.Graph.Node[0].Output);
    }

    [Theory]
    [InlineData("Conv", 0, true)]
    [InlineData("Conv", 1, false)]
    [InlineData("AveragePool", 0, true)]
    [InlineData("MaxPool", 0, false)]
    [InlineData("MaxPool", float.NegativeInfinity, true)]
    [InlineData("MaxPool of Relu", 0, true)]
    [InlineData("MaxPool of Relu", 1, false)]
    public void A_pad_becomes_part_of_the_window_that_reads_it_where_that_gives_the_same(string kind, float filling, bool folds)
    {
        var window = Node(kind.Split(' ')[0], kind == "Conv" ? ["p", "w"] : ["p"], "y").With("kernel_shape", 3, 3).With("strides", 2, 1);
        if (kind == "Conv")
            window.With("pads", 0, 1, 0, 1);
        var model = Harmless.Apply(
            Chain([1, 2, 6, 6], [Node(kind.EndsWith("Relu", StringComparison.Ordinal) ? "Relu" : "Neg", ["x"], "a"), Node("Pad", ["a", "widths", "filling"], "p"), window], Integers("widths", 0, 0, 1, 2, 0, 0, 0, 1), Number("filling", filling), Weights("w", 3, 2, 3, 3)),
            new FoldPads());
        Assert.Equal(!folds, model.Types().Contains("Pad"));
        if (folds)
            Assert.Equal(kind == "Conv" ? [1, 3, 0, 2] : [1, 2, 0, 1], model.Graph.Node[^1].GetIntegers("pads")!.Value);
    }

    [Theory]
    [InlineData("channels")]
    [InlineData("mode")]
    [InlineData("reader")]
    [InlineData("wide")]
    [InlineData("ceil")]
    [InlineData("places")]
    public void A_pad_that_no_window_can_do_stays(string why)
    {
        var pad = Node("Pad", ["a", "widths"], "p").With("mode", why == "mode" ? "edge" : "constant");
        long[] widths = why switch { "channels" => [0, 1, 0, 0, 0, 0, 0, 0], "wide" => [0, 0, 3, 0, 0, 0, 0, 0], _ => [0, 0, 1, 1, 0, 0, 1, 1] };
        var window = Node("AveragePool", ["p"], "q").With("kernel_shape", 3, 3).With("strides", 2, 2).With("ceil_mode", why == "ceil" ? 1 : 0);
        if (why == "places")
        {
            pad.Input.Add("lowest");
            window.OpType = "MaxPool";
            window.Output.Add("places");
        }
        NodeProto[] readers = why == "places" ? [Node("Cast", ["places"], "numbers").With("to", 1), Node("Add", ["q", "numbers"], "y")] : why == "reader" ? [Node("ReduceMean", ["p"], "mean"), Node("Mul", ["q", "mean"], "y")] : [Node("Neg", ["q"], "y")];
        var model = Harmless.Apply(Chain([1, 2, 6, 6], [Node("Neg", ["x"], "a"), pad, window, .. readers], Integers("widths", widths), Number("lowest", float.NegativeInfinity)), new FoldPads());
        Assert.Contains("Pad", model.Types());
    }
}
