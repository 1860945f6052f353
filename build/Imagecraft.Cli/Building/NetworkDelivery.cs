// Takes networks out of the store into a folder of the user's. Unaware of how they were made.

using System.Collections.Immutable;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Store;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Planning;
using Imagecraft.Planning.Models;

namespace Imagecraft.Cli.Building;

/// <summary>Exports networks and their cards.</summary>
/// <param name="session">Where it says what it wrote.</param>
/// <param name="store">Where they are.</param>
/// <param name="stampFile">Remembers what was exported, for the time of the build.</param>
public sealed class NetworkDelivery(Session session, ContentStore store, string stampFile)
{
    /// <summary>Writes <c>NAME-LABEL.FORMAT</c> and, of a network that is deployed, its card <c>NAME-LABEL.json</c>.</summary>
    /// <param name="models">What was planned.</param>
    /// <param name="result">What was built of it.</param>
    /// <param name="folder">Created when absent; files of other names in it stay.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    public async Task ExportAsync(ImmutableArray<PlannedModel> models, BuildResult result, string folder, CancellationToken cancellationToken)
    {
        var root = Path.GetFullPath(folder);
        Directory.CreateDirectory(root);
        var items = models.SelectMany(model => Items(model, result, root)).ToList();
        await new Exporter(store, stampFile).ExportAsync(items, cancellationToken).ConfigureAwait(false);
        foreach (var item in items.Where(item => LargeNetwork.IsOne(item.Destination)))
        {
            var one = item.Destination + ".one";
            File.Move(item.Destination, one, overwrite: true);
            LargeNetwork.Unpack(one, item.Destination);
            File.Delete(one);
        }
        foreach (var item in items)
            session.Console.Out.WriteLine($"Wrote `{item.Destination}`");
    }

    /// <summary>Says before anything is built that nothing can be written there.</summary>
    /// <exception cref="ProblemException">It is a file.</exception>
    public static void Check(string folder)
    {
        if (File.Exists(folder))
            throw ProblemException.User($"`{folder}` is a file, so no networks can be written into it", "Name a folder by `--output`");
    }

    private static IEnumerable<ExportItem> Items(PlannedModel model, BuildResult result, string root)
    {
        var stem = Path.Combine(root, $"{model.Deployment.Model.Name}-{model.Deployment.Label}");
        yield return Item(model.File, $"{stem}.{model.Deployment.Format}");
        if (model.Card is { } card)
            yield return Item(card, $"{stem}.json");

        ExportItem Item(OutputRef output, string path) => new(result.Output(output.Action, output.Output).Digest, false, path);
    }
}
