// Takes an image's artifacts out of the store into out/BOARD/IMAGE. Unaware of how they were made.

using System.Collections.Immutable;
using Imagecraft.Cli.Rendering;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Building;

/// <summary>Exports what changed, and the trace of the build that made it.</summary>
public sealed class ImageDelivery(Session session, Workshop workshop)
{
    /// <summary>Name of the trace beside the artifacts.</summary>
    public const string TraceName = "build-trace.json";

    /// <summary>Remember what was exported, one file an image.</summary>
    public ImmutableArray<string> StampFiles => [.. workshop.Plans.Select(StampFile)];

    /// <summary>Builds all artifacts and exports them.</summary>
    /// <param name="further">Outputs that are needed besides, e.g. the tool root with QEMU.</param>
    public async Task<BuildResult> BuildAsync(Func<ImageBuild, IEnumerable<OutputRef>> further)
    {
        using var trace = new TraceWriter();
        try
        {
            return await workshop.BuildAsync(plan => plan.Artifacts.Values.Concat(further(plan)).Select(o => o.Action), ExportAsync, trace).ConfigureAwait(false);
        }
        finally
        {
            Save(trace);
        }
    }

    private string StampFile(ImageBuild plan) => Path.Combine(session.WorkspaceRoot, ".imagecraft", "exports", $"{plan.Board.Name}.{plan.Image.Name}");

    private async Task ExportAsync(BuildResult result, BuildEngine engine, CancellationToken cancellationToken)
    {
        PrivateFolder.Make(session.OutputRoot);
        foreach (var plan in workshop.Plans)
        {
            var items = plan.Artifacts.Select(a =>
            {
                var value = result.Output(a.Value.Action, a.Value.Output);
                return new ExportItem(value.Digest, value.Executable, Path.Combine(workshop.FolderOf(plan), a.Key), Vouches: a.Key is "SHA256SUMS" or "manifest.json");
            });
            Directory.CreateDirectory(Path.GetDirectoryName(StampFile(plan))!);
            await new Exporter(engine.Store, StampFile(plan)).ExportAsync([.. items], cancellationToken).ConfigureAwait(false);
        }
    }

    // A build with nothing to do keeps the trace of the one that did it.
    private void Save(TraceWriter trace)
    {
        var path = Path.Combine(workshop.OutputFolder, TraceName);
        if (!trace.HasBars && File.Exists(path))
            return;
        PrivateFolder.Make(session.OutputRoot);
        Directory.CreateDirectory(workshop.OutputFolder);
        using var file = File.Create(path);
        trace.Save(file);
    }
}
