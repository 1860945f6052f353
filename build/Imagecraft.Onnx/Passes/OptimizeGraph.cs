// Lets ONNX Runtime optimize a graph offline. Unaware of recipes.

using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Microsoft.ML.OnnxRuntime;

namespace Imagecraft.Onnx.Passes;

/// <summary>Writes the model, loads it with the level, and takes what ONNX Runtime saved.</summary>
public sealed class OptimizeGraph(OptimizationLevel level, string scratch) : IModelPass
{
    /// <summary>Its kernels, and so the last digits of what they fold, differ by processor; <see cref="FoldConstants"/> does the same.</summary>
    const string Folds = "ConstantFolding";

    /// <summary>Whether what is float stays float: for networks of <see cref="Quantization.StaticQuantizer"/>, which has quantized all that shall be.</summary>
    public bool KeepsFloats { get; init; }

    /// <inheritdoc/>
    public string Name => level == OptimizationLevel.Basic ? "optimize-basic" : "optimize-extended";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var optimized = new FoldConstants().Apply(Save(model, level == OptimizationLevel.Basic ? GraphOptimizationLevel.ORT_ENABLE_BASIC : GraphOptimizationLevel.ORT_ENABLE_EXTENDED, KeepsFloats, scratch, file), file);
        if (level == OptimizationLevel.Extended)
            optimized = new FloatMaxima().Apply(new IntegerPads().Apply(optimized, file), file);
        // ONNX Runtime imports every operator set it knows; the model states what it needs.
        var domains = optimized.Graph.AllNodes().Select(node => Domain(node.Domain)).ToHashSet();
        var needed = optimized.OpsetImport.Where(opset => domains.Contains(Domain(opset.Domain)) || Domain(opset.Domain).Length == 0).ToList();
        optimized.OpsetImport.Clear();
        optimized.OpsetImport.AddRange(needed);
        return optimized;
    }

    /// <summary>What ONNX Runtime saves of a model that it opens with a level of optimization.</summary>
    internal static ModelProto Save(ModelProto model, GraphOptimizationLevel level, bool keepsFloats, string scratch, string file)
    {
        var (before, after) = (Path.Combine(scratch, "before.onnx"), Path.Combine(scratch, "after.onnx"));
        OnnxFile.WriteApart(model, before);
        var isLarge = OnnxFile.IsLarge(model);
        using (var options = RuntimeSession.Options(level, [Folds, .. keepsFloats ? [LoadHints.AddsPairs] : Array.Empty<string>(), .. PairAxes.LeftOut(model, file)]))
        {
            options.OptimizedModelFilePath = after;
            if (isLarge)
                options.AddSessionConfigEntry("session.optimized_model_external_initializers_file_name", Path.GetFileName(after) + LargeNetwork.DataEnding);
            using var session = RuntimeSession.Open(before, options, file);
        }
        if (isLarge)
        {
            var data = after + LargeNetwork.DataEnding;
            OnnxFile.Gather(after, new Dictionary<string, string> { [Path.GetFileName(data)] = data }, before, file);
            File.Move(before, after, overwrite: true);
            File.Delete(data);
            File.Delete(before + LargeNetwork.DataEnding);
        }
        var saved = OnnxFile.Read(after, file);
        File.Delete(before);
        File.Delete(after);
        return saved;
    }

    /// <summary>The standard operators have two names.</summary>
    static string Domain(string name) => name == "ai.onnx" ? "" : name;
}
