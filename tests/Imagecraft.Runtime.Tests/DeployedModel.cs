// Makes the folder of a deployed model as a build does. Unaware of the program under test.

using Imagecraft.Onnx;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Tests;

namespace Imagecraft.Runtime.Tests;

/// <summary>The counter network with two golden samples of two and three frames and a state carried from 10.</summary>
static class DeployedModel
{
    public const string Card = """
        { "name": "counter", "carry": { "state": "next" }, "tolerance": 0.25,
          "samples": [ { "name": "two", "frames": 2 }, { "name": "three", "frames": 3 } ] }
        """;

    public static void Write(TemporaryFolder folder)
    {
        OnnxFile.Write(TestModels.Counter(), folder["model.onnx"]);
        File.WriteAllText(folder["card.json"], Card);
        Sample(folder, "two", [1, -2, 3, 4], [11, 12, 14, 15]);
        Sample(folder, "three", [1, -2, 3, 4, -5, -6], [11, 12, 14, 15, 17, 18]);
    }

    /// <summary>Converts a model to ONNX Runtime's own format, as a build does.</summary>
    public static void WriteOrt(string onnx, string ort) => OrtFile.Convert(onnx, ort, "model");

    static void Sample(TemporaryFolder folder, string name, float[] x, float[] level)
    {
        var frames = x.Length / 2;
        Directory.CreateDirectory(folder[$"golden/{name}/inputs"]);
        Directory.CreateDirectory(folder[$"golden/{name}/expected"]);
        File.WriteAllBytes(folder[$"golden/{name}/inputs/x.npy"], NpyFile.Floats($"{frames}, 1, 2", x));
        File.WriteAllBytes(folder[$"golden/{name}/inputs/state.npy"], NpyFile.Floats("1, 1", 10));
        File.WriteAllBytes(folder[$"golden/{name}/expected/level.npy"], NpyFile.Floats($"{frames}, 1, 2", level));
        File.WriteAllBytes(folder[$"golden/{name}/expected/next.npy"], NpyFile.Floats("1, 1", 10 + frames));
    }
}
