// The image's manifest: every package, model and accelerator, and the digests of the artifacts.

using System.Text.Json;
using Imagecraft.Engine.Actions;
using Imagecraft.Images.Manifests;
using Imagecraft.Onnx.Quantization.Errors;
using Imagecraft.Planning.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

/// <summary><c>make-manifest</c>: <c>/plan.json</c>, inputs <c>/card/FOLDER</c> of the models and <c>/artifact/NAME</c>. Output: <c>file</c>.</summary>
public sealed class MakeManifest() : BuiltInFunction("make-manifest", typeof(ManifestJson), typeof(ManifestPlan), typeof(LayerError))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        const string prefix = "/artifact/";
        var plan = JsonSerializer.Deserialize(await TextAsync(context, "/plan.json", cancellationToken), PlanJson.Default.ManifestPlan)!;
        var models = new List<ManifestModel>();
        foreach (var model in plan.Models)
            models.Add(Model(model, await TextAsync(context, $"/card/{model.Folder}", cancellationToken)));
        var manifest = new ImageManifest
        {
            Image = plan.Image,
            Board = plan.Board,
            Architecture = plan.Architecture,
            Packages =
            [
                .. plan.Packages.Select(p => new ManifestPackage(p.Name, p.Version, p.License, p.Recipe,
                [
                    .. p.Sources.Select(s => new ManifestSource(s.Url, s.Sha256 ?? "")),
                    .. p.FeedPackages.Select(f => new ManifestSource($"debian:{f.Name}={f.Version}", f.Sha256)),
                ])),
            ],
            Models = [.. models],
            Accelerators = [.. plan.Accelerators.Select(a => new ManifestAccelerator(a.Name, a.Modules))],
            Artifacts = [.. context.Inputs.Where(i => i.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(i => new ManifestArtifact(i.Name[prefix.Length..], i.Value.Digest.SizeBytes, i.Value.Digest.Hash))],
        };
        await OutputTextAsync(context, "file", ManifestJson.Write(manifest), cancellationToken);
    }

    private static ManifestModel Model(ModelPlan plan, string card)
    {
        using var document = JsonDocument.Parse(card);
        var root = document.RootElement;
        var (file, quantization) = (root.GetProperty("model"), root.TryGetProperty("quantization", out var found) ? found : (JsonElement?)null);
        return new(plan.Name, plan.Version, plan.License, plan.Origin ?? "", new ManifestSource(plan.Source, plan.Sha256 ?? ""), file.GetProperty("sha256").GetString()!)
        {
            Path = $"/usr/share/models/{plan.Folder}",
            Variant = root.GetProperty("variant").GetString()!,
            Format = root.GetProperty("format").GetString()!,
            Method = quantization?.GetProperty("method").GetString(),
            Size = file.GetProperty("size").GetInt64(),
            FloatSize = quantization?.GetProperty("float_bytes").GetInt64(),
            Accuracy = root.TryGetProperty("accuracy", out var accuracy)
                ? new ManifestAccuracy(accuracy.GetProperty("metric").GetString()!, accuracy.GetProperty("dataset").GetString()!, accuracy.GetProperty("frames").GetInt32(), accuracy.GetProperty("float").GetDouble(), accuracy.GetProperty("deployed").GetDouble())
                : null,
            FloatLayers = [.. quantization?.GetProperty("float_layers").EnumerateArray().Select(layer => layer.GetString()!) ?? []],
            Layers = [.. quantization?.GetProperty("layers").EnumerateArray().Select(LayerError.Parse).Select(layer => new ManifestLayer(layer.Name, layer.Kind, Finite(layer.OwnDecibels), layer.FloatBytes, layer.Bytes)) ?? []],
        };
    }

    // A layer without any error has no ratio.
    private static double? Finite(double decibels) => double.IsFinite(decibels) ? decibels : null;
}
