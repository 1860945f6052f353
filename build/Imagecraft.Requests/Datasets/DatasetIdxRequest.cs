// What `dataset-idx` is told. Unaware of what the images show.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Requests.Datasets;

/// <summary>IDX files of a package become a dataset.</summary>
/// <param name="Name">The dataset, for messages.</param>
/// <param name="Splits">Files by split.</param>
public sealed record DatasetIdxRequest(string Name, ImmutableSortedDictionary<string, IdxFiles> Splits) : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "dataset-idx";

    /// <summary>The package's tree.</summary>
    public static InputSlot PackageInput { get; } = new("/package");

    /// <summary>A folder a split.</summary>
    public static OutputSlot TreeOutput => OutputSlot.Tree;

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [TreeOutput.Spec];
}

/// <summary>The files of a split.</summary>
/// <param name="Images">Path in the package.</param>
/// <param name="Labels">Path in the package.</param>
public sealed record IdxFiles(string Images, string Labels);
