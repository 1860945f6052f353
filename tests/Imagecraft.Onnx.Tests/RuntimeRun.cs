// Runs networks in ONNX Runtime, as boards do. Unaware of what is compared with it.

using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Protos;
using Microsoft.ML.OnnxRuntime;

namespace Imagecraft.Onnx.Tests;

static class RuntimeRun
{
    /// <summary>All outputs of a file, in either format, for float inputs by name.</summary>
    public static Dictionary<string, FloatTensor> Run(string path, IReadOnlyDictionary<string, FloatTensor> inputs)
    {
        using var options = RuntimeSession.Options(GraphOptimizationLevel.ORT_DISABLE_ALL);
        using var session = RuntimeSession.Open(path, options, "net");
        using var run = new RunOptions();
        var values = inputs.ToDictionary(input => input.Key, input => OrtValue.CreateTensorValueFromMemory(input.Value.Values, input.Value.Shape));
        try
        {
            using var results = session.Run(run, values, session.OutputNames);
            return session.OutputNames.Zip(results).ToDictionary(pair => pair.First, pair => new FloatTensor(pair.Second.GetTensorTypeAndShape().Shape, pair.Second.GetTensorDataAsSpan<float>().ToArray()));
        }
        finally
        {
            foreach (var value in values.Values)
                value.Dispose();
        }
    }

    /// <summary>The same of a network in memory.</summary>
    public static Dictionary<string, FloatTensor> Run(ModelProto model, IReadOnlyDictionary<string, FloatTensor> inputs)
    {
        using var folder = new TemporaryFolder();
        OnnxFile.Write(model, folder["model.onnx"]);
        return Run(folder["model.onnx"], inputs);
    }
}
