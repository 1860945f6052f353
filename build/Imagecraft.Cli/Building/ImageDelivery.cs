// Takes an image's artifacts out of the store into out/BOARD/IMAGE. Unaware of how they were made.

using Imagecraft.Cli.Rendering;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Store;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Building;

/// <summary>Exports what changed, and the trace of the build that made it.</summary>
public sealed class ImageDelivery(Session session, Workshop workshop)
{
    /// <summary>Name of the trace beside the artifacts.</summary>
    public const string TraceName = "build-trace.json";

    /// <summary>Remembers what was exported.</summary>
    public string StampFile => Path.Combine(session.WorkspaceRoot, ".imagecraft", "exports", $"{workshop.Selection.Board}.{workshop.Selection.Image}");

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

    private async Task ExportAsync(BuildResult result, BuildEngine engine, CancellationToken cancellationToken)
    {
        var items = workshop.Plan.Artifacts.Select(a =>
        {
            var value = result.Output(a.Value.Action, a.Value.Output);
            return new ExportItem(value.Digest, value.Executable, Path.Combine(workshop.OutputFolder, a.Key));
        });
        Directory.CreateDirectory(Path.GetDirectoryName(StampFile)!);
        await new Exporter(engine.Store, StampFile).ExportAsync([.. items], cancellationToken).ConfigureAwait(false);
    }

    // A build with nothing to do keeps the trace of the one that did it.
    private void Save(TraceWriter trace)
    {
        var path = Path.Combine(workshop.OutputFolder, TraceName);
        if (!trace.HasBars && File.Exists(path))
            return;
        Directory.CreateDirectory(workshop.OutputFolder);
        using var file = File.Create(path);
        trace.Save(file);
    }
}
