// Outputs that are infinite or empty, on the way to card and golden files.

using System.Text.Json;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Tests.Quantization;

namespace Imagecraft.Onnx.Tests;

public sealed class UnusualOutputTests
{
    static readonly ModelOptions Options = new() { Name = "net", Version = "1", License = "MIT", Optimize = Passes.OptimizationLevel.Basic };

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void The_mean_of_nothing_and_of_infinite_values_is_null_on_the_card(long width)
    {
        using var folder = new TemporaryFolder();
        var net = new TestNetwork(1, width);
        net.Node("Mul", ["x", net.Constant("zero", [0])], "zeros");
        net.Node("Log", ["zeros"], "y");
        OnnxFile.Write(net.Build("y"), folder["net.onnx"]);
        ModelBuilder.MakeGolden(folder["net.onnx"], folder["net.onnx"], null, new(), folder["out"], Options, folder.Root, TestContext.Current.CancellationToken);
        using var card = JsonDocument.Parse(File.ReadAllBytes(folder["out/card.json"]));
        Assert.Equal(JsonValueKind.Null, card.RootElement.GetProperty("samples")[0].GetProperty("mean").ValueKind);
    }

    [Fact]
    public void Infinite_values_may_stay_when_a_network_is_quantized_but_none_may_come()
    {
        using var folder = new TemporaryFolder();
        var (masked, whole) = (Masked(float.NegativeInfinity), Masked(0));
        OnnxFile.Write(masked, folder["masked.onnx"]);
        OnnxFile.Write(whole, folder["whole.onnx"]);
        OnnxFile.Write(Quantizing.Quantize(masked, new() { Exclude = ["Add"] }).Model, folder["int8.onnx"]);
        Make("masked");
        var problem = Assert.Throws<OnnxException>(() => Make("whole"));
        Assert.Equal("Quantization makes values of the output `y` of `net` infinite or no numbers on the golden frames, or finite where the float network's are not; leave layers before it float by `exclude`", problem.Message);

        void Make(string source) => ModelBuilder.MakeGolden(
            folder[$"{source}.onnx"], folder["int8.onnx"], _ => [new LabelledSequence("some", TestNetwork.Frames(masked), [])], new() { Quantization = "{}" }, folder[$"out-{source}"], Options, folder.Root, TestContext.Current.CancellationToken);
    }

    static ModelProto Masked(float mask)
    {
        var net = new TestNetwork(1, 16);
        net.Node("MatMul", ["x", net.Weights("w", 16, 16)], "m");
        net.Node("Add", ["m", net.Constant("mask", [.. Enumerable.Range(0, 16).Select(i => i < 8 ? 0 : mask)], 16)], "y");
        return net.Build("y");
    }
}
