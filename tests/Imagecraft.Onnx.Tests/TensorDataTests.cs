// Constant tensors in every layout, the attributes of nodes, and what wrong ones give.

using Google.Protobuf;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Tests;

public sealed class TensorDataTests
{
    [Fact]
    public void Values_are_the_same_raw_and_in_the_field_of_their_type()
    {
        Assert.Equal([1.5f, -2], TensorData.Read<float>(TensorData.Make<float>("t", [1.5f, -2], 2)));
        Assert.Equal([1.5f, -2], TensorData.Read<float>(Typed(ElementType.Float, tensor => tensor.FloatData.Add([1.5f, -2]))));
        Assert.Equal([-7L, long.MaxValue], TensorData.ReadIntegers(Typed(ElementType.Int64, tensor => tensor.Int64Data.Add([-7, long.MaxValue]))));
        Assert.Equal([-7, 5], TensorData.Read<int>(Typed(ElementType.Int32, tensor => tensor.Int32Data.Add([-7, 5]))));
        Assert.Equal<sbyte>([-128, 127], TensorData.Read<sbyte>(Typed(ElementType.Int8, tensor => tensor.Int32Data.Add([-128, 127]))));
        Assert.Equal<byte>([255, 0], TensorData.Read<byte>(Typed(ElementType.Uint8, tensor => tensor.Int32Data.Add([255, 0]))));
        Assert.Equal<short>([-300, 300], TensorData.Read<short>(Typed(ElementType.Int16, tensor => tensor.Int32Data.Add([-300, 300]))));
        Assert.Equal([uint.MaxValue, 0], TensorData.Read<uint>(Typed(ElementType.Uint32, tensor => tensor.Uint64Data.Add([uint.MaxValue, 0]))));
        Assert.Equal([true, false], TensorData.Read<bool>(Typed(ElementType.Bool, tensor => tensor.Int32Data.Add([1, 0]))));
        Assert.Equal([1.5, -2], TensorData.Read<double>(Typed(ElementType.Double, tensor => tensor.DoubleData.Add([1.5, -2]))));
    }

    [Fact]
    public void Every_floating_point_type_is_read_as_float()
    {
        Assert.Equal([1.5f, -2], TensorData.ReadFloats(TensorData.Make<double>("t", [1.5, -2], 2)));
        Assert.Equal([1.5f, -2], TensorData.ReadFloats(TensorData.Make<Half>("t", [(Half)1.5, (Half)(-2)], 2)));
        // 1.5 and -2 in half precision and in bfloat16.
        Assert.Equal([1.5f, -2], TensorData.ReadFloats(Typed(ElementType.Float16, tensor => tensor.Int32Data.Add([0x3E00, 0xC000]))));
        Assert.Equal([1.5f, -2], TensorData.ReadFloats(Typed(ElementType.Bfloat16, tensor => tensor.Int32Data.Add([0x3FC0, 0xC000]))));
    }

    [Fact]
    public void A_scalar_has_one_value_and_an_empty_tensor_none()
    {
        Assert.Equal([3L], TensorData.ReadIntegers(TensorData.Make<long>("t", [3])));
        Assert.Empty(TensorData.ReadFloats(TensorData.Make<float>("t", [], 0, 5)));
    }

    [Theory]
    [InlineData(new long[] { 3 }, "it has 8 bytes, but the shape [3] of float needs 12")]
    [InlineData(new long[] { -2 }, "the shape [-2] is impossible")]
    [InlineData(new long[] { long.MaxValue, 3 }, "the shape [9223372036854775807, 3] is impossible")]
    [InlineData(new long[] { long.MaxValue }, "it has 8 bytes, but the shape [9223372036854775807] of float needs 36893488147419103228")]
    public void A_shape_that_does_not_fit_the_data_says_so(long[] shape, string reason)
    {
        var tensor = new TensorProto { Name = "t", DataType = (int)ElementType.Float, Dims = { shape }, RawData = ByteString.CopyFrom(new byte[8]) };
        Assert.Equal($"The tensor `t` cannot be used: {reason}", Assert.Throws<OnnxException>(() => TensorData.ReadFloats(tensor)).Message);
    }

    [Fact]
    public void A_tensor_of_another_type_or_in_another_file_says_so()
    {
        Assert.Contains("it is float, int64 is needed", Assert.Throws<OnnxException>(() => TensorData.Read<long>(TensorData.Make<float>("t", [1]))).Message, StringComparison.Ordinal);
        Assert.Contains("an integer type is needed", Assert.Throws<OnnxException>(() => TensorData.ReadIntegers(TensorData.Make<float>("t", [1]))).Message, StringComparison.Ordinal);
        var outside = Typed(ElementType.Float, tensor => tensor.DataLocation = TensorProto.Types.DataLocation.External);
        Assert.Contains("its data lie outside the file", Assert.Throws<OnnxException>(() => TensorData.ReadFloats(outside)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Attributes_are_read_with_defaults_and_replaced()
    {
        var node = TestModels.Node("Conv", ["x", "w"], "y").With("group", 2).With("alpha", 0.5f).With("auto_pad", "VALID").With("pads", [1L, 2]).With("axes", []);
        Assert.Equal((2, 7), (node.GetInteger("group", 1), node.GetInteger("missing", 7)));
        Assert.Equal((0.5f, 1), (node.GetNumber("alpha", 1), node.GetNumber("group", 1)));
        Assert.Equal(("VALID", "NOTSET"), (node.GetText("auto_pad", "NOTSET"), node.GetText("missing", "NOTSET")));
        Assert.Equal([1, 2], node.GetIntegers("pads")!);
        Assert.Empty(node.GetIntegers("axes")!.Value);
        Assert.Null(node.GetIntegers("strides"));
        Assert.Equal(3, node.With("group", 3).GetInteger("group", 1));
        Assert.False(node.Without("group").Without("group").Has("group"));
    }

    [Fact]
    public void Standard_operators_have_two_domain_names()
    {
        var node = TestModels.Node("Conv", ["x", "w"], "y");
        Assert.True(node.Is("Gemm", "Conv"));
        node.Domain = "ai.onnx";
        Assert.True(node.Is("Conv"));
        node.Domain = "com.example";
        Assert.False(node.Is("Conv"));
        Assert.Equal("", node.InputAt(2));
    }

    static TensorProto Typed(ElementType type, Action<TensorProto> fill)
    {
        var tensor = new TensorProto { Name = "t", DataType = (int)type, Dims = { 2 } };
        fill(tensor);
        return tensor;
    }
}
