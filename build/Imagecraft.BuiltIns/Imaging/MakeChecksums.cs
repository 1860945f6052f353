// SHA256SUMS of an image's artifacts.

using Imagecraft.Engine.Actions;
using Imagecraft.Images.Manifests;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

/// <summary>The function of <see cref="MakeChecksumsRequest"/>.</summary>
public sealed class MakeChecksums() : BuiltInFunction<MakeChecksumsRequest>(typeof(ChecksumFile))
{
    /// <inheritdoc/>
    protected override Task RunAsync(MakeChecksumsRequest request, BuiltInContext context, CancellationToken cancellationToken) =>
        context.OutputTextAsync(MakeChecksumsRequest.ListOutput, ChecksumFile.Format(context.InputsOf(MakeChecksumsRequest.ArtifactInputs).Select(a => (a.Name, a.Input.Value.Digest.Hash))), cancellationToken);
}
