// What every boot of an image must show beside its declared checks. Unaware of QEMU.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Imaging;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Checks;

/// <summary>A boot's part of the plan.</summary>
/// <param name="Services">Names of the services that run on.</param>
/// <param name="Without">Names of standard checks that board or image declare not to hold.</param>
/// <param name="Layer">Where the layer over a root file system that is only read lies, see <see cref="MakeRootFsRequest.Layer"/>.</param>
public sealed record PlannedBoot(ImmutableSortedSet<string> Services, ImmutableArray<string> Without, string? Layer = null)
{
    /// <summary>What is done with the partitions of the disk.</summary>
    public ImmutableArray<BootPartition> Partitions { get; init; } = [];

    /// <summary>Nothing is declared.</summary>
    public static PlannedBoot Nothing { get; } = new(ImmutableSortedSet<string>.Empty, []);

    /// <summary>The services of the image and of its packages' recipes, apart from those that run once.</summary>
    public static PlannedBoot Of(PlanContext context, Board board, Image image)
    {
        var packages = PackageClosure.Of(context, board, image);
        var services = ImageServices.Of(image, packages).Where(s => s.Kind?.Value != "once");
        return new(
            services.Select(s => s.Name.Value).ToImmutableSortedSet(StringComparer.Ordinal),
            [.. board.WithoutChecks.Concat(image.WithoutChecks).Select(name => name.Value).Distinct()],
            WritableLayer.Of(board, packages))
        {
            Partitions = BootPartitions.Of(board, image),
        };
    }
}
