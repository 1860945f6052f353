// ONNX Runtime's own format: the same bytes each time, and the same outputs.

using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Tests.Quantization;

namespace Imagecraft.Onnx.Tests;

public sealed class OrtFileTests
{
    [Fact]
    public void The_same_network_gives_the_same_bytes_which_give_the_same_outputs()
    {
        using var folder = new TemporaryFolder();
        var net = new TestNetwork(1, 8, 16, 16);
        net.Convolve("x", "c", 8, 4);
        net.Node("Relu", ["c"], "r");
        net.Node("MaxPool", ["r"], "p").With("kernel_shape", 2L, 2L);
        net.Node("Reshape", ["p", net.Integers("shape", 1, -1)], "f");
        net.Node("Gemm", ["f", net.Weights("w", 900, 10)], "g");
        net.Node("Softmax", ["g"], "y");
        OnnxFile.Write(net.Build("y"), folder["net.onnx"]);
        var first = Convert(folder);
        // Hash tables of ONNX Runtime have an order of their own each time: several attempts would show it.
        for (var attempt = 0; attempt < 5; attempt++)
            Assert.Equal(first, Convert(folder));
        Assert.True(OrtFile.IsOne(folder["net"]));
        Assert.False(OrtFile.IsOne(folder["net.onnx"]));

        var input = new Dictionary<string, FloatTensor> { ["x"] = FloatTensor.Zeros([1, 8, 16, 16]) with { Values = [.. Enumerable.Range(0, 2048).Select(i => (i % 17) - 8f)] } };
        Assert.Equal(RuntimeRun.Run(folder["net.onnx"], input)["y"].Values, RuntimeRun.Run(folder["net"], input)["y"].Values);
    }

    [Fact]
    public void What_is_no_such_file_is_told_apart()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["short"], "ORTM");
        Assert.False(OrtFile.IsOne(folder["short"]));
    }

    static byte[] Convert(TemporaryFolder folder)
    {
        OrtFile.Convert(folder["net.onnx"], folder["net"], "net");
        return File.ReadAllBytes(folder["net"]);
    }
}
