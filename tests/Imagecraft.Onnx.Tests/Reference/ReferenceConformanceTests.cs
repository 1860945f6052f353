// The reference arithmetic gives what the ONNX project publishes for its operators.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Reference;
using Imagecraft.Onnx.Reference.Kernels;
using Imagecraft.Onnx.Tests.Conformance;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Tests.Reference;

public sealed class ReferenceConformanceTests(ITestOutputHelper output)
{
    /// <summary>With the package's version 1.17 that many run; far fewer mean that the data or the runner are broken.</summary>
    const int LeastCases = 900;

    [Fact]
    public void Every_case_of_an_operator_with_reference_arithmetic_gives_what_ONNX_publishes()
    {
        var passed = 0;
        var failed = new List<string>();
        var leftOut = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var test in ConformanceData.Cases)
        {
            var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(test.ModelPath));
            var reason = WhyNot(model);
            var problem = default(string);
            if (reason is null)
                (problem, reason) = Try(model, test);
            if (reason is not null)
            {
                leftOut.TryAdd(reason, []);
                leftOut[reason].Add(test.Name);
            }
            else if (problem is not null)
                failed.Add($"{test.Name}: {problem}");
            else
                passed++;
        }
        // For people: what a passing test says to `output`, nobody sees.
        Console.Out.WriteLine($"ONNX conformance of the reference arithmetic: {passed + failed.Count} cases ran, {passed} passed, {leftOut.Values.Sum(names => names.Count)} were left out");
        foreach (var (reason, names) in leftOut)
            output.WriteLine($"Left out, {reason}: {names.Count} [{string.Join(", ", names)}]");
        Assert.True(failed.Count == 0, string.Join('\n', failed));
        Assert.True(passed >= LeastCases, $"Only {passed} cases passed");
    }

    static string? WhyNot(ModelProto model)
    {
        if (model.Graph.AllNodes().FirstOrDefault(node => KernelTable.Find(node) is null) is { } unknown)
            return $"{unknown.OpType} has no reference arithmetic";
        foreach (var port in model.Graph.Input.Concat(model.Graph.Output))
            if (port.Type?.TensorType is not { } tensor)
                return "a value is a sequence or optional";
            else if (tensor.ElemType == (int)ElementType.Bfloat16 || TensorData.Size((ElementType)tensor.ElemType) is null)
                return $"values of {TensorData.Name(tensor.ElemType)} have no reference arithmetic";
        return null;
    }

    /// <summary>What is wrong; or why the case says nothing.</summary>
    static (string? Problem, string? Reason) Try(ModelProto model, ConformanceCase test)
    {
        var inputs = model.Graph.Input.Select((input, i) => (input.Name, Value: ConformanceData.Tensor(test.InputPaths[i])!)).ToDictionary(pair => pair.Name, pair => pair.Value);
        TensorProto[] expected = [.. test.OutputPaths.Select(path => ConformanceData.Tensor(path)!)];
        try
        {
            var problem = ConformanceRun.Difference(new ReferenceNetwork(model, "m").Run(inputs, TestContext.Current.CancellationToken), expected);
            // Some published outputs are computed by rules that ONNX has mended since.
            return problem is not null && ConformanceRun.Difference(ConformanceRun.Run(model, inputs), expected) is not null ? (null, "ONNX Runtime gives something else, too") : (problem, null);
        }
        catch (OnnxException problem) when (problem.Message.Contains("no reference arithmetic", StringComparison.Ordinal))
        {
            return (null, problem.Message[(problem.Message.IndexOf('(', StringComparison.Ordinal) + 1)..]);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            return (problem.Message, null);
        }
    }
}
