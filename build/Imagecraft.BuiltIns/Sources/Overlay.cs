// Lays what patches changed over a source tree.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;

namespace Imagecraft.BuiltIns.Sources;

/// <summary><c>overlay</c>: <c>/above</c> over <c>/below</c> without the paths listed in <c>/removed</c>. Output: <c>tree</c>.</summary>
public sealed class Overlay() : BuiltInFunction("overlay", typeof(ContentStore))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var removed = (await TextAsync(context, "/removed", cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        var below = Input(context, "/below").Value.Digest;
        if (removed.Count > 0)
            below = TreeFilter.Drop(context.Store, below, e => removed.Contains(e.Path.TrimStart('/')));
        var merged = TreeMerge.Merge(context.Store, [("/", new OutputValue(below, OutputKind.Tree)), ("/", Input(context, "/above").Value)]);
        context.Output("tree", new(merged, OutputKind.Tree));
    }
}
