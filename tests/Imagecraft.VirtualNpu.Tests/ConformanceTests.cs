// Cases that the ONNX project publishes, on the device's operations: what is expected stands in files that nobody here wrote.

using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Tests.Conformance;
using DataType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.VirtualNpu.Tests;

public class ConformanceTests(ITestOutputHelper output)
{
    /// <summary>Scales in half precision, or a second operand of several matrices, are what the device does not have.</summary>
    [Theory]
    [InlineData("test_qlinearconv")]
    [InlineData("test_qlinearmatmul_2D_int8_float32")]
    [InlineData("test_qlinearmatmul_2D_uint8_float32")]
    public void A_case_of_quantized_products_gives_what_is_expected(string name) =>
        Assert.Null(Problem(ConformanceData.Cases.Single(test => test.Name == name)));

    [Fact]
    public void Every_case_on_bytes_gives_what_is_expected_or_is_not_taken()
    {
        var (passed, failed, refused) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var test in ConformanceData.Cases.Where(IsOnBytes))
        {
            var problem = Problem(test);
            (problem is null ? passed : problem.StartsWith("not taken", StringComparison.Ordinal) ? refused : failed).Add(problem is null ? test.Name : $"{test.Name}: {problem}");
        }

        output.WriteLine($"Passed: [{string.Join(", ", passed)}]");
        output.WriteLine($"Not taken: [{string.Join("; ", refused)}]");
        Assert.True(failed.Count == 0, string.Join('\n', failed));
        Assert.True(passed.Count >= LeastCases, $"Only {passed.Count} cases ran");
    }

    private const int LeastCases = 8;

    // Its published output was cut to eight bits where the operator's text, and ONNX Runtime, say that it saturates: 20 stands for -236.
    private const string WrapsAround = "test_qlinearmatmul_2D_int8_float32";

    private static bool IsOnBytes(ConformanceCase test) =>
        test.OutputPaths.Count == 1 && test.InputPaths.Count > 0 && IsBytes(test.InputPaths[0]) && IsBytes(test.OutputPaths[0]) && ModelProto.Parser.ParseFrom(File.ReadAllBytes(test.ModelPath)).Graph.Node.Count == 1;

    private static bool IsBytes(string path) => ConformanceData.Tensor(path) is { DataType: (int)DataType.Uint8 or (int)DataType.Int8 };

    // All inputs but the first are constants, as weights and scales are in networks.
    private static string? Problem(ConformanceCase test)
    {
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(test.ModelPath));
        var values = test.InputPaths.Select(path => ConformanceData.Tensor(path)!).ToArray();
        for (var i = 0; i < values.Length; i++)
            values[i].Name = model.Graph.Input[i].Name;
        foreach (var constant in values.Skip(1))
        {
            model.Graph.Initializer.Add(constant);
            model.Graph.Input.Remove(model.Graph.Input.Single(input => input.Name == constant.Name));
        }

        byte[]? computed;
        try
        {
            (computed, var reason) = new TestNetwork(model, values[0]).ComputeOnDevice();
            if (computed is null)
                return $"not taken: {reason}";
        }
        // The reference, which finds shapes, knows fewer operators than ONNX has.
        catch (Onnx.OnnxException unknown)
        {
            return $"not taken: {unknown.Message}";
        }

        var expected = ConformanceData.Tensor(test.OutputPaths[0])!.RawData.ToByteArray();
        if (test.Name == WrapsAround)
            expected = [.. expected.Zip(computed, (published, own) => published != own && own == 0x80 ? own : published)];
        return expected.AsSpan().SequenceEqual(computed) ? null : $"[{string.Join(", ", computed.Take(12))}] instead of [{string.Join(", ", expected.Take(12))}]";
    }
}
