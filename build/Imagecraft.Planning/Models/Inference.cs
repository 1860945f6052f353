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
public sealed record Inference(Profile? Profile, bool Fallback, ImmutableArray<Profile> Others)
{
    /// <summary>Whether an accelerator's compiler takes the networks; it wants standard operators, unfused.</summary>
    public bool IsAccelerator => Profile?.Target == QuantizationTarget.Accelerator;

    /// <summary>The choice of a board.</summary>
    public static Inference Of(Workspace workspace, Board board)
    {
        var own = board.Accelerators.Where(a => workspace.Accelerators.ContainsKey(a)).Select(a => workspace.Accelerators[a]).ToImmutableArray();
        var chosen = board.Inference.Accelerator is { } name ? own.FirstOrDefault(a => a.Name.Value == name.Value) : null;
        var others = own.Where(a => a != chosen).SelectMany(a => a.Profile is { } said ? [ModelRequests.Profile(a.Name, said, QuantizationTarget.Accelerator)] : Array.Empty<Profile>());
        var profile = chosen?.Profile is { } taken ? ModelRequests.Profile(chosen.Name, taken, QuantizationTarget.Accelerator)
            : board.Profile is { } cpu ? ModelRequests.Profile(board.Name, cpu, QuantizationTarget.OnnxRuntime)
            : workspace.Architectures.TryGetValue(board.Architecture, out var architecture) && architecture.Profile is { } usual ? ModelRequests.Profile(architecture.Name, usual, QuantizationTarget.OnnxRuntime)
            : null;
        return new(profile, board.Inference.Fallback, [.. others]);
    }

    /// <summary>The variant of a model that suits best: the quantized one, unless its numbers are none that are taken.</summary>
    public string Choose(ModelRecipe model)
    {
        if (model.Quantize is not { } quantize)
            return ModelVariants.Floating;
        var variant = ModelVariants.Of(quantize);
        var isTaken = Profile is null || (variant == ModelVariants.Half ? Profile.TakesFloat : !Profile.ActivationTypes.IsEmpty);
        return isTaken ? variant : ModelVariants.Of(model)[0];
    }
}
