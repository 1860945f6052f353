// What `check-boot-chain` is told. Unaware of YAML.

using System.Collections.Immutable;
using Imagecraft.Boards.BootChains;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;

namespace Imagecraft.Requests.Imaging;

/// <summary>A disk is held against what its board's ROM and first stages look for.</summary>
/// <param name="Board">For messages.</param>
/// <param name="Chain">What is to be found.</param>
/// <param name="Kept">Parts of the disk that are kept for blobs.</param>
public sealed record CheckBootChainRequest(string Board, BootChain Chain, ImmutableArray<DiskRange> Kept) : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "check-boot-chain";

    /// <summary>The disk.</summary>
    public static InputSlot DiskInput { get; } = new("/disk");

    /// <summary>Trees of packages by <see cref="BootFile.Input"/>.</summary>
    public static InputSlots PackageInputs { get; } = new("/package/");

    /// <summary>The stages as they were found, for people.</summary>
    public static OutputSlot ReportOutput { get; } = OutputSlot.File;

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [ReportOutput.Spec];
}
