// Who runs a board's networks, what it takes of them, and which variant that asks for. Unaware of networks.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Onnx.Profiles;
using Imagecraft.Onnx.Quantization;

namespace Imagecraft.Planning.Models;

/// <summary>A board's choice, as planning needs it.</summary>
/// <param name="Profile">What it takes; null: everything, as the quantizer likes it best.</param>
/// <param name="Fallback">Whether the CPU may run what an accelerator does not take.</param>
/// <param name="Others">The board's further accelerators that say what they take: reports tell how much of a network they would.</param>
/// <param name="Accelerators">All of the board's that say so.</param>
public sealed record Inference(Profile? Profile, bool Fallback, ImmutableArray<Profile> Others, ImmutableArray<Accelerator> Accelerators)
{
    /// <summary>The accelerator that runs the networks; null: the CPU.</summary>
    public Accelerator? Runner { get; init; }


    /// <summary>Whether an accelerator's compiler takes the networks; it wants standard operators, unfused.</summary>
    public bool IsAccelerator => Profile?.Target == QuantizationTarget.Accelerator;

    /// <summary>The choice of a board.</summary>
    public static Inference Of(Workspace workspace, Board board)
    {
        var own = board.Accelerators.Where(a => workspace.Accelerators.ContainsKey(a)).Select(a => workspace.Accelerators[a]).ToImmutableArray();
        var able = own.Where(a => a.Profile is not null).ToImmutableArray();
        if (board.Inference.Accelerator is { } name && able.FirstOrDefault(a => a.Name.Value == name.Value) is { } chosen)
            return On(chosen, able, board.Inference.Fallback);
        var profile = board.Profile is { } cpu ? ModelRequests.Profile(board.Name, cpu, QuantizationTarget.OnnxRuntime)
            : workspace.Architectures.TryGetValue(board.Architecture, out var architecture) && architecture.Profile is { } usual ? ModelRequests.Profile(architecture.Name, usual, QuantizationTarget.OnnxRuntime)
            : null;
        return new(profile, board.Inference.Fallback, [.. able.Select(ProfileOf)], able);
    }

    /// <summary>The same board with its networks on one of its accelerators; null: it has no such one.</summary>
    public Inference? On(string accelerator) => Accelerators.FirstOrDefault(a => a.Name.Value == accelerator) is { } chosen ? On(chosen, Accelerators, Fallback) : null;

    // What is shaped for the CPU's kernels is held against the accelerator's profile as float, like for those that do not run it.
    private static Inference On(Accelerator chosen, ImmutableArray<Accelerator> able, bool fallback)
    {
        var profile = ProfileOf(chosen);
        return new(profile, fallback, [.. able.Where(a => a != chosen || profile.Target != QuantizationTarget.Accelerator).Select(ProfileOf)], able) { Runner = chosen };
    }

    private static Profile ProfileOf(Accelerator accelerator) => ModelRequests.Profile(accelerator.Name, accelerator.Profile!, QuantizationTarget.Accelerator);

    /// <summary>The variant of a model that suits best: the quantized one, unless its numbers are none that are taken.</summary>
    public string Choose(ModelRecipe model)
    {
        if (model.Quantize is not { } quantize)
            return ModelVariants.Floating;
        var variant = ModelVariants.Of(quantize);
        // ONNX Runtime alone has the operator that multiplies by weights in blocks.
        var isTaken = Profile is null || (quantize.Method.Value == ModelVariants.WeightOnly ? !IsAccelerator : variant == ModelVariants.Half ? Profile.TakesFloat : !Profile.ActivationTypes.IsEmpty);
        return isTaken ? variant : ModelVariants.Of(model)[0];
    }
}
