// Takes a quantized network when it pays, otherwise the float one.

using System.Globalization;
using System.Text.Json;
using Imagecraft.Engine.Actions;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Requests;
using Imagecraft.Requests.Models;

namespace Imagecraft.BuiltIns.Models;

/// <summary>The function of <see cref="OnnxChooseRequest"/>.</summary>
public sealed class OnnxChoose() : BuiltInFunction<OnnxChooseRequest>(typeof(Payoff))
{
    /// <summary>The one key of the report when the float network is taken; its value is the reason.</summary>
    private const string NotDeployed = "not_deployed";

    /// <summary>Why the quantized network is not deployed; null when it is, and the report is that of the quantization.</summary>
    public static string? ReasonAgainst(string report)
    {
        using var document = JsonDocument.Parse(report);
        return document.RootElement.TryGetProperty(NotDeployed, out var reason) ? reason.GetString() : null;
    }

    /// <inheritdoc/>
    protected override async Task RunAsync(OnnxChooseRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var (floating, quantized) = (context.Input(OnnxChooseRequest.FloatInput).Value, context.Input(OnnxChooseRequest.QuantizedInput).Value);
        var payoff = new Payoff(floating.Digest.SizeBytes, quantized.Digest.SizeBytes, request.MaxSize) { Speed = await SpeedAsync(request, context, cancellationToken) };
        if (payoff.Pays)
        {
            context.Log($"`{request.Variant}` of `{request.Name}` pays: {payoff.Text}");
            context.Output(OnnxChooseRequest.NetworkOutput, quantized);
            context.Output(OnnxChooseRequest.ReportOutput, context.Input(OnnxChooseRequest.ReportInput).Value);
            return;
        }

        var reason = $"`{request.Variant}` of `{request.Name}` does not pay: {payoff.Text}";
        if (request.MustPay)
            throw new ActionFailedException($"{reason}; quantize more of it, change `max-size` or `min-speedup`, or leave out `quantize`");
        context.Log($"{reason}, so the float network is deployed");
        context.Output(OnnxChooseRequest.NetworkOutput, floating);
        await context.OutputTextAsync(OnnxChooseRequest.ReportOutput, JsonSerializer.Serialize(new Dictionary<string, string> { [NotDeployed] = reason }), cancellationToken);
    }

    private static async Task<Speedup?> SpeedAsync(OnnxChooseRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        return request.MinSpeedup is { } least ? new(await CountAsync(OnnxChooseRequest.FloatCountInput), await CountAsync(OnnxChooseRequest.CountInput), least) : null;

        async Task<long> CountAsync(InputSlot slot) => long.Parse(await context.TextAsync(context.Input(slot), cancellationToken), CultureInfo.InvariantCulture);
    }
}
