// Gives the inputs of a model their fixed shapes. Unaware of what the model computes.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Passes;

/// <summary>
/// Replaces free dimensions of inputs by sizes. A symbol that several tensors share gets one size everywhere;
/// shapes of intermediate values and outputs that are not known for sure any more are left to ONNX Runtime's inference.
/// </summary>
/// <param name="shapes">Sizes by input.</param>
/// <param name="freeAxes">Axes that stay free all the same, by input: their sizes become the usual ones.</param>
public sealed class FixShapes(ImmutableSortedDictionary<string, ImmutableArray<long>> shapes, ImmutableSortedDictionary<string, ImmutableArray<int>>? freeAxes = null) : IModelPass
{
    /// <inheritdoc/>
    public string Name => "fix-shapes";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var symbols = new Dictionary<string, long>();
        var free = new Dictionary<string, string>();
        foreach (var (name, sizes) in shapes)
            Fix(Ports.Input(model, name, file), sizes, freeAxes?.GetValueOrDefault(name) is { IsDefaultOrEmpty: false } axes ? axes : [], symbols, free, file);
        foreach (var (symbol, input) in free)
            if (symbols.TryGetValue(symbol, out var size))
                throw new OnnxException($"The axis `{symbol}` of input `{input}` of `{file}` cannot stay free: another input fixes it to {size}; name that one in `free-axes`, too");
        foreach (var name in freeAxes?.Keys ?? [])
            UsualSizes.Set(model, name, shapes[name]);
        foreach (var value in model.Graph.Input.Concat(model.Graph.Output).Concat(model.Graph.ValueInfo))
            Substitute(value, symbols);
        return model;
    }

    static void Fix(ValueInfoProto input, ImmutableArray<long> sizes, ImmutableArray<int> freeAxes, Dictionary<string, long> symbols, Dictionary<string, string> free, string file)
    {
        var shape = input.Type?.TensorType?.Shape ?? throw new OnnxException($"Input `{input.Name}` of `{file}` has no tensor shape that could be fixed");
        if (shape.Dim.Count != sizes.Length)
            throw Mismatch(input, sizes, file, $"it has {shape.Dim.Count} dimensions");
        for (var i = 0; i < sizes.Length; i++)
        {
            var dimension = shape.Dim[i];
            if (sizes[i] < 1)
                throw Mismatch(input, sizes, file, "sizes begin at 1");
            if (freeAxes.Contains(i))
            {
                if (dimension is { HasDimValue: true, DimValue: > 0 })
                    throw new OnnxException($"Axis {i} of input `{input.Name}` of `{file}` cannot stay free: it is always {dimension.DimValue}; take it out of `free-axes`, or export the network with a dynamic axis");
                if (dimension.ValueCase != TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam || dimension.DimParam.Length == 0)
                    dimension.DimParam = $"{input.Name}_{i}";
                free.TryAdd(dimension.DimParam, input.Name);
                continue;
            }
            if (dimension.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && dimension.DimValue != sizes[i])
                throw Mismatch(input, sizes, file, $"dimension {i} is always {dimension.DimValue}");
            if (dimension.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam && dimension.DimParam.Length > 0
                && !symbols.TryAdd(dimension.DimParam, sizes[i]) && symbols[dimension.DimParam] != sizes[i])
                throw Mismatch(input, sizes, file, $"dimension {i} is the same `{dimension.DimParam}` that is {symbols[dimension.DimParam]} elsewhere");
            dimension.DimValue = sizes[i];
        }
    }

    static void Substitute(ValueInfoProto value, Dictionary<string, long> symbols)
    {
        if (value.Type?.TensorType?.Shape is not { } shape)
            return;
        foreach (var dimension in shape.Dim)
            if (dimension.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam && symbols.TryGetValue(dimension.DimParam, out var size))
                dimension.DimValue = size;
    }

    static OnnxException Mismatch(ValueInfoProto input, ImmutableArray<long> sizes, string file, string reason) =>
        new($"The shape [{string.Join(", ", sizes)}] does not fit input `{input.Name}` of `{file}`: {reason}");
}
