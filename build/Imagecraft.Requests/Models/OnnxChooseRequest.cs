// What `onnx-choose` is told. Unaware of networks.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;

namespace Imagecraft.Requests.Models;

/// <summary>The quantized network is taken when it pays, otherwise the float one.</summary>
/// <param name="Name">The model, for messages.</param>
/// <param name="Variant">What the quantized one is called.</param>
/// <param name="MaxSize">Largest share of the float network's size that is worth it; null: any that is smaller.</param>
/// <param name="MustPay">A network that does not pay is an error.</param>
public sealed record OnnxChooseRequest(string Name, string Variant, double? MaxSize, bool MustPay) : IRequest
{
    /// <summary>Least times by which it must take fewer instructions, which are at the two inputs of counts; null: speed is not asked for.</summary>
    public double? MinSpeedup { get; init; }

    /// <inheritdoc/>
    public static string FunctionName => "onnx-choose";

    /// <summary>The float network as it would be deployed.</summary>
    public static InputSlot FloatInput { get; } = new("/float.onnx");

    /// <summary>The quantized network.</summary>
    public static InputSlot QuantizedInput { get; } = new("/quantized.onnx");

    /// <summary><see cref="OnnxQuantizeRequest.ReportOutput"/>.</summary>
    public static InputSlot ReportInput { get; } = new("/quantization.json");

    /// <summary>Instructions of an inference of the float network, as a number.</summary>
    public static InputSlot FloatCountInput { get; } = new("/float.instructions");

    /// <summary>The same of the quantized one.</summary>
    public static InputSlot CountInput { get; } = new("/quantized.instructions");

    /// <summary>The network that is taken.</summary>
    public static OutputSlot NetworkOutput => OutputSlot.File;

    /// <summary>The quantization's report, or as JSON why it is not deployed.</summary>
    public static OutputSlot ReportOutput { get; } = new("report", OutputKind.File);

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [NetworkOutput.Spec, ReportOutput.Spec];
}
