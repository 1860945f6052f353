// The ONNX project's cases give what they should after the passes, too.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Passes.Opsets;
using Imagecraft.Onnx.Protos;
using Microsoft.ML.OnnxRuntime;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Tests.Conformance;

public sealed class ConformanceTests(ITestOutputHelper output)
{
    static readonly string[] Operators =
    [
        "Conv", "ConvTranspose", "Gemm", "MatMul", "Add", "Mul", "AveragePool", "GlobalAveragePool", "MaxPool", "Relu", "Clip", "Sigmoid", "HardSwish", "HardSigmoid", "Softmax", "Concat", "Resize", "LSTM", "GRU",
        "BatchNormalization", "Transpose", "Reshape", "Identity", "Cast", "Dropout", "Squeeze", "Unsqueeze", "Pad", "QuantizeLinear", "DequantizeLinear",
    ];

    /// <summary>With the package's version 1.17 about four hundred cases run; far fewer mean that the data or the runner are broken.</summary>
    const int LeastCases = 300;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Passes_keep_the_expected_outputs_of_every_case(bool withConstants)
    {
        using var folder = new TemporaryFolder();
        var passed = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var leftOut = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        var failed = new List<string>();
        var ran = 0;
        foreach (var test in ConformanceData.Cases)
        {
            var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(test.ModelPath));
            var kinds = model.Graph.AllNodes().Where(node => node.Is(Operators)).Select(node => node.OpType).Distinct().ToList();
            if (kinds.Count == 0)
                continue;
            if ((Prepare(test, model, withConstants, out var changed, out var inputs, out var expected) ?? TooOld(model)) is { } reason)
            {
                leftOut.TryAdd(reason, []);
                leftOut[reason].Add(test.Name);
                continue;
            }
            var problem = Problem(changed, inputs, expected, folder.Root);
            if (problem is not null)
                failed.Add($"{test.Name}: {problem}");
            else
                foreach (var kind in kinds)
                    passed[kind] = passed.GetValueOrDefault(kind) + 1;
            ran++;
        }
        // For people: what a passing test says to `output`, nobody sees.
        Console.Out.WriteLine($"ONNX conformance: {ran} cases ran, {ran - failed.Count} passed, {leftOut.Values.Sum(names => names.Count)} were left out; inputs but the first are {(withConstants ? "constants" : "inputs")}");
        output.WriteLine($"Passed by operator: {string.Join(", ", passed.Select(pair => $"{pair.Key} {pair.Value}"))}");
        foreach (var (reason, names) in leftOut)
            output.WriteLine($"Left out, {reason}: {names.Count} [{string.Join(", ", names)}]");
        Assert.True(failed.Count == 0, string.Join('\n', failed));
        Assert.True(ran >= LeastCases, $"Only {ran} cases ran");
    }

    /// <summary>Readies a case; the reason when it says nothing about passes.</summary>
    static string? Prepare(ConformanceCase test, ModelProto model, bool withConstants, out ModelProto changed, out Dictionary<string, TensorProto> inputs, out List<TensorProto> expected)
    {
        (changed, inputs, expected) = (model.Clone(), [], []);
        var (given, wanted) = (test.InputPaths.Select(ConformanceData.Tensor).ToList(), test.OutputPaths.Select(ConformanceData.Tensor).ToList());
        if (given.Concat(wanted).Any(tensor => tensor is null))
            return "a value is a sequence or optional";
        if (given.Concat(wanted).Any(tensor => tensor!.DataType == (int)ElementType.String))
            return "a value holds strings";
        if (given.Concat(wanted).FirstOrDefault(tensor => TensorData.Size((ElementType)tensor!.DataType) is null) is { } odd)
            return $"values of {TensorData.Name(odd.DataType)} are not read here";
        inputs = model.Graph.Input.Select((input, i) => (input.Name, Value: given[i]!)).ToDictionary(pair => pair.Name, pair => pair.Value);
        expected = [.. wanted.OfType<TensorProto>()];
        try
        {
            if (ConformanceRun.Difference(ConformanceRun.Run(model, inputs), expected) is not null)
                return "ONNX Runtime gives something else without any pass";
        }
        catch (Exception problem) when (problem is OnnxException or OnnxRuntimeException)
        {
            return "ONNX Runtime does not run it";
        }
        if (!withConstants)
            return null;
        foreach (var input in model.Graph.Input.Skip(1))
        {
            changed.Graph.Input.Remove(input);
            changed.Graph.Initializer.Add(new TensorProto(inputs[input.Name]) { Name = input.Name });
        }
        return null;
    }

    static string? TooOld(ModelProto model)
    {
        try
        {
            new UpgradeOpset().Apply(model, "m");
            return null;
        }
        catch (OnnxException problem)
        {
            return problem.Message;
        }
    }

    static string? Problem(ModelProto model, Dictionary<string, TensorProto> inputs, List<TensorProto> expected, string scratch)
    {
        var last = "reading";
        try
        {
            foreach (var pass in StandardPasses.Make(scratch, OptimizationLevel.None).Prepend(new FreezeInitializers()))
            {
                last = pass.Name;
                var before = model.Clone();
                model = pass.Apply(model, "m");
                if (!model.Equals(before) && ConformanceRun.Difference(ConformanceRun.Run(model, inputs), expected) is { } difference)
                    return $"after `{last}`, {difference}";
            }
            return ModelCheck.Problems(model, "m") is [var first, ..] ? first : null;
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            return $"`{last}`: {problem.Message}";
        }
    }
}
