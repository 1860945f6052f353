// Unpacks one Debian package without running its scripts.

using Imagecraft.BuiltIns.Sources;
using Imagecraft.Engine.Actions;
using Imagecraft.Feeds;
using Imagecraft.Feeds.Archives;

namespace Imagecraft.BuiltIns.Packages;

/// <summary>
/// <c>unpack-deb</c>: the package file <c>/package</c> as a tree without documentation and translations (<c>tree</c>),
/// and what a tree cannot hold of its files (<c>lost</c>): lines <c>USER:GROUP ATTRIBUTE,...</c>, a tab, the path.
/// </summary>
public sealed class UnpackDeb() : BuiltInFunction("unpack-deb", deciders: [typeof(Deb)])
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        // Programs of the package may be set-uid, and be root's: nobody else of this machine gets at them here.
        File.SetUnixFileMode(context.Scratch, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var folder = Directory.CreateDirectory(Path.Combine(context.Scratch, "tree")).FullName;
        try
        {
            var result = await Deb.ExtractAsync(await context.FileAsync(Input(context, "/package"), cancellationToken), folder, Deb.ForTrees, cancellationToken);
            foreach (var note in result.Notes)
                context.Log(note);
            await OutputTextAsync(context, "lost", result.LostText, cancellationToken);
        }
        catch (FeedException problem)
        {
            throw UnpackFailure.Of("the package", problem);
        }

        await context.OutputTreeAsync("tree", folder, cancellationToken);
    }
}
