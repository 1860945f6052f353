// The image's manifest: every package, model and accelerator, and the digests of the artifacts.

using System.Text.Json;
using Imagecraft.Engine.Actions;
using Imagecraft.Images.Manifests;
using Imagecraft.Onnx.Quantization.Errors;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

/// <summary>The function of <see cref="MakeManifestRequest"/>.</summary>
public sealed class MakeManifest() : BuiltInFunction<MakeManifestRequest>(typeof(ManifestJson), typeof(LayerError))
{
    /// <inheritdoc/>
    protected override async Task RunAsync(MakeManifestRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var models = new List<ManifestModel>();
        foreach (var model in request.Manifest.Models)
            models.Add(Completed(model, await context.TextAsync(MakeManifestRequest.CardInput(model), cancellationToken)));
        var manifest = request.Manifest with
        {
            Models = [.. models],
            Artifacts = [.. context.InputsOf(MakeManifestRequest.ArtifactInputs).Select(a => new ManifestArtifact(a.Name, a.Input.Value.Digest.SizeBytes, a.Input.Value.Digest.Hash))],
        };
        await context.OutputTextAsync(MakeManifestRequest.ManifestOutput, ManifestJson.Write(manifest), cancellationToken);
    }

    /// <summary>The model with what stands on its card.</summary>
    private static ManifestModel Completed(ManifestModel model, string card)
    {
        using var document = JsonDocument.Parse(card);
        var root = document.RootElement;
        var (file, quantization) = (root.GetProperty("model"), root.TryGetProperty("quantization", out var found) ? found : (JsonElement?)null);
        return model with
        {
            Variant = root.GetProperty("variant").GetString()!,
            NotDeployed = root.TryGetProperty("not_deployed", out var reason) ? reason.GetString() : null,
            Sha256 = file.GetProperty("sha256").GetString()!,
            Method = quantization?.GetProperty("method").GetString(),
            Size = file.GetProperty("size").GetInt64() + (root.TryGetProperty("data", out var data) ? data.GetProperty("size").GetInt64() : 0),
            FloatSize = quantization?.GetProperty("float_bytes").GetInt64(),
            Accuracy = root.TryGetProperty("accuracy", out var accuracy)
                ? new ManifestAccuracy(accuracy.GetProperty("metric").GetString()!, accuracy.GetProperty("dataset").GetString()!, accuracy.GetProperty("frames").GetInt32(), accuracy.GetProperty("float").GetDouble(), accuracy.GetProperty("deployed").GetDouble(), accuracy.TryGetProperty("drop_interval", out var drop) ? drop[1].GetDouble() : null)
                : null,
            FloatLayers = [.. quantization?.GetProperty("float_layers").EnumerateArray().Select(layer => layer.GetString()!) ?? []],
            Layers = [.. quantization?.GetProperty("layers").EnumerateArray().Select(LayerError.Parse).Select(layer => new ManifestLayer(layer.Name, layer.Kind, Finite(layer.OwnDecibels), layer.FloatBytes, layer.Bytes)) ?? []],
        };
    }

    // A layer without any error has no ratio.
    private static double? Finite(double decibels) => double.IsFinite(decibels) ? decibels : null;
}
