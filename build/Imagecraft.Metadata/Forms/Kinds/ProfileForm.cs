// The forms of what runs networks: profiles of accelerators and CPUs, and a board's choice of one. Unaware of ONNX.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>profile:</c> of accelerators, architectures and boards.</summary>
static class ProfileForm
{
    static readonly Shape<Sited<string>> IntegerType = ScalarShapes.OneOf("uint8", "int8");

    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>?> Target = Keys.Maybe("target", ScalarShapes.OneOf("onnx-runtime", "accelerator"), "onnx-runtime: shaped for the integer kernels of its CPU provider; accelerator: standard operators, each with its pairs; an accelerator's own is accelerator when absent, a CPU's onnx-runtime");
    static readonly Field<bool> PerTensor = Keys.Optional("per-tensor", ScalarShapes.Truth.Select(truth => truth.Value), false, "one scale for all channels of weights");
    static readonly Field<bool> Symmetric = Keys.Optional("symmetric", ScalarShapes.Truth.Select(truth => truth.Value), false, "zero lies in the middle of the integers of activations");
    static readonly Field<ImmutableArray<Sited<string>>> Activations = Keys.Required("activations", new ListOf<Sited<string>>(IntegerType), "integer types of activations, of uint8 and int8; none when it computes in float only");
    static readonly Field<ImmutableArray<Sited<string>>> Weights = Keys.Required("weights", new ListOf<Sited<string>>(IntegerType), "integer types of weights, of uint8 and int8");
    static readonly Field<bool> Float = Keys.Optional("float", ScalarShapes.Truth.Select(truth => truth.Value), true, "whether it computes in float, too; true when absent");
    static readonly Field<bool> Dilation = Keys.Optional("dilation", ScalarShapes.Truth.Select(truth => truth.Value), true, "whether kernels may have gaps; true when absent");
    static readonly Field<bool> ReduceRange = Keys.Optional("reduce-range", ScalarShapes.Truth.Select(truth => truth.Value), false, "weights of seven bits, where eight make 16-bit sums overflow (x86-64 without VNNI)");
    static readonly Field<ImmutableSortedDictionary<string, OperatorSpec>?> Operators = Keys.Optional<ImmutableSortedDictionary<string, OperatorSpec>?>("operators", new MapOf<OperatorSpec>(OperatorForm.Form)!, null, "ONNX operators that it takes, with their limits; all when absent");

    public static Form<ProfileSpec> Form { get; } = new("a profile", Keys, values => new ProfileSpec
    {
        Target = values.Get(Target),
        PerTensor = values.Get(PerTensor),
        Symmetric = values.Get(Symmetric),
        Activations = values.Get(Activations),
        Weights = values.Get(Weights),
        TakesFloat = values.Get(Float),
        Dilation = values.Get(Dilation),
        ReduceRange = values.Get(ReduceRange),
        Operators = values.Get(Operators),
    }, Check);

    static bool Check(Values values)
    {
        if (values.Get(Activations).IsEmpty != values.Get(Weights).IsEmpty)
            return Refuse(values, "A profile with integer activations needs integer weights, and the reverse", "Give types for both, or write `activations: []` and `weights: []`");
        return values.Get(Float) || !values.Get(Activations).IsEmpty || Refuse(values, "A profile without integers and without float takes nothing", "Remove `float: false`, or give types");
    }

    static bool Refuse(Values values, string message, string hint)
    {
        values.Reading.Error(Codes.Contradiction, message, values.Span, hint);
        return false;
    }
}

/// <summary>An operator of <c>operators:</c> of profiles.</summary>
static class OperatorForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<ImmutableArray<long>> Kernels = Keys.List("kernels", ScalarShapes.Long.Select(size => size.Value), "side lengths that kernels may have");
    static readonly Field<Sited<int>?> Stride = Keys.Maybe("stride", ScalarShapes.Count, "largest step of a kernel");
    static readonly Field<ImmutableArray<Sited<string>>> Groups = Keys.List("groups", ScalarShapes.OneOf("none", "depthwise", "any"), "groupings of channels: none, depthwise (a group a channel) or any, which is meant when absent");
    static readonly Field<ImmutableArray<int>> Dimensions = Keys.List("dimensions", ScalarShapes.Count.Select(count => count.Value), "dimensions of kernels: 1 for sound, 2 for images");

    public static Form<OperatorSpec> Form { get; } = new("an operator of a profile", Keys,
        values => new OperatorSpec(values.Get(Kernels), values.Get(Stride)?.Value, values.Get(Groups), values.Get(Dimensions)));
}

/// <summary><c>inference:</c> of boards.</summary>
static class InferenceForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>?> Accelerator = Keys.Maybe("accelerator", ScalarShapes.Name, "the accelerator of the board that runs networks; the CPU when absent");
    static readonly Field<Sited<string>?> Fallback = Keys.Maybe("fallback", FallbackWord.Shape, FallbackWord.Meaning);

    public static Form<InferenceSpec> Form { get; } = new("`inference`", Keys,
        values => new InferenceSpec(values.Get(Accelerator), values.Get(Fallback)?.Value == FallbackWord.Cpu));
}

/// <summary>What happens to nodes that an accelerator does not take.</summary>
static class FallbackWord
{
    public const string Cpu = "cpu";

    public const string Meaning = "cpu: it runs what the accelerator does not take; none (the default): a network that the accelerator does not take as a whole is an error";

    public static Shape<Sited<string>> Shape { get; } = ScalarShapes.OneOf(Cpu, "none");
}
