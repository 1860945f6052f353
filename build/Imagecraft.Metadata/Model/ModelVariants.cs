// The variants of a network and their names. Unaware of how they are made.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>Names of the forms a network can have.</summary>
public static class ModelVariants
{
    /// <summary>Numbers as published.</summary>
    public const string Floating = "float";

    /// <summary>Integers of eight bits, whether ranges come from calibration or are found at run time.</summary>
    public const string Integers = "int8";

    /// <summary>Weights of 16 bits.</summary>
    public const string Half = "float16";

    /// <summary>The method of <c>quantize</c> that takes the integers that the source has: such a network has no float variant.</summary>
    public const string Taken = "taken";

    /// <summary>All of them.</summary>
    public static string[] All => [Floating, Integers, Half];

    /// <summary>The variants of a model: <see cref="Floating"/>, and what its <c>quantize</c> makes; never none, the mark for the others first.</summary>
    public static ImmutableArray<string> Of(ModelRecipe model) => model.Quantize switch
    {
        null => [Floating],
        { Method.Value: Taken } quantize => [Of(quantize)],
        var quantize => [Floating, Of(quantize)],
    };

    /// <summary>The variant that a quantization makes.</summary>
    public static string Of(QuantizeSpec quantize) => quantize.Method.Value == Half ? Half : Integers;
}
