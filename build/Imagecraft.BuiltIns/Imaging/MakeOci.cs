// The root file system as a container image.

using Imagecraft.Engine.Actions;
using Imagecraft.Images;
using Imagecraft.Images.Archives;
using Imagecraft.Images.Oci;
using Imagecraft.Images.RootFs;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

/// <summary>The function of <see cref="MakeOciRequest"/>.</summary>
public sealed class MakeOci() : BuiltInFunction<MakeOciRequest>(typeof(OciImage))
{
    /// <inheritdoc/>
    protected override async Task RunAsync(MakeOciRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var input = context.Input(MakeOciRequest.RootFsInput);
        var path = await context.FileAsync(input, cancellationToken);
        var layer = new FileContent(input.Value.Digest.Hash, input.Value.Digest.SizeBytes, () => File.OpenRead(path));
        var archive = Path.Combine(context.Scratch, "oci");
        try
        {
            await using var output = new FileStream(archive, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
            await TarWriter.WriteAsync(OciImage.Layout(request.Name, request.Platform, request.Start ?? new(), layer), output, cancellationToken);
        }
        catch (ImageInputException problem)
        {
            throw new ActionFailedException(problem.Message, problem);
        }

        await context.OutputAsync(MakeOciRequest.ArchiveOutput, archive, cancellationToken);
    }
}
