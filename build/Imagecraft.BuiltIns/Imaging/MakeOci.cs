// The root file system as a container image.

using Imagecraft.Engine.Actions;
using Imagecraft.Images;
using Imagecraft.Images.Archives;
using Imagecraft.Images.Oci;
using Imagecraft.Images.RootFs;

namespace Imagecraft.BuiltIns.Imaging;

/// <summary><c>make-oci</c>: <c>/rootfs.tar</c>; parameters <c>name</c> and <c>architecture</c> (Debian's). Output: <c>file</c>, an image layout in a tar.</summary>
public sealed class MakeOci() : BuiltInFunction("make-oci", typeof(OciImage))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var input = Input(context, "/rootfs.tar");
        var path = await context.FileAsync(input, cancellationToken);
        var layer = new FileContent(input.Value.Digest.Hash, input.Value.Digest.SizeBytes, () => File.OpenRead(path));
        var archive = Path.Combine(context.Scratch, "oci");
        try
        {
            await using var output = new FileStream(archive, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
            await TarWriter.WriteAsync(OciImage.Layout(context.Parameters["name"], context.Parameters["architecture"], layer), output, cancellationToken);
        }
        catch (ImageInputException problem)
        {
            throw new ActionFailedException(problem.Message, problem);
        }

        await context.OutputFileAsync("file", archive, executable: false, cancellationToken);
    }
}
