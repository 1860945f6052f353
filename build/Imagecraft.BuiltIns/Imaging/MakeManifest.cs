// The image's manifest: every package, model and accelerator, and the digests of the artifacts.

using System.Text.Json;
using Imagecraft.Engine.Actions;
using Imagecraft.Images.Manifests;
using Imagecraft.Planning.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

/// <summary><c>make-manifest</c>: <c>/plan.json</c> and inputs <c>/artifact/NAME</c>. Output: <c>file</c>.</summary>
public sealed class MakeManifest() : BuiltInFunction("make-manifest", typeof(ManifestJson), typeof(ManifestPlan))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        const string prefix = "/artifact/";
        var plan = JsonSerializer.Deserialize(await TextAsync(context, "/plan.json", cancellationToken), PlanJson.Default.ManifestPlan)!;
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
            Models = [.. plan.Models.Select(m => new ManifestModel(m.Name, m.Version, m.License, m.Origin ?? "", new ManifestSource(m.Source, m.Sha256 ?? ""), m.Sha256 ?? ""))],
            Accelerators = [.. plan.Accelerators.Select(a => new ManifestAccelerator(a.Name, a.Modules))],
            Artifacts = [.. context.Inputs.Where(i => i.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(i => new ManifestArtifact(i.Name[prefix.Length..], i.Value.Digest.SizeBytes, i.Value.Digest.Hash))],
        };
        await OutputTextAsync(context, "file", ManifestJson.Write(manifest), cancellationToken);
    }
}
