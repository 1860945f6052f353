// Reads all drivers of a source tree into an index. Unaware of configurations.

using System.Text;
using Imagecraft.Boards.Drivers;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Store;
using Imagecraft.Requests.Drivers;

namespace Imagecraft.BuiltIns.Drivers;

/// <summary>The function of <see cref="IndexDriversRequest"/>.</summary>
public sealed class IndexDrivers() : BuiltInFunction<IndexDriversRequest>(typeof(ContentStore), typeof(DriverSources))
{
    private const string Protocols = "include/linux/scmi_protocol.h";

    // A kernel's largest source with a driver has less than half of this.
    private const long MostBytes = 4 << 20;

    /// <inheritdoc/>
    protected override async Task RunAsync(IndexDriversRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var (store, root) = (context.Store, context.Input(IndexDriversRequest.SourceInput).Value.Digest);
        var folder = request.Subfolder.Length == 0 ? "" : $"{request.Subfolder}/";
        var protocols = TreeWalk.Find(store, root, folder + Protocols) is { Kind: TreeEntryKind.File } header ? Encoding.UTF8.GetString(store.Read(header.Digest)) : null;
        var sources = new DriverSources(protocols);
        // Read side by side, written in the tree's order.
        var files = TreeWalk.Entries(store, root)
            .Where(e => e.Kind == TreeEntryKind.File && e.Digest.SizeBytes <= MostBytes && e.Path.StartsWith(folder, StringComparison.Ordinal))
            .Select(e => (Path: e.Path[folder.Length..], e.Digest))
            .Where(f => request.IsKernel ? DriverSources.IsSource(f.Path) : DriverSources.IsDriverOrMakefile(f.Path))
            .ToList();
        var lines = files.AsParallel().AsOrdered().WithCancellation(cancellationToken).SelectMany(f =>
        {
            var bytes = store.Read(f.Digest);
            return DriverSources.MayDrive(f.Path, bytes) ? sources.Of(f.Path, Encoding.UTF8.GetString(bytes)).ToList() : [];
        });
        await context.OutputTextAsync(IndexDriversRequest.IndexOutput, new DriverIndex(lines).Write(), cancellationToken);
    }
}
