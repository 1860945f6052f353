// Unpacks one Debian package without running its scripts.

using Imagecraft.BuiltIns.Sources;
using Imagecraft.Engine.Actions;
using Imagecraft.Feeds;
using Imagecraft.Feeds.Archives;
using Imagecraft.Requests.Packages;

namespace Imagecraft.BuiltIns.Packages;

/// <summary>The function of <see cref="UnpackDebRequest"/>.</summary>
public sealed class UnpackDeb() : BuiltInFunction<UnpackDebRequest>(deciders: [typeof(Deb)])
{
    /// <inheritdoc/>
    protected override async Task RunAsync(UnpackDebRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        // Programs of the package may be set-uid, and be root's: nobody else of this machine gets at them here.
        File.SetUnixFileMode(context.Scratch, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var folder = Directory.CreateDirectory(Path.Combine(context.Scratch, "tree")).FullName;
        try
        {
            var result = await Deb.ExtractAsync(await context.FileAsync(UnpackDebRequest.PackageInput, cancellationToken), folder, Deb.ForTrees, cancellationToken);
            foreach (var note in result.Notes)
                context.Log(note);
            await context.OutputTextAsync(UnpackDebRequest.LostOutput, result.LostText, cancellationToken);
        }
        catch (FeedException problem)
        {
            throw UnpackFailure.Of("the package", problem);
        }

        await context.OutputAsync(UnpackDebRequest.TreeOutput, folder, cancellationToken);
    }
}
