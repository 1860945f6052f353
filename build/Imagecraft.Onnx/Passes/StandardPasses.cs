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

    /// <summary>In this order, without those that <paramref name="without"/> names; a name that is none is an <see cref="OnnxException"/> that lists them.</summary>
    /// <param name="scratch">An existing folder for temporary files.</param>
    /// <param name="without">Names of passes to leave out.</param>
    public static ImmutableArray<IModelPass> Make(string scratch, params ImmutableArray<string> without)
    {
        ImmutableArray<IModelPass> settling = [new FoldConditions(), new InferShapes(scratch), new FoldConstants()];
        ImmutableArray<IModelPass> all =
        [
            .. Enumerable.Repeat(settling, SettlingRounds).SelectMany(passes => passes),
            new UpgradeOpset(),
            new RemoveIdentities(),
            new MergeCasts(),
            new MergeTransposes(),
            new MergeReshapes(),
            new FoldAffine(),
            new RemoveDeadNodes(),
        ];
        var unknown = without.Except(all.Select(pass => pass.Name)).ToList();
        return unknown.Count == 0
            ? [.. all.Where(pass => !without.Contains(pass.Name))]
            : throw new OnnxException($"There are no passes [{string.Join(", ", unknown.Select(name => $"`{name}`"))}], there are [{string.Join(", ", all.Select(pass => $"`{pass.Name}`").Distinct())}]");
    }
}
