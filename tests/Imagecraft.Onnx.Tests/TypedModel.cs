// A network of all kinds of inputs and outputs, for tests. Unaware of what is tested.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Tests;

/// <summary>
/// Inputs: token ids (int64), a mask (bool), an image (uint8, NHWC), a state and a memory, both carried. Outputs: the next state, which is carried and comes first; the values of the tokens where the mask is set, plus the state; the
/// mean of each channel; the place of the largest value (int64); and the next memory (int32), the second that is carried. Two outputs are named alike but for a slash.
/// </summary>
public static class TypedModel
{
    public const int Tokens = 4, Vocabulary = 10;

    /// <summary>Name of the output that is judged: the first that is not carried.</summary>
    public const string Scores = "head/scores";

    /// <summary>Name of the second head.</summary>
    public const string Means = "head_scores";

    /// <param name="gain">Factor of the second head.</param>
    /// <param name="table">The values of the tokens; null: 0.1 of their numbers, the last the largest.</param>
    public static ModelProto Make(float gain = 1, float[]? table = null) => new()
    {
        IrVersion = 8,
        ProducerName = "tests",
        OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } },
        Graph = new()
        {
            Name = "typed",
            Input = { Port("ids", ElementType.Int64, 1, Tokens), Port("mask", ElementType.Bool, 1, Tokens), Port("image", ElementType.Uint8, 1, 2, 2, 3), Port("state", ElementType.Float, 1, 1), Port("memory", ElementType.Int32, 1) },
            Output = { Port("next", ElementType.Float, 1, 1), Port(Scores, ElementType.Float, 1, Tokens), Port(Means, ElementType.Float, 1, 1, 1, 3), Port("best", ElementType.Int64, 1), Port("remembered", ElementType.Int32, 1) },
            Initializer =
            {
                TensorData.Make<float>("table", table ?? [.. Enumerable.Range(0, Vocabulary).Select(i => i * 0.1f)], Vocabulary),
                TensorData.Make<float>("zero", [0]), TensorData.Make<float>("one", [1]), TensorData.Make<float>("gain", [gain]), TensorData.Make<int>("step", [3], 1),
            },
            Node =
            {
                TestModels.Node("Add", ["state", "one"], "next"),
                TestModels.Node("Add", ["memory", "step"], "remembered"),
                TestModels.Node("Gather", ["table", "ids"], "looked"),
                TestModels.Node("Where", ["mask", "looked", "zero"], "masked"),
                TestModels.Node("Add", ["masked", "state"], Scores),
                TestModels.Node("Cast", ["image"], "pixels").With("to", (long)ElementType.Float),
                TestModels.Node("ReduceMean", ["pixels"], "mean").With("axes", 1L, 2L),
                TestModels.Node("Mul", ["mean", "gain"], Means),
                TestModels.Node("ArgMax", [Scores], "best").With("axis", 1L).With("keepdims", 0L),
            },
        },
    };

    static ValueInfoProto Port(string name, ElementType type, params long[] shape)
    {
        var dimensions = new TensorShapeProto();
        foreach (var size in shape)
            dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)type, Shape = dimensions } } };
    }
}
