// Unpacks one Debian package without running its scripts.

using Imagecraft.BuiltIns.Sources;
using Imagecraft.Engine.Actions;
using Imagecraft.Feeds;
using Imagecraft.Feeds.Archives;

namespace Imagecraft.BuiltIns.Packages;

/// <summary><c>unpack-deb</c>: the package file <c>/package</c> as a tree. Documentation and translations are left out.</summary>
public sealed class UnpackDeb() : BuiltInFunction("unpack-deb", deciders: [typeof(Deb)])
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(context.Scratch, "tree")).FullName;
        try
        {
            await Deb.ExtractAsync(await context.FileAsync(Input(context, "/package"), cancellationToken), folder, Deb.ForTrees, cancellationToken);
        }
        catch (FeedException problem)
        {
            throw UnpackFailure.Of("the package", problem);
        }

        await context.OutputTreeAsync("tree", folder, cancellationToken);
    }
}
