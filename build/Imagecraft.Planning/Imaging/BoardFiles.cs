// What a board has beside its root file system: device trees and files of packages. Unaware of disks and of what the files are for.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;
using Imagecraft.Planning.Systems;

namespace Imagecraft.Planning.Imaging;

/// <summary>Plans the files of one board.</summary>
internal static class BoardFiles
{
    /// <summary>All of them by file name.</summary>
    /// <param name="context">Takes actions and problems.</param>
    /// <param name="toolRoot">The tool root in which files are copied.</param>
    /// <param name="board">The board.</param>
    /// <param name="kernel">Its kernel, which brings the device trees.</param>
    /// <param name="package">Finds a package's tree by name; null after a problem that was noted.</param>
    public static IEnumerable<KeyValuePair<string, OutputRef>> Plan(PlanContext context, OutputRef toolRoot, Board board, RecipePlan kernel, Func<Sited<string>, OutputRef?> package)
    {
        foreach (var (name, output) in kernel.Extra.Where(e => e.Key.StartsWith(DeviceTreeActions.Prefix, StringComparison.Ordinal)))
            yield return KeyValuePair.Create(name[DeviceTreeActions.Prefix.Length..], output);
        if (board.Artifacts.IsEmpty)
            yield break;
        var trees = board.Artifacts.Select(a => a.Source.Package).DistinctBy(p => p.Value).Select(p => (Name: p, Tree: package(p))).Where(p => p.Tree is not null);
        var action = context.Add(new ActionNode
        {
            Id = new($"files@{board.Name}:pick"),
            Work = new ActionWork.Process { Arguments = ["/bin/bash", "/imagecraft/pick-files", .. board.Artifacts.SelectMany(a => new[] { $"/packages/{a.Source.Package}{a.Source.File}", $"/out/{a.Name}" })] },
            Inputs =
            [
                toolRoot.At("/", "tools"),
                new("/imagecraft/pick-files", new InputSource.Inline(EmbeddedText.Read("pick-files"), Executable: true), "the script that takes files out of packages"),
                .. trees.Select(p => p.Tree!.At($"/packages/{p.Name}", $"the package {p.Name} has files of {board.Name}")),
            ],
            Outputs = [.. board.Artifacts.Select(a => new OutputSpec(a.Name, $"/out/{a.Name}", OutputKind.File))],
            Description = $"Take the files of {board.Name} out of packages",
        });
        foreach (var artifact in board.Artifacts)
            yield return KeyValuePair.Create(artifact.Name.Value, action with { Output = artifact.Name });
    }
}
