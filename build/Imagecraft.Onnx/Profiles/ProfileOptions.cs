// Turns a recipe's wishes and a profile into settings of the quantizer. Unaware of networks.

using System.Collections.Immutable;
using Imagecraft.Onnx.Quantization;

namespace Imagecraft.Onnx.Profiles;

/// <summary>Settings from both.</summary>
public static class ProfileOptions
{
    /// <summary>The settings that fulfil the wishes within the profile; all contradictions at once are an <see cref="OnnxException"/>.</summary>
    /// <param name="profile">What runs the network.</param>
    /// <param name="wishes">What the recipe says.</param>
    /// <param name="file">Names the model in messages.</param>
    public static QuantizationOptions Of(Profile profile, QuantizationWishes wishes, string file)
    {
        var problems = new List<string>();
        var activation = Choose("activations", wishes.ActivationType, profile.ActivationTypes, QuantizedType.UInt8, problems);
        var weight = Choose("weights", wishes.WeightType, profile.WeightTypes, QuantizedType.Int8, problems);
        if (profile.PerTensorOnly && wishes.PerChannel == true)
            problems.Add("it takes one scale for all channels of weights only, but `per-channel` is true");
        if (profile.SymmetricOnly && wishes.SymmetricActivations == false)
            problems.Add("it takes symmetric activations only, but `symmetric` is false");
        if (problems.Count > 0)
            throw new OnnxException($"The quantization of `{file}` contradicts the profile `{profile.Name}`: {string.Join("; ", problems)}; leave these settings out, and the profile decides");
        return new()
        {
            Calibration = wishes.Calibration,
            ActivationType = activation,
            SymmetricActivations = wishes.SymmetricActivations ?? profile.SymmetricOnly,
            WeightType = weight,
            PerChannel = wishes.PerChannel ?? !profile.PerTensorOnly,
            BiasCorrection = wishes.BiasCorrection,
            AdaptiveRounding = wishes.AdaptiveRounding,
            Compact = wishes.Compact,
            WeightBits = wishes.WeightBits,
            BlockSize = wishes.BlockSize,
            ReduceRange = profile.ReduceRange,
            TakesFloat = profile.TakesFloat,
            Target = profile.Target,
            Operators = profile.Operators is { } operators ? [.. operators.Keys] : null,
            Dynamic = wishes.Dynamic,
            Exclude = wishes.Exclude,
        };
    }

    static QuantizedType Choose(string what, QuantizedType? wish, ImmutableSortedSet<QuantizedType> allowed, QuantizedType usual, List<string> problems)
    {
        if (allowed.IsEmpty)
            problems.Add($"it takes no integer {what} at all");
        else if (wish is { } wanted && !allowed.Contains(wanted))
            problems.Add($"it takes {what} of [{string.Join(", ", allowed.Select(type => type.ToString().ToLowerInvariant()))}], but {wanted.ToString().ToLowerInvariant()} is wanted");
        return wish ?? (allowed.Contains(usual) || allowed.IsEmpty ? usual : allowed[0]);
    }
}
