// Lays what patches changed over a source tree.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;
using Imagecraft.Requests.Sources;

namespace Imagecraft.BuiltIns.Sources;

/// <summary>The function of <see cref="OverlayRequest"/>.</summary>
public sealed class Overlay() : BuiltInFunction<OverlayRequest>(typeof(ContentStore))
{
    /// <inheritdoc/>
    protected override async Task RunAsync(OverlayRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var removed = (await context.TextAsync(OverlayRequest.RemovedInput, cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        var below = context.Input(OverlayRequest.BelowInput).Value.Digest;
        if (removed.Count > 0)
            below = TreeFilter.Drop(context.Store, below, e => removed.Contains(e.Path.TrimStart('/')));
        var merged = TreeMerge.Merge(context.Store, [("/", new OutputValue(below, OutputKind.Tree)), ("/", context.Input(OverlayRequest.AboveInput).Value)]);
        context.Output(OverlayRequest.TreeOutput, merged);
    }
}
