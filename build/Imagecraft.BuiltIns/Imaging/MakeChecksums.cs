// SHA256SUMS of an image's artifacts.

using Imagecraft.Engine.Actions;
using Imagecraft.Images.Manifests;

namespace Imagecraft.BuiltIns.Imaging;

/// <summary><c>make-checksums</c>: one line an input. Output: <c>file</c>.</summary>
public sealed class MakeChecksums() : BuiltInFunction("make-checksums", typeof(ChecksumFile))
{
    /// <inheritdoc/>
    public override Task RunAsync(BuiltInContext context, CancellationToken cancellationToken) =>
        OutputTextAsync(context, "file", ChecksumFile.Format(context.Inputs.Select(i => (i.Name.TrimStart('/'), i.Value.Digest.Hash))), cancellationToken);
}
