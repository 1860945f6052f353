// Says what is not built from the sources of its recipe, so that nobody takes it for what the workspace describes. Unaware of how it is built.

using Imagecraft.Cli.Output;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Graph;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Editing;

/// <summary>A line for each recipe of a plan whose sources somebody works on.</summary>
public static class EditNotice
{
    /// <summary>Prints them.</summary>
    public static void Tell(Session session, Workspace workspace, ActionGraph graph)
    {
        var edits = new Edits(session);
        if (edits.All() is not { IsEmpty: false } all)
            return;
        var seen = graph.Nodes.Values.SelectMany(node => node.Inputs).Select(input => input.Source).OfType<InputSource.Local>().Select(local => local.HostPath).ToHashSet(StringComparer.Ordinal);
        foreach (var edit in all.Where(edit => seen.Contains(edits.PathOf(edit))))
        {
            session.Console.Diagnostics.WriteLine($"{edit.Recipe} is built from `{edit.Folder}`");
            if (!edit.IsOwn && workspace.Recipes.GetValueOrDefault(edit.Recipe) is { } recipe && recipe.Version != edit.Version)
                session.Console.WriteWarning($"`{edit.Folder}` has version {edit.Version} of `{edit.Recipe}`, and its recipe says {recipe.Version} by now", $"`./build.sh edit {edit.Recipe} --finish` or `--discard`, and begin again");
        }
    }
}
