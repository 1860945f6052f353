// The forms of what runs networks: profiles of accelerators and CPUs, and a board's choice of one. Unaware of ONNX.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>profile:</c> of accelerators, architectures and boards.</summary>
static class ProfileForm
{
    static readonly Shape<Sited<string>> IntegerType = ScalarShapes.OneOf("uint8", "int8");

    public static Form<ProfileSpec> Form { get; } = new("a profile", keys => new ProfileSpec
    {
        Target = keys.Maybe("target", ScalarShapes.OneOf("onnx-runtime", "accelerator"), "onnx-runtime: shaped for the integer kernels of its CPU provider; accelerator: standard operators, each with its pairs; an accelerator's own is accelerator when absent, a CPU's onnx-runtime"),
        PerTensor = keys.Optional("per-tensor", ScalarShapes.Flag, false, "one scale for all channels of weights"),
        Symmetric = keys.Optional("symmetric", ScalarShapes.Flag, false, "zero lies in the middle of the integers of activations"),
        Activations = keys.Required("activations", new ListOf<Sited<string>>(IntegerType), "integer types of activations, of uint8 and int8; none when it computes in float only"),
        Weights = keys.Required("weights", new ListOf<Sited<string>>(IntegerType), "integer types of weights, of uint8 and int8"),
        TakesFloat = keys.Optional("float", ScalarShapes.Flag, true, "whether it computes in float, too; true when absent"),
        Dilation = keys.Optional("dilation", ScalarShapes.Flag, true, "whether kernels may have gaps; true when absent"),
        ReduceRange = keys.Optional("reduce-range", ScalarShapes.Flag, false, "weights of seven bits, where eight make 16-bit sums overflow (x86-64 without VNNI)"),
        Memory = keys.Maybe("memory", ScalarShapes.Size, "memory on the chip, which reports compare the activations with")?.Value,
        Operators = keys.Maybe("operators", new MapOf<OperatorSpec>(OperatorForm.Form), "ONNX operators that it takes, with their limits; all when absent"),
    }, Check);

    static bool Check(ProfileSpec made, Keys keys)
    {
        if (made.Activations.IsEmpty != made.Weights.IsEmpty)
            return Refuse(keys, "A profile with integer activations needs integer weights, and the reverse", "Give types for both, or write `activations: []` and `weights: []`");
        return made.TakesFloat || !made.Activations.IsEmpty || Refuse(keys, "A profile without integers and without float takes nothing", "Remove `float: false`, or give types");
    }

    static bool Refuse(Keys keys, string message, string hint)
    {
        keys.Reading.Error(Codes.Contradiction, message, keys.Span, hint);
        return false;
    }
}

/// <summary>An operator of <c>operators:</c> of profiles.</summary>
static class OperatorForm
{
    public static Form<OperatorSpec> Form { get; } = new("an operator of a profile", keys => new OperatorSpec(
        keys.List("kernels", ScalarShapes.PlainLong, "side lengths that kernels may have"),
        keys.Maybe("stride", ScalarShapes.Count, "largest step of a kernel")?.Value,
        keys.List("groups", ScalarShapes.OneOf("none", "depthwise", "any"), "groupings of channels: none, depthwise (a group a channel) or any, which is meant when absent"),
        keys.List("dimensions", ScalarShapes.PlainCount, "dimensions of kernels: 1 for sound, 2 for images")));
}

/// <summary><c>inference:</c> of boards.</summary>
static class InferenceForm
{
    public static Form<InferenceSpec> Form { get; } = new("`inference`", keys => new InferenceSpec(
        keys.Maybe("accelerator", ScalarShapes.Name, "the accelerator of the board that runs networks; the CPU when absent"),
        keys.Maybe("fallback", FallbackWord.Shape, FallbackWord.Meaning)?.Value == FallbackWord.Cpu));
}

/// <summary>What happens to nodes that an accelerator does not take.</summary>
static class FallbackWord
{
    public const string Cpu = "cpu";

    public const string Meaning = "cpu: it runs what the accelerator does not take; none (the default): a network that the accelerator does not take as a whole is an error";

    public static Shape<Sited<string>> Shape { get; } = ScalarShapes.OneOf(Cpu, "none");
}
