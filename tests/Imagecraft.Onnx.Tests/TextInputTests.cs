// Networks that take a text by several inputs: tokens, mask, kinds and places.

using System.Collections.Immutable;
using System.Text;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Reference;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Tests;

public class TextInputTests
{
    const string Vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nwarm\ncold\n";

    static ModelOptions Options { get; } = ModelBuilderTests.Options() with { Carry = ImmutableSortedDictionary<string, string>.Empty, Tokenizer = new(new() { Kind = TokenizerKind.WordPiece }, Encoding.UTF8.GetBytes(Vocabulary), null, "net") };

    [Fact]
    public void Each_input_of_a_text_gets_what_its_name_says()
    {
        var recurrence = Network("input_ids", "attention_mask", "token_type_ids", "position_ids");
        var sequence = Texts(recurrence.Sequence);
        var frames = recurrence.Frames("texts", sequence.Frames);

        Assert.Equal(2, frames.Count);
        Assert.Equal([2, 5, 3, 0, 0, 2, 6, 5, 6, 3], Values(frames, "input_ids"));
        Assert.Equal([1, 1, 1, 0, 0, 1, 1, 1, 1, 1], Values(frames, "attention_mask"));
        Assert.Equal(new double[10], Values(frames, "token_type_ids"));
        Assert.Equal([0, 1, 2, 3, 4, 0, 1, 2, 3, 4], Values(frames, "position_ids"));
        Assert.All(frames.Inputs.Values, input => Assert.Equal((ElementType.Int64, "2 1 5"), (input.Type, string.Join(' ', input.Shape))));
    }

    [Fact]
    public void A_network_is_stepped_over_texts_of_several_inputs_frame_by_frame()
    {
        var recurrence = Network("attention_mask", "input_ids");
        // The network adds up its inputs: with the mask first, the tokens are where their name is.
        Assert.Equal([3, 6, 4, 0, 0, 3, 7, 6, 7, 4], recurrence.Run(Texts(recurrence.Sequence).Frames, TestContext.Current.CancellationToken)["sum"].Values);
    }

    [Theory]
    [InlineData("input_ids", "other")]
    [InlineData("attention_mask", "token_type_ids")]
    public void Inputs_that_are_none_of_one_text_are_told(params string[] names) =>
        Assert.Contains($"needs exactly one input for the samples, but it has [{string.Join(", ", names)}]", Assert.Throws<OnnxException>(() => Network(names).Sequence).Message, StringComparison.Ordinal);

    static LabelledSequence Texts(TensorPort input)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["test"]);
        File.WriteAllText(folder["test/a.txt"], "warm\n");
        File.WriteAllText(folder["test/b.txt"], "Cold warm cold warm cold warm");
        File.WriteAllText(folder["test/labels.tsv"], "a.txt\t\nb.txt\t\n");
        return Assert.Single(new DatasetFolder(folder, "texts").Read("test", input, Options, null, TestContext.Current.CancellationToken));
    }

    static IEnumerable<double> Values(FrameSet frames, string input) => Enumerable.Range(0, frames.Inputs[input].Count).Select(frames.Inputs[input].At);

    /// <summary>The sum of all inputs as floats.</summary>
    static Recurrence Network(params string[] inputs)
    {
        var graph = new GraphProto { Name = "texts", Output = { Port("sum", ElementType.Float) } };
        foreach (var name in inputs)
        {
            graph.Input.Add(Port(name, ElementType.Int64));
            graph.Node.Add(new NodeProto { OpType = "Cast", Input = { name }, Output = { $"{name}.float" }, Attribute = { new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (int)ElementType.Float } } });
        }
        var sum = new NodeProto { OpType = "Sum", Output = { "sum" } };
        sum.Input.AddRange(inputs.Select(name => $"{name}.float"));
        graph.Node.Add(sum);
        return new(new ReferenceNetwork(new() { IrVersion = 8, Graph = graph, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } } }, "net"), ImmutableSortedDictionary<string, string>.Empty, "net");
    }

    static ValueInfoProto Port(string name, ElementType type) => new()
    {
        Name = name,
        Type = new() { TensorType = new() { ElemType = (int)type, Shape = new() { Dim = { new TensorShapeProto.Types.Dimension { DimValue = 1 }, new TensorShapeProto.Types.Dimension { DimValue = 5 } } } } },
    };
}
