// Who runs a board's networks, what it takes of them, and which variant that asks for. Unaware of ONNX.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Models;

/// <summary>A board's choice, as planning needs it.</summary>
/// <param name="Profile">What it takes; null: everything, as the quantizer likes it best.</param>
/// <param name="Fallback">Whether the CPU may run what an accelerator does not take.</param>
/// <param name="Others">The board's further accelerators that say what they take: reports tell how much of a network they would.</param>
public sealed record Inference(ProfilePlan? Profile, bool Fallback, ImmutableArray<ProfilePlan> Others)
{
    internal const string Accelerator = "accelerator", OnnxRuntime = "onnx-runtime";

    /// <summary>Whether an accelerator's compiler takes the networks; it wants standard operators, unfused.</summary>
    public bool IsAccelerator => Profile?.Target == Accelerator;

    /// <summary>The choice of a board.</summary>
    public static Inference Of(Workspace workspace, Board board)
    {
        var own = board.Accelerators.Where(a => workspace.Accelerators.ContainsKey(a)).Select(a => workspace.Accelerators[a]).ToImmutableArray();
        var chosen = board.Inference.Accelerator is { } name ? own.FirstOrDefault(a => a.Name.Value == name.Value) : null;
        var others = own.Where(a => a != chosen).SelectMany(a => a.Profile is { } profile ? [Plan(a.Name, profile, Accelerator)] : Array.Empty<ProfilePlan>());
        var plan = chosen?.Profile is { } taken ? Plan(chosen.Name, taken, Accelerator)
            : board.Profile is { } cpu ? Plan(board.Name, cpu, OnnxRuntime)
            : workspace.Architectures.TryGetValue(board.Architecture, out var architecture) && architecture.Profile is { } usual ? Plan(architecture.Name, usual, OnnxRuntime)
            : null;
        return new(plan, board.Inference.Fallback, [.. others]);
    }

    /// <summary>The variant of a model that suits best: the quantized one, unless its numbers are none that are taken.</summary>
    public string Choose(ModelRecipe model)
    {
        if (model.Quantize is not { } quantize)
            return ModelVariants.Floating;
        var variant = ModelVariants.Of(quantize);
        var isTaken = Profile is null || (variant == ModelVariants.Half ? Profile.TakesFloat : !Profile.Activations.IsEmpty);
        return isTaken ? variant : ModelVariants.Floating;
    }

    private static ProfilePlan Plan(string name, ProfileSpec profile, string target) => new(
        name,
        profile.Target?.Value ?? target,
        profile.PerTensor,
        profile.Symmetric,
        [.. profile.Activations.Select(a => a.Value)],
        [.. profile.Weights.Select(w => w.Value)],
        profile.TakesFloat,
        profile.Dilation,
        profile.ReduceRange,
        profile.Operators?.ToImmutableSortedDictionary(o => o.Key, o => new OperatorPlan(o.Value.Kernels, o.Value.Stride, [.. o.Value.Groups.Select(g => g.Value)], o.Value.Dimensions), StringComparer.Ordinal));
}
