// The kernel's arguments with the identifier of its root.

using Imagecraft.Engine.Actions;
using Imagecraft.Images.Disks;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

/// <summary>The function of <see cref="MakeCommandLineRequest"/>.</summary>
public sealed class MakeCommandLine() : BuiltInFunction<MakeCommandLineRequest>(typeof(DiskRoot))
{
    /// <inheritdoc/>
    protected override async Task RunAsync(MakeCommandLineRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var root = new DiskRoot(request.Partition, Guid.Parse(await context.TextAsync(MakeCommandLineRequest.UuidInput, cancellationToken)));
        var id = "PARTUUID=" + root.KernelId(request.Table, request.Number);
        await context.OutputTextAsync(MakeCommandLineRequest.LineOutput, request.Text.Replace(MakeCommandLineRequest.Placeholder, id, StringComparison.Ordinal), cancellationToken);
    }
}
