// Files that parse and still are no models: each problem is told with the names it concerns.

using Google.Protobuf;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using static Imagecraft.Onnx.Tests.TestModels;

namespace Imagecraft.Onnx.Tests;

public sealed class ModelCheckTests
{
    static string Refusal(Action<GraphProto> damage)
    {
        var model = Counter();
        damage(model.Graph);
        using var stream = new MemoryStream(Bytes(model));
        var message = Assert.Throws<OnnxException>(() => OnnxFile.Read(stream, "m.onnx")).Message;
        const string Beginning = "`m.onnx` is not an ONNX model or is damaged: ";
        Assert.StartsWith(Beginning, message, StringComparison.Ordinal);
        return message[Beginning.Length..];
    }

    [Fact]
    public void A_missing_initializer_names_the_node_that_reads_it() =>
        Assert.Equal("the node `loud` (Mul) reads `gain`, which nothing makes", Refusal(graph => graph.Initializer.RemoveAt(0)));

    [Fact]
    public void An_output_that_nothing_makes_is_named() =>
        Assert.Equal("nothing makes the output `nowhere`", Refusal(graph => graph.Output[1].Name = "nowhere"));

    [Fact]
    public void A_cycle_names_a_node_of_it() =>
        Assert.Equal("the graph of `m.onnx` has a cycle through the node `loudness` (Abs)", Refusal(graph => graph.Node[0].Input[0] = "level"));

    [Fact]
    public void A_value_with_two_makers_names_both() =>
        Assert.Equal("the value `level` of `m.onnx` is made by two nodes, `level` (Add) and `again` (Abs)", Refusal(graph => graph.Node.Add(new NodeProto { OpType = "Abs", Name = "again", Input = { "x" }, Output = { "level" } })));

    [Fact]
    public void An_input_that_a_node_makes_too_is_named() =>
        Assert.Equal("the value `x` is given and made by a node too", Refusal(graph => graph.Node.Add(Node("Abs", ["state"], "x"))));

    [Fact]
    public void A_weight_that_is_not_a_number_tells_where() =>
        Assert.Equal("the initializer `gain` has at position 0 a value that is not a number", Refusal(graph => graph.Initializer[0].RawData = ByteString.CopyFrom(BitConverter.GetBytes(float.NaN))));

    [Fact]
    public void A_weight_with_too_few_data_tells_both_sizes() =>
        Assert.Contains("it has 4 bytes, but the shape [1048576, 1048576] of float needs 4398046511104", Refusal(graph => graph.Initializer[0].Dims.Add([1 << 20, 1 << 20])), StringComparison.Ordinal);

    [Fact]
    public void Data_in_another_file_are_refused_wherever_it_lies() =>
        Assert.Equal("values of its tensors lie in `../../etc/passwd`, which is no file within the source; export it with its data beside it", Refusal(graph =>
        {
            graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External;
            graph.Initializer[0].ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "../../etc/passwd" });
        }));

    [Fact]
    public void A_boolean_that_is_neither_is_refused() =>
        Assert.Contains("neither true nor false", Refusal(graph =>
        {
            graph.Initializer[0].DataType = (int)TensorProto.Types.DataType.Bool;
            graph.Initializer[0].RawData = ByteString.CopyFrom(2);
        }), StringComparison.Ordinal);

    [Fact]
    public void A_branch_may_read_what_lies_outside_and_nothing_else()
    {
        var model = Conditional();
        model.Graph.Node[1].Attribute[1].G.Node[0].Input[1] = "nowhere";
        Assert.Equal(["the node `narrow-y` (Mul) reads `nowhere`, which nothing makes"], ModelCheck.Problems(model, "m"));
        Assert.Empty(ModelCheck.Problems(Conditional(), "m"));
    }

    [Fact]
    public void Many_problems_are_told_in_part_and_counted()
    {
        var problems = Refusal(graph => graph.Node.Add(Enumerable.Range(0, 50).Select(i => Node("Neg", [$"missing-{i}"], $"made-{i}"))));
        Assert.EndsWith("; and 40 more", problems, StringComparison.Ordinal);
    }
}
