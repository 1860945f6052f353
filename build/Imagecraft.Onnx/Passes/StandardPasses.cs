// The passes that every network goes through, and their order. Unaware of networks.

using System.Collections.Immutable;
using Imagecraft.Onnx.Passes.Affine;
using Imagecraft.Onnx.Passes.Opsets;

namespace Imagecraft.Onnx.Passes;

/// <summary>The one list.</summary>
public static class StandardPasses
{
    /// <summary>A constant that was folded fixes a shape, which decides a condition, which makes more constant. A pass that changes nothing costs little.</summary>
    const int SettlingRounds = 6;

    /// <summary>What a recipe may name, in the order in which it runs: the last two are those of <see cref="OptimizationLevel"/>.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Own("").Append(new OptimizeGraph(OptimizationLevel.Basic, "")).Append(new OptimizeGraph(OptimizationLevel.Extended, "")).Select(pass => pass.Name).Distinct()];

    /// <summary>In this order, without those that <paramref name="without"/> names; a name that is none is an <see cref="OnnxException"/> that lists them.</summary>
    /// <param name="scratch">An existing folder for temporary files.</param>
    /// <param name="level">Whose pass of ONNX Runtime comes last; with none, none does.</param>
    /// <param name="without">Names of passes to leave out.</param>
    public static ImmutableArray<IModelPass> Make(string scratch, OptimizationLevel level, params ImmutableArray<string> without)
    {
        var unknown = without.Except(Names).ToList();
        if (unknown.Count > 0)
            throw new OnnxException($"There are no passes [{string.Join(", ", unknown.Select(name => $"`{name}`"))}], there are [{string.Join(", ", Names.Select(name => $"`{name}`"))}]");
        IModelPass[] last = level == OptimizationLevel.None ? [] : [new OptimizeGraph(level, scratch)];
        return [.. Own(scratch).Concat(last).Where(pass => !without.Contains(pass.Name))];
    }

    static ImmutableArray<IModelPass> Own(string scratch)
    {
        ImmutableArray<IModelPass> settling = [new FoldConditions(), new InferShapes(scratch), new FoldConstants()];
        return
        [
            .. Enumerable.Repeat(settling, SettlingRounds).SelectMany(passes => passes),
            new UpgradeOpset(),
            new RemoveIdentities(),
            new MergeCasts(),
            new MergeTransposes(),
            new MergeReshapes(),
            new FoldAffine(),
            new FoldPads(),
            new MergeConstants(),
            new RemoveDeadNodes(),
        ];
    }
}
