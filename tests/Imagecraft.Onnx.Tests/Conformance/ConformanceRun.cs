// Runs a case in ONNX Runtime and judges its outputs. Unaware of passes.

using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Tests.Conformance;

public static class ConformanceRun
{
    /// <summary>The limits of the ONNX project's own runner.</summary>
    const double Relative = 1e-3, Absolute = 1e-7;

    /// <summary>The outputs of the model for inputs by name.</summary>
    public static List<TensorProto> Run(ModelProto model, IReadOnlyDictionary<string, TensorProto> inputs)
    {
        using var folder = new TemporaryFolder();
        OnnxFile.Write(model, folder["model.onnx"]);
        using var options = RuntimeSession.Options(GraphOptimizationLevel.ORT_DISABLE_ALL);
        using var session = RuntimeSession.Open(folder["model.onnx"], options, "m");
        var given = session.InputNames.Where(inputs.ContainsKey).ToDictionary(name => name, name => Value(inputs[name]));
        try
        {
            using var run = new RunOptions();
            using var results = session.Run(run, given, session.OutputNames);
            return [.. results.Select(result => Tensor(result))];
        }
        finally
        {
            foreach (var value in given.Values)
                value.Dispose();
        }
    }

    /// <summary>What differs from the expected outputs, or null.</summary>
    public static string? Difference(IReadOnlyList<TensorProto> actual, IReadOnlyList<TensorProto> expected)
    {
        for (var i = 0; i < expected.Count; i++)
        {
            if (actual[i].DataType != expected[i].DataType || !actual[i].Dims.SequenceEqual(expected[i].Dims))
                return $"output {i} is {TensorData.Name(actual[i].DataType)} [{string.Join(", ", actual[i].Dims)}], expected is {TensorData.Name(expected[i].DataType)} [{string.Join(", ", expected[i].Dims)}]";
            var (left, right) = (Numbers(actual[i]), Numbers(expected[i]));
            for (var at = 0; at < left.Length; at++)
                if (!left[at].Equals(right[at]) && !(Math.Abs(left[at] - right[at]) <= Absolute + (Relative * Math.Abs(right[at]))))
                    return $"output {i} has {left[at]} at {at}, expected is {right[at]}";
        }
        return null;
    }

    static double[] Numbers(TensorProto tensor) => (ElementType)tensor.DataType switch
    {
        ElementType.Double => TensorData.Read<double>(tensor),
        ElementType.Uint64 => Array.ConvertAll(TensorData.Read<ulong>(tensor), value => (double)value),
        ElementType.Float or ElementType.Float16 or ElementType.Bfloat16 => Array.ConvertAll(TensorData.ReadFloats(tensor), value => (double)value),
        _ => Array.ConvertAll(TensorData.ReadIntegers(tensor), value => (double)value),
    };

    static OrtValue Value(TensorProto tensor)
    {
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)tensor.DataType, [.. tensor.Dims]);
        TensorData.Bytes(tensor).CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    static TensorProto Tensor(OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        return new() { DataType = (int)info.ElementDataType, Dims = { info.Shape }, RawData = Google.Protobuf.ByteString.CopyFrom(value.GetTensorMutableRawData()) };
    }
}
