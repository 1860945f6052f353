// Tables that rows are gathered from, with eight bits.

using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Reference;

namespace Imagecraft.Onnx.Tests.Quantization;

public sealed class RowTableTests
{
    static readonly Dictionary<string, Func<ModelProto, string[], ModelProto>> Methods = new()
    {
        ["weight-only"] = (model, exclude) => BlockWeights.Apply(model, new() { WeightBits = 8, Exclude = [.. exclude] }, "net"),
        ["dynamic"] = (model, exclude) => DynamicQuantizer.Quantize(model, [.. exclude], perChannel: true, reduceRange: true, "net"),
        ["static"] = (model, exclude) => Quantizing.Quantize(model, new() { Exclude = [.. exclude] }).Model,
    };

    public static TheoryData<string> AllMethods() => [.. Methods.Keys];

    [Theory]
    [MemberData(nameof(AllMethods))]
    public void A_table_has_bytes_and_a_scale_for_each_row(string method)
    {
        var model = Net(400);
        var small = Methods[method](model, []);
        Assert.True(HasTable(small));
        Assert.InRange(Quantizing.Decibels(model, small), 30, 60);
        var frames = TestNetwork.Frames(model, 1, seed: 9);
        var inputs = new Dictionary<string, FloatTensor> { ["x"] = new([1, 8], frames.Values) };
        Assert.InRange(new ReferenceNetwork(small, "net").Run(inputs, TestContext.Current.CancellationToken)["y"].Deviation(RuntimeRun.Run(small, inputs)["y"]), 0, 1e-4);
    }

    [Theory]
    [MemberData(nameof(AllMethods))]
    public void A_table_that_is_excluded_or_tiny_stays_float(string method)
    {
        Assert.False(HasTable(Methods[method](Net(400), ["rows"])));
        Assert.False(HasTable(Methods[method](Net(400), ["Gather"])));
        Assert.False(HasTable(Methods[method](Net(300), [])));
    }

    [Fact]
    public void An_accelerator_gets_no_table_of_bytes() => Assert.False(HasTable(Quantizing.Quantize(Net(400), new() { Target = QuantizationTarget.Accelerator }).Model));

    static bool HasTable(ModelProto model) => model.Graph.Initializer.Any(tensor => tensor.DataType == (int)TensorProto.Types.DataType.Int8 && tensor.Dims.Count == 2 && tensor.Dims[0] == 3);

    // Three rows of very different size, and a product behind them.
    static ModelProto Net(int columns)
    {
        var net = new TestNetwork(1, 8);
        net.Node("Cast", [net.Node("Abs", ["x"], "a").Output[0]], "at").With("to", (long)TensorProto.Types.DataType.Int64);
        net.Node("Gather", [net.Constant("table", [.. Enumerable.Range(0, 3 * columns).Select(i => MathF.Sin(i) * MathF.Pow(10, i / columns))], 3, columns), "at"], "rows");
        net.Node("MatMul", ["rows", net.Weights("w", columns, 8)], "y");
        return net.Build("y");
    }
}
